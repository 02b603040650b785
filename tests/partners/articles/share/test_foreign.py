"""partners/articles/share/foreign.py: no uploaded picture stops the worker."""

import io
import struct
import zlib

import pytest
from django.core.files.base import ContentFile
from PIL import Image as PillowImage
from wagtail.images import get_image_model

from partners.articles.share import foreign
from partners.articles.share.foreign import cropped, open_picture
from tests import builders

pytestmark = pytest.mark.django_db


def stored(content: bytes, name: str = "picture.png"):
    """Return an image whose file holds `content`, as if it had been damaged after it was accepted."""
    image = builders.image()
    image.file.storage.delete(image.file.name)
    image.file.save(name, ContentFile(content), save=False)
    get_image_model().objects.filter(pk=image.pk).update(file=image.file.name)
    return image


def png_of(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that claims to be that large."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 64)
    chunks = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (header, data)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        png_of(9_000, 9_000),
        png_of(40_000, 40_000),
        png_of(64, 64),
        b"\xff\xd8\xff\xe0" + b"\0" * 40,
    ],
    ids=["empty", "text", "large", "bomb", "cut off", "broken jpeg"],
)
def test_what_cannot_be_drawn_is_left_out(content):
    assert open_picture(stored(content)) is None


def test_missing_file_and_no_image_are_left_out():
    image = builders.image()
    image.file.storage.delete(image.file.name)
    assert open_picture(image) is None
    assert open_picture(None) is None


def test_a_store_that_cannot_be_reached_is_tried_again(monkeypatch):
    def refuse(*_args):
        raise ConnectionError

    image = builders.image()
    monkeypatch.setattr(image.file.storage, "_open", refuse)
    with pytest.raises(OSError, match=r"^$"):
        open_picture(image)


def test_a_picture_is_turned_upright_and_keeps_transparency():
    content = io.BytesIO()
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    PillowImage.new("RGB", (40, 20), "red").save(content, "JPEG", exif=exif)
    assert open_picture(stored(content.getvalue(), "turned.jpg")).size == (20, 40)
    content = io.BytesIO()
    PillowImage.new("LA", (8, 8), (0, 0)).save(content, "PNG")
    assert open_picture(stored(content.getvalue())).getpixel((0, 0))[3] == 0


def test_a_huge_photograph_is_decoded_small(monkeypatch):
    monkeypatch.setattr(foreign, "MOST_PIXELS", 3_000_000)
    content = io.BytesIO()
    PillowImage.new("RGB", (4000, 3000), "red").save(content, "JPEG")
    assert open_picture(stored(content.getvalue(), "photo.jpg")) is not None


@pytest.mark.parametrize(("centre", "colour"), [((0.1, 0.5), "red"), ((0.9, 0.5), "blue")])
def test_cutting_keeps_what_the_editor_marked(centre, colour):
    picture = PillowImage.new("RGB", (900, 300), "red")
    picture.paste("blue", (450, 0, 900, 300))
    assert cropped(picture, (100, 200), centre).getcolors() == [
        (100 * 200, PillowImage.new("RGB", (1, 1), colour).getpixel((0, 0)))
    ]
