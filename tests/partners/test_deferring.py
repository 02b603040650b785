"""partners/deferring.py: what somebody or the clock asks for goes before what a change of much brings with it.

Asked of procrastinate's own function that gives workers their jobs.
"""

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.articles.pictures import MAKE_PICTURES_TASK
from partners.articles.share import drawing
from partners.brochures.cover import show_cover_later
from partners.deferring import BULK, CLOCK, CLOCK_QUEUE, job
from partners.renditions.making import MAKE_TASK, order
from partners.renditions.uses import HERO_KIND
from partners.search.jobs import INDEX_TASK
from tests import builders
from tests.partners.articles.share.drawn import work

pytestmark = pytest.mark.django_db

PUBLISH = "partners.articles.publish_scheduled"
# The clock's, but long or of no hurry: they have no place of their own.
LONG = {
    "partners.articles.share.draw_missing",
    "partners.articles.share.follow_all",
    "partners.articles.share.forget_old",
    "partners.brochures.forget_old_requests",
    "partners.reports.count_days",
    "partners.search.index_missing",
}


def take(queues: list[str] | None = None) -> ProcrastinateJob | None:
    """Begin the job that a worker gets next."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(%s, %s)", [queues, cursor.fetchone()[0]])
        (key,) = cursor.fetchone()
    return ProcrastinateJob.objects.filter(pk=key).first()


def end(begun: ProcrastinateJob) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [begun.pk])


def renamed_partner():
    """A partner of eight articles whose pictures are ordered, and nothing else."""
    partner = builders.partner()
    for number in range(8):
        builders.article(partner, title=str(number))
    work()
    ProcrastinateJob.objects.all().delete()
    partner.title = "Another name"
    partner.save()
    drawing.follow_partner(partner.pk)
    assert ProcrastinateJob.objects.filter(task_name=drawing.DRAW_TASK, priority=BULK).count() == 8
    return partner


def test_a_new_article_s_pictures_go_before_those_of_many():
    partner = renamed_partner()
    begun = take()
    while begun.task_name != drawing.DRAW_TASK:
        end(begun)
        begun = take()
    new = builders.article(partner, live=False, hero_image=builders.image(), hero_decorative=True)
    new.save_revision().publish()
    # One is being drawn.
    end(begun)
    taken = []
    while not {drawing.DRAW_TASK, MAKE_PICTURES_TASK} <= {name for name, _ in taken}:
        begun = take()
        taken.append((begun.task_name, begun.args))
        end(begun)
    [own] = [args["image_id"] for name, args in taken if name == drawing.DRAW_TASK]
    assert drawing.ShareImage.objects.get(pk=own).article_id == new.pk
    assert (MAKE_PICTURES_TASK, {"page_id": new.pk}) in taken


def test_what_readers_lack_goes_before_what_follows_from_a_change_and_after_what_is_published():
    renamed_partner()
    order(builders.image(), HERO_KIND)
    builders.article(hero_image=builders.image(), hero_decorative=True)
    ProcrastinateJob.objects.filter(task_name=INDEX_TASK).delete()
    ranks = []
    while begun := take():
        ranks.append(begun.priority)
        end(begun)
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == 3


def test_a_cover_that_an_editor_chooses_is_made_before_what_readers_lack():
    order(builders.image(), HERO_KIND)
    brochure = builders.brochure()
    brochure.cover = cover = builders.image()
    ProcrastinateJob.objects.exclude(task_name=MAKE_TASK).delete()
    show_cover_later(brochure)
    assert take().args["image_id"] == cover.pk


def test_the_clock_s_go_first_and_have_a_place_when_all_others_are_taken():
    renamed_partner()
    job("tests.long", queue="exports").defer()
    taken = [take(), take()]
    clock = app.tasks[PUBLISH]
    job(PUBLISH, queue=clock.queue, priority=clock.priority, lock=clock.lock).defer(timestamp=0)
    assert take([CLOCK_QUEUE]).task_name == PUBLISH
    assert None not in taken
    assert take([CLOCK_QUEUE]) is None
    job("tests.clock", queue=CLOCK_QUEUE, priority=CLOCK).defer()
    assert take().task_name == "tests.clock"


def test_every_job_of_the_clock_has_its_place_or_is_long():
    by_name = {task.name: task for task in app.tasks.values() if task.name.startswith("partners.")}
    periodic = {name for name, _id in app.periodic_registry.periodic_tasks if name in by_name}
    assert {name for name in periodic if by_name[name].queue != CLOCK_QUEUE} == LONG
    at_once = {name for name in by_name if by_name[name].priority == CLOCK}
    assert at_once == periodic - LONG == {name for name in by_name if by_name[name].queue == CLOCK_QUEUE}


def test_what_follows_pictures_runs_one_at_a_time_with_them():
    for name in (drawing.DRAW_TASK, drawing.PARTNER_TASK, drawing.IMAGE_TASK, drawing._ALL):
        assert app.tasks[name].lock == app.tasks[MAKE_PICTURES_TASK].lock
