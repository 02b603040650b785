"""Pages go live and leave at their time; one that cannot keeps nobody back, and its editor is told why."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app
from wagtail.models import PageLogEntry

from partners.articles import scheduled
from partners.articles.article_page import PartnerArticlePage
from partners.articles.publishing import what_kind_is_it
from tests import builders

pytestmark = pytest.mark.django_db


def run() -> None:
    """Let the minute come round."""
    scheduled.publish_scheduled(timestamp=0)


def schedule(page: PartnerArticlePage, minutes: int) -> None:
    """Publish `page` as an editor does who sets a time; a time that has passed by then passed in the meantime."""
    page.go_live_at = timezone.now() + timedelta(hours=1)
    revision = page.save_revision(clean=False)
    revision.publish()
    at = timezone.now() + timedelta(minutes=minutes)
    page.refresh_from_db()
    PartnerArticlePage.objects.filter(pk=page.pk).update(go_live_at=at)
    revision.approved_go_live_at = at
    revision.content["go_live_at"] = at.isoformat()
    revision.save()


def is_live(page: PartnerArticlePage) -> bool:
    """Say whether readers see `page`."""
    return PartnerArticlePage.objects.live().filter(pk=page.pk).exists()


def test_the_clock_rings_every_minute() -> None:
    assert {
        task.cron for task in app.periodic_registry.periodic_tasks.values() if task.task.name == scheduled._NAME
    } == {"* * * * *"}


def test_a_page_goes_live_at_its_time_and_not_before() -> None:
    due, later = builders.article(live=False), builders.article(live=False)
    schedule(due, -1)
    schedule(later, 30)
    assert not is_live(due)
    run()
    assert is_live(due)
    assert not is_live(later)
    assert PageLogEntry.objects.filter(page=due.pk, action="wagtail.publish.scheduled").count() == 1


def test_a_page_leaves_at_its_time() -> None:
    over, later = builders.article(), builders.article()
    PartnerArticlePage.objects.filter(pk=over.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    PartnerArticlePage.objects.filter(pk=later.pk).update(expire_at=timezone.now() + timedelta(minutes=30))
    run()
    assert not is_live(over)
    assert is_live(later)
    over.refresh_from_db()
    assert over.expired


def test_a_page_without_disclosure_stays_away_and_keeps_nobody_back() -> None:
    unlabelled, labelled = builders.article(live=False), builders.article(live=False)
    schedule(unlabelled, -10)
    schedule(labelled, -1)
    revision = unlabelled.latest_revision
    revision.content["disclosure"] = ""
    revision.save()
    for _ in range(3):
        run()
    assert not is_live(unlabelled)
    assert is_live(labelled)
    [entry] = PageLogEntry.objects.filter(page=unlabelled.pk, action=scheduled.REFUSED)
    assert str(entry.message) == f"Not published as scheduled. Disclosure: {what_kind_is_it()}"


def test_an_unforeseen_fault_of_one_page_keeps_nobody_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = builders.article(live=False), builders.article(live=False)
    schedule(broken, -10)
    schedule(whole, -1)
    publish = scheduled._publish

    def fail_once(revision: object) -> None:
        if revision.object_id == str(broken.pk):  # type: ignore[attr-defined]
            raise KeyError("a fault of ours")
        publish(revision)  # type: ignore[arg-type]

    monkeypatch.setattr(scheduled, "_publish", fail_once)
    run()
    assert is_live(whole)
    assert not is_live(broken)
    assert f"Revision {broken.latest_revision.pk} could not follow its schedule." in caplog.text


def test_a_schedule_that_was_cancelled_meanwhile_is_not_followed() -> None:
    page = builders.article(live=False)
    schedule(page, -1)
    revision = page.latest_revision
    revision.approved_go_live_at = None
    revision.save()
    scheduled._publish(revision)
    assert not is_live(page)
