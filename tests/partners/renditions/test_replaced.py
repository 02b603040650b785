"""partners/renditions/making.py: readers are shown the file that a picture has now."""

import pytest
from django.core.files.storage import default_storage
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

from partners.background import RUN_TASK
from partners.background_jobs import run_task
from partners.renditions.making import MOST_FILES, CannotBeMade, make, order
from partners.renditions.uses import HERO_KIND
from tests.partners.renditions.replacing import colour_of, upload

pytestmark = pytest.mark.django_db

SPEC, OTHER = "format-webp|fill-420x280", "fill-1200x630|format-jpeg"
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


@pytest.fixture
def meanwhile(monkeypatch, django_capture_on_commit_callbacks):
    """Let an editor replace a picture while it is encoded: after its file was read, or `before` that."""
    encode = AbstractImage.generate_rendition_file

    def begin(image, *colours, before=False):
        left = list(colours)

        def encode_slowly(read, wanted, *, source=None):
            made = None if before else encode(read, wanted, source=source)
            if left:
                with django_capture_on_commit_callbacks(execute=True):
                    upload(left.pop(0), "other.png", image)
            return made or encode(read, wanted, source=source)

        monkeypatch.setattr(AbstractImage, "generate_rendition_file", encode_slowly)

    return begin


@pytest.mark.parametrize("before", [False, True], ids=["its file is read", "its file is gone"])
def test_a_picture_that_is_replaced_meanwhile_is_made_of_the_new_file(meanwhile, before, caplog):
    image = upload("red", "hero.png")
    meanwhile(image, "blue", before=before)
    make(get_image_model().objects.get(pk=image.pk), [SPEC, OTHER])
    made = get_image_model().objects.get(pk=image.pk).renditions
    assert {one.filter_spec: colour_of(one.file, (50, 50)) for one in made.all()} == {SPEC: "blue", OTHER: "blue"}
    assert not caplog.messages


def test_what_was_made_of_the_former_file_is_removed(meanwhile, django_capture_on_commit_callbacks):
    image = upload("red", "former.png")
    meanwhile(image, "blue")
    with django_capture_on_commit_callbacks(execute=True):
        make(get_image_model().objects.get(pk=image.pk), [SPEC])
    run_tasks()
    assert not [name for name in default_storage.listdir("images")[1] if name.startswith("former")]


def test_one_that_is_replaced_again_and_again_is_left_to_whoever_asks_next(meanwhile):
    image = upload("red", "hero.png")
    meanwhile(image, *["blue", "green", "red"][:MOST_FILES])
    with pytest.raises(CannotBeMade, match="replaced each time"):
        make(get_image_model().objects.get(pk=image.pk), [SPEC])
    assert not image.renditions.exists()
    assert order(get_image_model().objects.get(pk=image.pk), HERO_KIND)
