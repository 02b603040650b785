"""The ways to a request, and what may come of each: what the matrix of rights is made of."""

import uuid

from django.contrib.auth.models import User
from django.urls import reverse

from partners.brochures.consent_record import ConsentEvent
from partners.brochures.submission import Submission
from partners.submissions.partner_viewer import PartnerViewer
from tests.partners.submissions.cell import ABSENT, DONE, LOGIN, NOTHING, REFUSED, SHOWN, UNSEEN
from tests.partners.submissions.conftest import set_state
from tests.partners.submissions.ways_out import api, export, link, webhook


def search(cell):
    return cell.rows("brochure_requests:index_results", f"?q={cell.submission.reference}")


def resend(cell):
    newest = cell.submission.messages.order_by("-pk").first()
    before = cell.submission.messages.count()
    seen = {"seen": newest.pk} if newest else {}
    return cell.act("brochure_requests:resend", lambda: cell.submission.messages.count() > before, data=seen)


def release(cell):
    rows = Submission.objects.filter(pk=cell.submission.pk, released_at__isnull=False)
    return cell.act("brochure_requests:release", rows.exists)


def spam(cell):
    before = cell.submission.spam_at
    rows = Submission.objects.filter(pk=cell.submission.pk, spam_at__isnull=False).exclude(spam_at=before)
    return cell.act("brochure_requests:spam", lambda: before is None and rows.exists())


def revoke(cell):
    link = cell.submission.links.first()
    revoked = cell.submission.links.filter(revoked_at__isnull=False)
    return cell.act("brochure_requests:revoke_link", revoked.exists, link.pk if link else 0)


def in_bulk(act, happened):
    """Return the way of doing `act` to what is ticked: the page first, then its button."""

    def go(cell):
        url = reverse("wagtail_bulk_action", args=["partners", "submission", act]) + f"?id={cell.submission.pk}"
        rows = happened(cell)
        response = cell.client.post(url, {"key": uuid.uuid4(), "expected": 1})
        cell.assert_silent(response)
        if rows():
            return DONE
        if response.status_code == 404:
            return ABSENT
        if response.url.startswith(reverse("wagtailadmin_login")):
            return LOGIN
        return REFUSED if response.url == reverse("wagtailadmin_home") else NOTHING

    return go


def has_more_letters(cell):
    before = cell.submission.messages.count()
    return lambda: cell.submission.messages.count() > before


def is_now(cell, **state):
    rows = Submission.objects.filter(pk=cell.submission.pk, **state)
    return (lambda: False) if rows.exists() else rows.exists


def bulk_page(cell):
    url = reverse("wagtail_bulk_action", args=["partners", "submission", "erase"])
    response, came = cell.answer(url, query=f"?id={cell.submission.pk}")
    cell.assert_silent(response)
    return came or (SHOWN if cell.submission.reference in response.content.decode() else UNSEEN)


def bulk_export(cell):
    url = reverse("wagtail_bulk_action", args=["partners", "submission", "export"])
    response, came = cell.answer(url, query=f"?id={cell.submission.pk}")
    if came:
        return came
    asked = cell.client.get(response.url)
    return SHOWN if asked.context["estimate"].rows == 1 else UNSEEN


def correct(cell):
    newest = cell.submission.messages.order_by("-pk").first()
    data = {"seen": newest.pk if newest else "", "address": "new@reader.example", "again": "new@reader.example"}
    corrected = Submission.objects.filter(pk=cell.submission.pk, email="new@reader.example")
    return cell.act("brochure_requests:correct_address", corrected.exists, data=data)


def cancel(cell):
    letter = cell.submission.messages.first()
    letters = cell.submission.messages.filter(state="cancelled")
    if letter:
        set_state(cell.submission, "queued")
    return cell.act("brochure_requests:cancel_letter", letters.exists, letter.pk if letter else 0)


def withdraw_for(cell):
    events = ConsentEvent.objects.filter(record__submission=cell.submission, kind="withdrawn", how="desk")
    return cell.act("brochure_requests:withdraw", events.exists, "handover")


def brochure_file(cell):
    response, came = cell.answer(
        reverse("wagtailsnippets_partners_brochure:file", args=[cell.submission.brochure_file_id])
    )
    if came is None:
        assert response.body.startswith(b"%PDF")
    return came or SHOWN


def tie(cell):
    """Tie a viewer to the partner of the request."""
    untied = User.objects.get(username="untied")
    data = {"user": untied.pk, "partner": cell.submission.form_page.get_parent().pk}
    response = cell.client.post(reverse("partner_viewers:add"), data)
    if PartnerViewer.objects.filter(user=untied).exists():
        return DONE
    return LOGIN if response.url.startswith(reverse("wagtailadmin_login")) else REFUSED


def access_file(cell):
    response, came = cell.answer(reverse("access_log"), query="?export=csv")
    if came:
        return came
    return SHOWN if cell.submission.reference in response.body.decode() else UNSEEN


def mail_page(cell):
    return cell.answer(reverse("mail_status"))[1] or SHOWN


WAYS = {
    "list": lambda cell: cell.rows("brochure_requests:index"),
    "search": search,
    "detail": lambda cell: cell.page("brochure_requests:inspect", cell.submission.pk),
    "history": lambda cell: cell.page("brochure_requests:history", cell.submission.pk),
    "resend page": lambda cell: cell.page("brochure_requests:resend", cell.submission.pk),
    "resend": resend,
    "release": release,
    "spam": spam,
    "revoke": revoke,
    "correct the address": correct,
    "cancel": cancel,
    "withdraw": withdraw_for,
    "export": export,
    "link": link,
    "API with the partner's token": api(of_partner=True),
    "API with the log-in": api(of_partner=False),
    "webhook": webhook,
    "bulk page": bulk_page,
    "bulk resend": in_bulk("resend", has_more_letters),
    "bulk release": in_bulk("release", lambda cell: is_now(cell, released_at__isnull=False)),
    "bulk spam": in_bulk("spam", lambda cell: is_now(cell, spam_at__isnull=False)),
    "bulk erase": in_bulk("erase", lambda cell: is_now(cell, erased_at__isnull=False)),
    "bulk export": bulk_export,
    "file in the admin": brochure_file,
    "site history": lambda cell: cell.page("wagtailadmin_reports:site_history"),
    "access log": lambda cell: cell.page("access_log"),
    "access log as file": access_file,
    "mail page": mail_page,
    "partner's list": lambda cell: cell.rows("partner_requests"),
    "partner's search": lambda cell: cell.rows("partner_requests_results", f"?q={cell.submission.reference}"),
    "partner's detail": lambda cell: cell.page("partner_request", cell.submission.pk),
    "tie a viewer": tie,
}
