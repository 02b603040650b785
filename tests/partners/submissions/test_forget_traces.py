"""partners/submissions/forget_traces.py and saved_filter.py: what is taken out of the desk's own notes."""

import json
import uuid
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from partners.brochures.erasing import erase_person
from partners.brochures.forget_old import forget_old_requests
from partners.brochures.person import Names
from partners.brochures.submission import Submission
from partners.submissions.access_log import AccessRecord, Way, record_access
from partners.submissions.audit import RESEND
from partners.submissions.exporting.making import EXPORT
from partners.submissions.saved_filter import SavedFilter

ERASED = ["[erased]"]


@pytest.fixture
def forget(settings):
    """Return what lets the clock forget a request of long ago."""

    def forget(submission):
        Submission.objects.filter(pk=submission.pk).update(created_at=timezone.now() - timedelta(days=5000))
        run = forget_old_requests(timezone.now())
        assert run.requests == 1
        return run

    return forget


def answered(city):
    return [{"key": "city", "label": "City", "kind": "singleline", "value": city}]


def keep(user, *filters):
    for name, asked in filters:
        SavedFilter.objects.create(owner=user, name=name, filters=asked, is_shared=True)
        record_access(Way.SEARCH, user=user, filters=asked)


def searched():
    return list(AccessRecord.objects.order_by("pk").values_list("filters", flat=True))


def test_the_clock_takes_nothing_for_ordinary_words(make_submission, desk_user, forget):
    kept = [
        ("Shenzhen leads, failed this week", {"q": ["shenzhen"], "mail_state": ["failed"]}),
        ("News partners", {"q": ["news"], "article_title": ["Harbour Works"]}),
    ]
    keep(desk_user, *kept)
    said = make_submission(name="News", company="Harbour Works", answers=answered("Shenzhen"), email="q@failed.example")
    log(instance=said, action=RESEND, user=desk_user, data={"news": "news", "shenzhen": ["failed"]})
    run = forget(said)
    assert not {"saved_filters", "searches", "audit"} & set(run.counts)
    assert SavedFilter.objects.count() == 2
    assert searched() == [asked for _name, asked in kept]
    assert ModelLogEntry.objects.get(action=RESEND).data == {"news": "news", "shenzhen": ["failed"]}


def test_the_clock_takes_whole_addresses_and_full_names(make_submission, desk_user, forget):
    keep(
        desk_user,
        ("By address", {"q": ["ADA@example.com, failed"], "language": ["en"]}),
        ("By name", {"article_title": ["Why  ada reader asked"]}),
        ("For Ada Reader", {"language": ["en"]}),
        ("By another’s", {"q": ["bada@example.com"]}),
    )
    said = make_submission(name="Ada Reader", email="ada@example.com")
    log(instance=said, action=RESEND, user=desk_user, data={"to": "ada@example.com", "message": 7})
    run = forget(said)
    assert (run.counts["saved_filters"], run.counts["searches"], run.counts["audit"]) == (3, 2, 1)
    assert SavedFilter.objects.get().name == "By another’s"
    assert searched()[:2] == [{"q": ERASED, "language": ["en"]}, {"article_title": ERASED}]
    assert searched()[2:] == [{"language": ["en"]}, {"q": ["bada@example.com"]}]
    assert ModelLogEntry.objects.get(action=RESEND).data == {"to": "[erased]", "message": 7}


def test_an_erasure_leaves_names_and_values_of_chosen_filters(make_submission, desk_user):
    asked = {"q": ["failed", "other"], "mail_state": ["failed"], "consent": ["news"]}
    record_access(Way.SEARCH, user=desk_user, filters=asked)
    said = make_submission(name="failed", company="consent", answers=answered("mail_state"), email="news@example.com")
    log(instance=said, action=RESEND, user=desk_user, data={"consent": "consent"})
    erase_person("news@example.com", desk_user)
    assert searched() == [{**asked, "q": ["[erased]", "other"]}]
    assert ModelLogEntry.objects.get(action=RESEND).data == {"consent": "[erased]"}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("ada reader", True),
        ("“ADA\u3000Reader”, failed", True),
        ("ada", False),
        ("canada readers", False),
        ("ada reader2", False),
        ("ada.reader@example.com", True),
        ("<Ada.Reader@EXAMPLE.com>.", True),
        ("請找ada.reader@example.com的", True),
        ("x-ada.reader@example.com", False),
        ("ada.reader@example.com.hk", False),
        ("ada.reader", False),
        ("bo@xn--bcher-kva.example", True),
        ("陳大文的查詢", True),
        ("李明的查詢", False),
        ("solo", False),
        ("", False),
    ],
)
def test_names_and_addresses_are_found_as_a_whole(text, is_found):
    names = Names(["ada.reader@example.com", "bo@bücher.example"], ["Ada Reader", "陳大文", "李明", "Solo"])
    assert names.stand_in(text) is is_found


def test_what_was_typed_is_not_written_into_the_audit_log(desk, make_submission, superuser):
    make_submission(name="Ada Marlowe", email="ada.marlowe@example.com")
    asked = {"key": uuid.uuid4(), "format": "csv", "kind": "own"}
    address = reverse("request_export") + "?language=en&article_title=Ada+Marlowe&article_title_x=Ada"
    assert desk.post(address, asked).getvalue()
    entry = ModelLogEntry.objects.get(action=EXPORT)
    assert (entry.data["filters"], entry.data["searched"]) == ({"language": ["en"]}, True)
    erase_person("ada.marlowe@example.com", by=superuser)
    assert not [entry.data for entry in ModelLogEntry.objects.all() if "Marlowe" in json.dumps(entry.data)]


def test_migration_takes_what_was_typed_out_of_old_entries(submission, desk_user):
    chosen = {"language": ["en"], "created_at_from": ["2026-01-01"], "id": ["7"]}
    for filters in (chosen, {**chosen, "article_title": ["Ada"], "partner_x": ["Ada"]}):
        log(instance=submission, action=EXPORT, user=desk_user, data={"filters": filters, "searched": False})
    log(instance=submission, action=RESEND, user=desk_user, data={"filters": {"article_title": ["Ada"]}})
    log(instance=submission, action=EXPORT, user=desk_user, data={"count": 3})
    import_module("partners.migrations.0058_nothing_typed_in_logs_of_exports").leave_out(apps, None)
    assert list(ModelLogEntry.objects.order_by("pk").values_list("data", flat=True)) == [
        {"filters": chosen, "searched": False},
        {"filters": chosen, "searched": True},
        {"filters": {"article_title": ["Ada"]}},
        {"count": 3},
    ]


def test_lists_keep_what_they_know_of_an_address(desk, make_submission):
    asked = "q=x&p=1&ordering=created_at&created_at_from=2026-01-01&status=new"
    desk.get(
        reverse("brochure_requests:index") + f"?{asked}&search=ada@example.com&created_at_x=ada&status_to=ada&ada=1"
    )
    kept = {"q": ["x"], "p": ["1"], "ordering": ["created_at"], "created_at_from": ["2026-01-01"], "status": ["new"]}
    assert searched() == [kept]


def test_an_erasure_takes_the_person_out_of_whatever_was_asked_for(desk, desk_user, make_submission):
    make_submission(name="Ada Marlowe", email="ada.marlowe@example.com", answers=answered("12"), company="new")
    desk.get(
        reverse("brochure_requests:index") + "?created_at_from=ada.marlowe@example.com&partner=Ada+Marlowe&status=new"
    )
    # As lists once wrote them.
    old = {
        "search": ["Ada.Marlowe@example.com"],
        "Ada.Marlowe@example.com": ["1"],
        "created_at_to": ["marlowe"],
        "partner": ["12"],
    }
    record_access(Way.LIST, user=desk_user, filters=old)
    SavedFilter.objects.create(owner=desk_user, name="Mine", filters={"created_at_to": ["marlowe"]})
    erase_person("ada.marlowe@example.com", desk_user)
    assert searched() == [
        {"created_at_from": ERASED, "partner": ERASED, "status": ["new"]},
        {"search": ERASED, "[erased]": ["1"], "created_at_to": ERASED, "partner": ["12"]},
    ]
    assert not SavedFilter.objects.exists()
