"""partners/renditions/making.py: what is ordered is made once, and what cannot be made is not tried for ever."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.images.models import Rendition

from partners.renditions.making import (
    MAKE_TASK,
    MOST_DEATHS,
    RESTS,
    CannotBeMade,
    make,
    make_renditions,
    missing,
    order,
)
from partners.renditions.uses import HERO_KIND, KINDS, LOGO_KIND, USES, specs_of
from tests import builders
from tests.partners.renditions.ordering import ordered

pytestmark = pytest.mark.django_db


def run(image, kind=HERO_KIND, attempts=0):
    make_renditions(SimpleNamespace(job=SimpleNamespace(attempts=attempts)), image_id=image.pk, kind=kind)


def end(status: str, ago: timedelta = timedelta()) -> None:
    """Let what is queued begin and end with `status`, so long ago."""
    with connection.cursor() as cursor:
        # Whatever ended before, ended long before.
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '3 days'")
        begun = "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = %s AND status = 'todo' RETURNING id"
        cursor.execute(begun, [MAKE_TASK])
        (job,) = cursor.fetchone()
        if status != "doing":
            ended = "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s"
            cursor.execute(ended, [status, job])
        cursor.execute("UPDATE procrastinate_events SET at = %s WHERE job_id = %s", [timezone.now() - ago, job])


def test_all_of_a_kind_are_made_and_none_twice():
    image = builders.image(size=(1920, 1200))
    run(image)
    made = set(image.renditions.values_list("pk", "filter_spec"))
    assert {spec for _pk, spec in made} == set(specs_of(HERO_KIND))
    run(image)
    assert set(image.renditions.values_list("pk", "filter_spec")) == made


def test_what_is_gone_or_unknown_needs_nothing():
    image = builders.image()
    run(image, kind="of another version")
    run(SimpleNamespace(pk=0))
    assert not Rendition.objects.exists()


def test_ordering_twice_is_ordering_once_in_any_transaction():
    image = builders.image()
    assert order(image, HERO_KIND)
    assert not order(image, HERO_KIND)
    assert order(image, LOGO_KIND)
    # The transaction of the test goes on.
    assert [job["kind"] for job in ordered()] == [HERO_KIND, LOGO_KIND]


def test_nobody_orders_what_is_being_made():
    image = builders.image()
    order(image, HERO_KIND)
    end("doing")
    assert not order(image, HERO_KIND)
    assert not ordered()


def test_a_picture_that_fails_rests_longer_each_time_and_then_for_good():
    image = builders.image()
    for rest in RESTS:
        assert order(image, HERO_KIND)
        end("failed", ago=rest - timedelta(seconds=5))
        assert not order(image, HERO_KIND)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_events SET at = at - interval '10 seconds'")
    assert order(image, HERO_KIND)
    end("failed", ago=timedelta(days=6))
    assert not order(image, HERO_KIND)
    assert ProcrastinateJob.objects.filter(task_name=MAKE_TASK).count() == len(RESTS) + 1


def test_another_file_is_another_chance(broken):
    order(broken, HERO_KIND)
    with pytest.raises(CannotBeMade):
        run(broken)
    end("failed")
    assert not order(broken, HERO_KIND)
    with builders.image(size=(900, 600)).file.open() as content:
        broken.file = ContentFile(content.read(), name="whole.png")
    broken._set_image_file_metadata()
    broken.save()
    assert order(broken, HERO_KIND)
    run(broken)
    assert not missing(broken, specs_of(HERO_KIND))


def test_a_picture_that_kills_its_workers_is_given_up():
    image = builders.image()
    with pytest.raises(CannotBeMade, match="died"):
        run(image, attempts=MOST_DEATHS)
    assert not Rendition.objects.exists()


def test_one_format_that_cannot_be_made_keeps_no_other_from_being_made(monkeypatch):
    from wagtail.images.models import Filter

    whole = Filter.run

    def run_but_avif(self, *args, **kwargs):
        if "avif" in self.spec:
            raise ValueError(self.spec)
        return whole(self, *args, **kwargs)

    monkeypatch.setattr(Filter, "run", run_but_avif)
    image = builders.image(size=(1920, 1200))
    with pytest.raises(CannotBeMade, match="avif"):
        make(image, specs_of(HERO_KIND))
    assert all("avif" in spec for spec in missing(image, specs_of(HERO_KIND)))


def test_every_use_is_of_a_kind_and_names_real_filters():
    from wagtail.images.models import Filter

    assert {use.kind for use in USES.values()} == set(KINDS)
    assert all(Filter(spec).operations for use in USES.values() for spec in use.specs)
