"""The ways by which a request leaves the desk: files, links, the API, webhooks."""

import uuid
from datetime import timedelta
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils import timezone

from partners.brochures.submission import Submission
from partners.handover.api_token import ApiToken, make_token
from partners.handover.endpoint import WebhookEndpoint
from partners.handover.recipient import DataKind
from partners.handover.webhook_delivery import WebhookDelivery
from tests.partners.submissions.cell import ABSENT, LOGIN, SHOWN, UNSEEN


def export(cell):
    url = f"{reverse('request_export')}?q={cell.submission.reference}"
    response, came = cell.answer(url)
    if came:
        cell.assert_silent(response)
        return came
    response = cell.client.post(url, {"key": uuid.uuid4(), "format": "csv", "kind": "own"})
    return SHOWN if cell.submission.reference in b"".join(response.streaming_content).decode() else UNSEEN


def link(cell):
    """Open the letter's link: whoever has it may, logged in or not."""
    found = cell.submission.links.first()
    if found is None:
        return ABSENT
    response = cell.client.get(urlsplit(found.url).path)
    return SHOWN if b"".join(response).startswith(b"%PDF") else ABSENT


def api(*, of_partner):
    """Return the way to read the request by the API: with the token of its partner, or by the log-in alone."""

    def go(cell):
        headers = {}
        if of_partner:
            # Of whom all requests of the matrix are, but the foreign one.
            partner = Submission.objects.get(email="agreed@reader.example").form_page.get_parent()
            token = ApiToken.objects.create(
                name="CRM",
                ground="partner",
                scopes=["requests:read"],
                kinds=list(DataKind.values),
                partner_key=partner.translation_key,
                partner_name=partner.title,
                expires_at=timezone.now() + timedelta(days=1),
            )
            headers = {"Authorization": f"Bearer {make_token(token)}"}
        response = cell.client.get(f"/api/v1/requests/{cell.submission.reference}", headers=headers)
        if response.status_code == 200:
            return SHOWN
        cell.assert_silent(response)
        return {404: ABSENT, 401: LOGIN}[response.status_code]

    return go


def webhook(cell):
    """Look at what was handed over to another system."""
    endpoint = WebhookEndpoint.objects.create(
        name="CRM", url="https://crm.example/hook", ground="own", kinds=list(DataKind.values),
        form_key=cell.submission.form_page.translation_key, form_title="Form",
    )  # fmt: skip
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint, submission=cell.submission, reference=cell.submission.reference, event="accepted"
    )
    return cell.page("webhook_deliveries:inspect", delivery.pk)
