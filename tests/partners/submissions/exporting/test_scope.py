"""partners/submissions/exporting/scope.py: exactly what is filtered, for whom it may be."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import OperationalError
from django.urls import reverse

from partners.brochures.submission import Submission
from partners.submissions.exporting import scope as scope_module
from partners.submissions.exporting.export import Reason
from partners.submissions.exporting.scope import ExportRefused, Scope, estimate, is_more_than, may_export
from tests.partners.submissions.conftest import set_state, user_in
from tests.partners.submissions.exporting.conftest import filters

pytestmark = pytest.mark.django_db

QUERIES = (
    "",
    "q=ada",
    "q=tidewater+ada",
    "mail_state=bounced",
    "mail_state=bounced&mail_state=queued",
    "language=zh-hant&q=harbour",
    "created_at_from=2026-01-01&created_at_to=2099-01-01",
    "created_at_to=2001-01-01",
    "q=nobody",
)


@pytest.mark.parametrize("query", QUERIES)
def test_the_file_holds_what_the_list_shows(desk, exported, make_submission, query):
    for number in range(3):
        make_submission(name="Ada Reader", company="Tidewater", language=("en", "zh-hant", "zh-hans")[number])
        set_state(make_submission(language="zh-hant"), ("bounced", "sent", "failed")[number])
    shown = desk.get(f"{reverse('brochure_requests:index')}?{query}").context["object_list"]
    assert [row["reference"] for row in exported(query)] == [it.reference for it in shown]


def test_only_what_narrows_the_list_is_taken_from_its_address():
    query = "q=ada&p=3&ordering=name&mail_state=sent&created_at_from=2026-01-01&created_at_to=&evil=1&language="
    assert filters(query) == {"q": ["ada"], "mail_state": ["sent"], "created_at_from": ["2026-01-01"]}


@pytest.mark.parametrize("query", ["brochure=999999", "language=xx", "mail_state=lost", "created_at_from=yesterday"])
def test_a_filter_that_is_not_understood_exports_nothing_rather_than_everything(desk_user, submission, query):
    with pytest.raises(ExportRefused) as refusal:
        Scope(user=desk_user, filters=filters(query)).requests()
    assert refusal.value.reason == Reason.FILTERS_GONE


def test_filters_in_words(desk_user, offer):
    query = f"q=ada&mail_state=sent&mail_state=bounced&brochure={offer.brochure.pk}&created_at_from=2026-01-01"
    words = Scope(user=desk_user, filters=filters(query)).in_words()
    assert words[0] == ("Search", "ada")
    assert ("State of the mail", "Accepted by the mail server") in words
    assert ("State of the mail", "Came back") in words
    assert ("Brochure", offer.brochure.title) in words
    assert any(label == "Asked" and "2026" in value for label, value in words)


def test_who_may_export(desk_user, superuser, editor_user):
    group = Group.objects.create(name="Exporters")
    group.permissions.set(Permission.objects.filter(codename__in=["access_admin", "export_submission"]))
    blind = user_in("Exporters", username="blind")
    group = Group.objects.create(name="Readers")
    group.permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_submission"]))
    reader = user_in("Readers", username="reader")
    gone = user_in("Submission admins", username="gone", is_active=False)
    assert may_export(desk_user)
    assert may_export(superuser)
    for user in (editor_user, blind, reader, gone, None):
        assert not may_export(user)
        with pytest.raises(ExportRefused):
            Scope(user=user).requests()


def test_a_right_that_is_lost_counts_at_once(desk_user, submission):
    Scope(user=desk_user).requests()
    desk_user.groups.clear()
    with pytest.raises(ExportRefused) as refusal:
        Scope(user=User.objects.get(pk=desk_user.pk)).requests()
    assert refusal.value.reason == Reason.RIGHT_LOST


def test_how_many(desk_user, make_submission):
    for _ in range(4):
        make_submission()
    requests = Scope(user=desk_user).requests()
    assert not is_more_than(requests, 4)
    assert is_more_than(requests, 3)
    counted = estimate(requests)
    assert (counted.rows, counted.is_exact) == (4, True)


def test_what_takes_long_to_count_is_guessed(desk_user, submission, monkeypatch):
    slow = Submission.objects.extra(where=["pg_sleep(0.2) IS NOT NULL"])
    monkeypatch.setattr(scope_module, "_COUNT_MILLISECONDS", 50)
    guessed = estimate(slow)
    assert not guessed.is_exact
    assert guessed.rows >= 1
    # The limit is the count's alone.
    assert slow.count() == 1


def test_another_error_of_the_database_is_no_guess(monkeypatch):
    broken = Submission.objects.none()
    monkeypatch.setattr(broken.__class__, "count", lambda self: (_ for _ in ()).throw(OperationalError("away")))
    with pytest.raises(OperationalError, match="away"):
        estimate(broken)
