"""The background tasks of Django and Wagtail are jobs of the worker."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.tasks import task
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.models import ReferenceIndex
from wagtail.tasks import delete_file_from_storage_task, update_reference_index_task

from partners.background import BACKGROUND_QUEUE, RUN_TASK
from partners.background_jobs import run_task
from tests import builders

heard: list[object] = []


@task(priority=3)
def hear(what: object, *, loudly: bool = False) -> None:
    """Remember what was said."""
    heard.append((what, loudly))


def no_task() -> None:
    """Stand where a job's path may not lead."""
    heard.append("no task")


def jobs() -> list[ProcrastinateJob]:
    """Return the waiting background tasks."""
    return list(ProcrastinateJob.objects.filter(task_name=RUN_TASK).order_by("id"))


def run_all() -> None:
    """Run them as the worker does."""
    for job in jobs():
        run_task(**job.args)


@pytest.mark.django_db
def test_a_task_becomes_a_job_with_its_arguments() -> None:
    later = timezone.now()
    result = hear.using(run_after=later).enqueue({"a": [1]}, loudly=True)
    [job] = jobs()
    assert result.id == str(job.id)
    assert (job.queue_name, job.priority, job.scheduled_at) == (BACKGROUND_QUEUE, 3, later)
    heard.clear()
    run_all()
    assert heard == [({"a": [1]}, True)]


@pytest.mark.usefixtures("committed")
def test_a_task_of_a_rolled_back_transaction_never_runs() -> None:
    with transaction.atomic():
        hear.enqueue("never")
        transaction.set_rollback(True)
    assert jobs() == []


@pytest.mark.django_db
def test_a_job_can_call_nothing_but_a_task() -> None:
    heard.clear()
    with pytest.raises(TypeError, match="is not a task"):
        run_task(f"{__name__}.no_task", [], {})
    assert heard == []


@pytest.mark.django_db
def test_what_cannot_be_written_down_is_refused_at_once() -> None:
    with pytest.raises(TypeError):
        hear.enqueue(object())
    assert jobs() == []


@pytest.mark.django_db
def test_wagtails_references_are_written_by_the_worker(django_capture_on_commit_callbacks: object) -> None:
    picture = builders.image()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        article = builders.article(hero_image=picture, hero_decorative=True)
    assert not ReferenceIndex.get_references_to(picture).exists()
    run_all()
    assert {int(it.object_id) for it in ReferenceIndex.get_references_to(picture)} == {article.pk}


@pytest.mark.django_db
def test_a_task_about_something_deleted_is_done() -> None:
    update_reference_index_task.enqueue("wagtailcore", "page", "999999")
    assert len(jobs()) == 1
    run_all()


@pytest.mark.django_db
def test_wagtails_files_are_deleted_by_the_worker() -> None:
    storage = storages["default"]
    name = storage.save("old.txt", ContentFile(b"old"))
    delete_file_from_storage_task.enqueue(storage.deconstruct(), name)
    assert storage.exists(name)
    run_all()
    assert not storage.exists(name)
