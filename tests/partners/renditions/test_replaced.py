"""partners/renditions/making.py: readers are shown the file that a picture has now."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.images import get_image_model

from partners.background import RUN_TASK
from partners.background_jobs import run_task
from partners.renditions.making import make
from tests.partners.renditions.replacing import colour_of, upload

pytestmark = pytest.mark.django_db

SPEC = "format-webp|fill-420x280"
# So long that Wagtail cuts it in the names of renditions.
LONG = f"{'a-crane-at-the-quay-' * 4}.png"


def run_tasks() -> None:
    """Do what Wagtail has left to the worker, such as removing files."""
    for job in list(ProcrastinateJob.objects.filter(task_name=RUN_TASK)):
        run_task(**job.args)
        ProcrastinateJob.objects.filter(pk=job.pk).delete()


@pytest.mark.parametrize("name", ["quay.png", LONG])
def test_no_address_stands_for_two_pictures(django_capture_on_commit_callbacks, name):
    seen, image = set(), None
    for colour in ("red", "green", "blue"):
        with django_capture_on_commit_callbacks(execute=True):
            image = upload(colour, name, image)
        run_tasks()
        make(image, [SPEC])
        rendition = get_image_model().objects.get(pk=image.pk).renditions.get()
        assert colour_of(rendition.file, (50, 50)) == colour
        seen.add(rendition.url)
    assert len(seen) == 3


def test_nor_where_one_was_deleted_before_another_was_uploaded(django_capture_on_commit_callbacks):
    names = []
    for colour in ("red", "blue"):
        with django_capture_on_commit_callbacks(execute=True):
            image = upload(colour, "cover.png")
            make(image, [SPEC])
            names += [image.file.name, image.renditions.get().file.name]
            image.delete()
        run_tasks()
    assert len(set(names)) == 4
