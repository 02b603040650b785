"""An article with a picture of each kind, and a picture that is none."""

from copy import deepcopy

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import builders


@pytest.fixture(scope="module")
def kept_illustrated(rows_kept):
    """An article with a hero image, a figure and its sponsor's logo, of which no rendition is made."""
    made = builders.article(
        builders.partner("Tide Works"),
        hero_image=builders.image("Hero", size=(1920, 1200)),
        hero_alt='A crane, "Long Li" & others',
        body=[("image", {"image": builders.image("Figure", size=(900, 700)), "caption": "A quay"})],
    )
    ProcrastinateJob.objects.all().delete()
    return made


@pytest.fixture
def illustrated(db, kept_illustrated):
    return deepcopy(kept_illustrated)


@pytest.fixture
def broken(db):
    """An image whose file is none."""
    image = builders.image("Broken", size=(900, 600))
    with image.file.storage.open(image.file.name, "wb") as file:
        file.write(b"no picture")
    return image
