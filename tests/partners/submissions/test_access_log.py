"""partners/submissions/access_log.py and its page: who saw what, kept as it was, for as long as it is kept."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partners.brochures.consent_wording import AppendOnly
from partners.submissions import access_log
from partners.submissions.access_log import AccessRecord, Way, forget_old_access, record_access
from partners.submissions.daily import forget_access
from tests.partners.submissions.conftest import client_of
from tests.partners.submissions.handovers import viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(db):
    return client_of(viewer("auditor", group="Auditors"))


def days_ago(monkeypatch, days):
    """Write a record as if it were `days` days ago: afterwards, nobody could change its time."""
    with monkeypatch.context() as patched:
        then = timezone.now() - timedelta(days=days)
        patched.setattr(timezone, "now", lambda: then)
        return record_access(Way.LIST, count=days)


def kept():
    return [(record.way, record.filters, record.submission_id) for record in AccessRecord.objects.order_by("pk")]


def test_desk_leaves_a_record_of_every_page(desk, submission):
    pages = [
        (reverse("brochure_requests:index"), Way.LIST, {}, None),
        (reverse("brochure_requests:index_results") + "?q=ada&p=1", Way.SEARCH, {"q": ["ada"], "p": ["1"]}, None),
        (reverse("brochure_requests:index") + "?mail_state=sent", Way.LIST, {"mail_state": ["sent"]}, None),
        (reverse("brochure_requests:inspect", args=[submission.pk]), Way.DETAIL, {}, submission.pk),
        (
            reverse("brochure_requests:history", args=[submission.pk]),
            Way.DETAIL,
            {"page": ["history"]},
            submission.pk,
        ),
        (reverse("brochure_requests:resend", args=[submission.pk]), Way.DETAIL, {}, submission.pk),
    ]
    for url, *_ in pages:
        assert desk.get(url).status_code == 200
    assert kept() == [(way, filters, pk) for _, way, filters, pk in pages]
    assert list(AccessRecord.objects.order_by("pk").values_list("count", flat=True)) == [1, 1, 0, None, None, None]


def test_what_cannot_be_written_down_is_not_shown(desk, submission, monkeypatch):
    def refuse(*args, **kwargs):
        raise IntegrityError("no")

    monkeypatch.setattr(access_log.AccessRecord.objects, "create", refuse)
    for name, args in (("index", []), ("inspect", [submission.pk])):
        with pytest.raises(IntegrityError):
            desk.get(reverse(f"brochure_requests:{name}", args=args))


def test_record_is_never_changed_but_to_forget(submission, desk_user):
    record = record_access(Way.SEARCH, user=desk_user, submission=submission, filters={"q": ["ada"]}, count=3)
    other = record_access(Way.LIST)
    rows = AccessRecord.objects.filter(pk=record.pk)
    with pytest.raises(AppendOnly):
        record.save()
    for change in (
        *({"way": "list"}, {"count": 4}, {"at": timezone.now()}, {"via": "somebody"}, {"filters": {"q": ["bo"]}}),
        *({"user": viewer("ann", group=None)}, {"count": None}),
    ):
        with transaction.atomic(), pytest.raises(IntegrityError):
            rows.update(**change)
    with transaction.atomic(), pytest.raises(IntegrityError):
        AccessRecord.objects.filter(pk=other.pk).update(submission=submission)
    with transaction.atomic(), pytest.raises(IntegrityError):
        rows.delete()
    assert rows.update(filters={}) == 1
    submission.delete()
    desk_user.delete()
    record = rows.get()
    assert (record.user, record.submission, record.filters, record.count) == (None, None, {}, 3)


@pytest.mark.parametrize(
    ("kept_days", "left"), [(365, [1, 29, 31, 364]), (90, [1, 29, 31]), (30, [1, 29]), (1, [1, 29])]
)
def test_old_records_go_and_young_ones_never(monkeypatch, settings, kept_days, left):
    settings.ACCESS_LOG_DAYS = kept_days
    # In parts of two, as a million rows would be.
    monkeypatch.setattr(access_log, "_BATCH", 2)
    for days in (1, 29, 31, 364, 366, 367, 368):
        days_ago(monkeypatch, days)
    forget_access(timestamp=0)
    assert list(AccessRecord.objects.order_by("count").values_list("count", flat=True)) == left
    assert forget_old_access() == 0


def log_page(client, query="", name="access_log"):
    response = client.get(reverse(name) + query)
    assert response.status_code == 200
    return list(response.context["object_list"]), response.content.decode()


def test_page_says_who_when_what_and_how_much(auditor, submission, desk_user):
    first = record_access(Way.SEARCH, user=desk_user, filters={"q": ["<b>ada"], "language": ["en", "zh-hant"]}, count=7)
    record_access(Way.DETAIL, user=desk_user, submission=submission)
    record_access(Way.API, via="token 3", count=2)
    records, html = log_page(auditor)
    assert [record.way for record in records] == [Way.API, Way.DETAIL, Way.SEARCH]
    for part in (
        *("Mei Lam (desk)", "Searched", "search: &lt;b&gt;ada; language: en, zh-hant", "token 3", submission.reference),
        timezone.localtime(first.at).strftime("%Y-%m-%d %H:%M:%S"),
    ):
        assert part in html
    # An auditor sees who saw a request, and not the request.
    detail = reverse("brochure_requests:inspect", args=[submission.pk])
    assert detail not in html
    assert submission.email not in html


def test_page_links_requests_for_those_who_may_see_them(superuser, submission):
    record_access(Way.DETAIL, user=superuser, submission=submission)
    assert reverse("brochure_requests:inspect", args=[submission.pk]) in log_page(client_of(superuser))[1]


def test_page_outlives_the_user(auditor, desk_user):
    record_access(Way.LIST, user=desk_user)
    desk_user.delete()
    assert "a user who has been removed" in log_page(auditor)[1]


def test_filters_and_search_of_the_page(auditor, submission, desk_user, superuser, monkeypatch):
    old = days_ago(monkeypatch, 40)
    export = record_access(Way.EXPORT, user=superuser, count=900)
    detail = record_access(Way.DETAIL, user=desk_user, submission=submission)
    day = timezone.localtime(old.at).date().isoformat()
    for query, found in {
        "": [detail, export, old],
        "?way=export": [export],
        "?way=export&way=detail": [detail, export],
        f"?user={desk_user.pk}": [detail],
        f"?at_to={day}": [old],
        f"?at_from={day}&at_to={day}": [old],
        f"?q={submission.reference.lower()}": [detail],
        "?q=QH-NONE-0000": [],
    }.items():
        assert log_page(auditor, query)[0] == found, query
        assert log_page(auditor, query, name="access_log_results")[0] == found, query
    html = log_page(auditor)[1]
    assert "Mei Lam" in html


def test_page_costs_the_same_whatever_it_lists(superuser, make_submission, desk_user):
    client = client_of(superuser)

    def cost():
        # Whether letters come back is remembered for some seconds: asked anew each time, however long this takes.
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            log_page(client)
        return len(queries)

    record_access(Way.DETAIL, user=desk_user, submission=make_submission())
    log_page(client)
    one = cost()
    for _ in range(5):
        record_access(Way.DETAIL, user=desk_user, submission=make_submission())
    assert cost() == one <= 15


def test_file_holds_what_is_filtered_and_no_formula(auditor, submission, desk_user):
    record_access(Way.SEARCH, user=desk_user, filters={"q": ["=1+1"]}, count=1)
    for via in ("\uff1d1+1", " =1+1", "x;=1+1"):
        record_access(Way.LIST, via=via)
    record_access(Way.DETAIL, via='=HYPERLINK("http://example.com")', submission=submission)
    response = auditor.get(reverse("access_log") + "?export=csv&way=detail&way=search&way=list")
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    heading, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert heading == ["Time", "Seen by", "What", "Request", "Asked for", "Number of requests"]
    assert [line[1:] for line in lines] == [
        ['\'=HYPERLINK("http://example.com")', "Saw the request", submission.reference, "", ""],
        *([cell, "Saw the list", "", "", ""] for cell in ("x;'=1+1", "' =1+1", "'\uff1d1+1")),
        ["Mei Lam (desk)", "Searched", "", "search: =1+1", "1"],
    ]
    taken = AccessRecord.objects.latest("pk")
    assert (taken.way, taken.via, taken.user.username) == (Way.EXPORT, "access log", "auditor")


def test_page_says_where_its_pages_end(auditor, monkeypatch):
    monkeypatch.setattr("partners.submissions.paging.MOST_ROWS", 3)
    for number in range(5):
        record_access(Way.LIST, count=number)
    assert "Narrow the list by filters" in log_page(auditor)[1]
    assert "Narrow the list by filters" not in log_page(auditor, "?way=export")[1]


def test_menu_of_reports_leads_auditors_here(auditor, desk):
    assert reverse("access_log") in auditor.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("access_log") not in desk.get(reverse("wagtailadmin_home")).content.decode()
