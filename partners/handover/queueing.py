"""Which webhooks have to hear of an event, so that none is lost and none is told of what it may not know?"""

import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from wagtail.models import Page

from partners.brochures.consent_record import ConsentRecord
from partners.brochures.consent_wording import Purpose
from partners.brochures.request_events import WITH_DATA, RequestEvent
from partners.brochures.submission import Submission
from partners.delivery.alarm import wake_workers
from partners.handover.endpoint import WebhookEndpoint
from partners.handover.reading import PURPOSES_OF_PARTNERS, allowed_to
from partners.handover.recipient import DataKind, Ground
from partners.handover.webhook_delivery import OPEN, State, WebhookDelivery
from partners.keeping import once

CHANNEL = "webhook_due"


def queue_webhooks(submission: Submission, event: RequestEvent, purpose: Purpose | None = None) -> None:
    """Write a delivery for each endpoint that has to hear of `event`, in the transaction that the caller has opened.

    `purpose` is the consent that was withdrawn. The same event queued twice is told once, but for a correction, which
    has another address each time; what was withheld since its request was closed as spam is told after the release.
    Costs one query where no endpoint has to hear. Raises TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("queue_webhooks() must run in the transaction of the event.")
    if event == RequestEvent.ACCEPTED and submission.quarantined_at is not None:
        _send_what_was_withheld(submission)
    endpoints = _who_hears(submission, event, purpose)
    if not endpoints:
        return
    if event not in WITH_DATA:
        _wait_for_erasure(submission)
        _hold_what_is_overtaken(submission, event, purpose)
    WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(
                endpoint=endpoint,
                submission=submission,
                reference=submission.reference,
                event=event,
                purpose=purpose or "",
            )
            for endpoint in endpoints
        ],
        ignore_conflicts=True,
    )
    wake_workers(CHANNEL)


def is_interested(form_page: Page) -> bool:
    """Say whether an endpoint may have to hear of a request of this form."""
    return bool(_switched_on(form_page.translation_key))


def _who_hears(submission: Submission, event: RequestEvent, purpose: Purpose | None) -> list[WebhookEndpoint]:
    page = submission.form_page
    if event == RequestEvent.ACCEPTED:
        # Few: those of one form. What may be told is asked again when it is sent.
        endpoints = _switched_on(page.translation_key) if page is not None else []
        return [endpoint for endpoint in endpoints if allowed_to(endpoint).filter(pk=submission.pk).exists()]
    of_form = Q(form_key=page.translation_key) if page is not None else Q(pk__in=[])
    # An endpoint that is switched off hears of a withdrawal when it is switched on again: it may have the data.
    endpoints = list(_who_may_have(submission, of_form, purpose))
    if event == RequestEvent.CORRECTED:
        # Another address is itself something that not everybody may have who once had the former one.
        endpoints = [
            endpoint
            for endpoint in endpoints
            if endpoint.gets(DataKind.EMAIL) and allowed_to(endpoint).filter(pk=submission.pk).exists()
        ]
    return endpoints


def _switched_on(form_key: uuid.UUID) -> list[WebhookEndpoint]:
    return once(("switched on", form_key), lambda: list(WebhookEndpoint.objects.filter(form_key=form_key, active=True)))


def _who_may_have(submission: Submission, of_form: Q, purpose: Purpose | None) -> QuerySet[WebhookEndpoint]:
    """Return the endpoints whose systems may hold data of `submission`: told by us, or read by other ways."""
    told = Exists(WebhookDelivery.objects.filter(endpoint=OuterRef("pk"), reference=submission.reference))
    agreed = ConsentRecord.objects.filter(submission=submission, purpose=Purpose.HANDOVER, ticked=True)
    named = agreed.filter(partner_key=OuterRef("partner_key"))
    # What was held back and never released, nobody was told of by any way.
    was_held = submission.quarantined_at is not None and submission.released_at is None
    others = Q(pk__in=[]) if was_held else of_form & (Q(ground=Ground.OWN) | Q(Exists(named)))
    endpoints = WebhookEndpoint.objects.filter(Q(told) | others)
    if purpose is not None and purpose not in PURPOSES_OF_PARTNERS:
        endpoints = endpoints.exclude(ground=Ground.PARTNER)
    return endpoints


def _send_what_was_withheld(submission: Submission) -> None:
    """Queue again, with fresh patience, what the release of `submission` allows to be told now.

    Also for an endpoint that is switched off, which hears of what waits when it is switched on.
    """
    withheld = WebhookDelivery.objects.filter(
        submission=submission, event__in=WITH_DATA, state=State.WITHHELD
    ).select_related("endpoint")
    for delivery in withheld:
        if allowed_to(delivery.endpoint).filter(pk=submission.pk).exists():
            WebhookDelivery.objects.filter(pk=delivery.pk, state=State.WITHHELD).update(
                state=State.QUEUED, due_at=Now(), closed_at=None, first_tried_at=None, last_error=""
            )
            wake_workers(CHANNEL)


def _wait_for_erasure(submission: Submission) -> None:
    """Wait for whoever erases the request, with none of its deliveries in hand: he takes them behind its row.

    The new rows refer to it, which the database looks at when they are committed, too late for that.
    """
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT FROM partners_submission WHERE id = %s FOR KEY SHARE", [submission.pk])


def _hold_what_is_overtaken(submission: Submission, event: RequestEvent, purpose: Purpose | None) -> None:
    """Close what waits and must not be told any more: it would hold up the news that it must not be.

    Events about one request reach an endpoint in their order, so what is being sent at this moment is waited for; if
    it fails, it finds itself overtaken (`is_overtaken`). The lock has it fail before this, or see what this commits.
    """
    if event == RequestEvent.WITHDRAWN and purpose != Purpose.HANDOVER:
        return
    with_data = WebhookDelivery.objects.filter(submission=submission, event__in=WITH_DATA, state__in=OPEN)
    if event == RequestEvent.WITHDRAWN:
        with_data = with_data.filter(endpoint__ground=Ground.PARTNER)
    held = list(with_data.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    waiting = WebhookDelivery.objects.filter(pk__in=held, state=State.QUEUED)
    waiting.update(state=State.WITHHELD, due_at=None, closed_at=Now())


def is_overtaken(delivery: WebhookDelivery) -> bool:
    """Say whether an endpoint has to hear by now that it may not have what `delivery` would tell.

    Must be asked while the delivery's row is locked.
    """
    if delivery.event not in WITH_DATA:
        return False
    newer = WebhookDelivery.objects.filter(
        endpoint=delivery.endpoint_id, reference=delivery.reference, pk__gt=delivery.pk
    )
    withdrawn = Q(event=RequestEvent.WITHDRAWN, purpose=Purpose.HANDOVER, endpoint__ground=Ground.PARTNER)
    return newer.filter(Q(event=RequestEvent.ERASED) | withdrawn).exists()
