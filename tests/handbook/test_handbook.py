"""The handbook shows every picture that is taken, and no other, with words for those who do not see it."""

import re

import pytest
from PIL import Image

from tests.handbook.pictures import FOLDER, LARGEST, PICTURES, file_of
from tests.journeys.stack import ROOT

SHOWN = re.compile(r"!\[([^\]]*)\]\(images/handbook/([\w-]+)\.webp\)")


def test_every_picture_is_shown_and_every_one_shown_is_taken():
    shown = [name for _, name in SHOWN.findall((ROOT / "docs" / "submissions.md").read_text(encoding="utf-8"))]
    assert sorted(shown) == sorted(picture.name for picture in PICTURES)
    assert {file.stem for file in FOLDER.iterdir()} == set(shown)


def test_pictures_have_words_and_are_small():
    texts = [text for text, _ in SHOWN.findall((ROOT / "docs" / "submissions.md").read_text(encoding="utf-8"))]
    assert min(map(len, texts)) > 20
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < LARGEST


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_one_of_its_page(picture):
    with Image.open(file_of(picture)) as image:
        assert image.format == "WEBP"
        assert image.width == picture.width
        assert image.height <= picture.tallest
