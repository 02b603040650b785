"""partners/renditions/upload_form.py, bare_files.py: what is taken as a picture, and what of it readers get."""

import io

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image as PillowImage
from wagtail.images import get_image_model

pytestmark = pytest.mark.django_db

# Of a camera: turned by a quarter, and where it stood.
ORIENTATION, TURNED, GPS = 0x0112, 6, 0x8825


def photograph(kind="JPEG", mode="RGB", **options):
    exif = PillowImage.Exif()
    exif[ORIENTATION] = TURNED
    exif.get_ifd(GPS)[1] = "N"
    content = io.BytesIO()
    PillowImage.effect_noise((320, 240), 60).convert(mode).save(content, kind, exif=exif, **options)
    return content.getvalue()


def stored(content, name="photo.jpg"):
    return get_image_model().objects.create(title="A photograph", file=ContentFile(content, name=name))


@pytest.mark.parametrize(
    ("spec", "name", "content"),
    [
        ("width-100|format-jpeg", "photo.jpg", photograph()),
        ("fill-100x50|format-jpeg", "photo.jpg", photograph(comment=b"mine")),
        ("max-165x165", "photo.jpg", photograph()),
        ("max-165x165", "photo.png", photograph("PNG")),
        ("width-100|format-webp", "photo.jpg", photograph()),
    ],
)
def test_no_reader_learns_where_a_photograph_was_taken(spec, name, content):
    with stored(content, name).get_rendition(spec).file.open() as file, PillowImage.open(file) as picture:
        assert dict(picture.getexif()) == {}
        assert not {"exif", "comment", "xmp"} & set(picture.info)
        if "fill" not in spec:
            assert picture.height > picture.width, "it stands upright nevertheless"


def test_a_picture_for_printing_gets_the_colours_of_screens():
    rendition = stored(photograph(mode="CMYK")).get_rendition("width-100|format-jpeg")
    with rendition.file.open() as file, PillowImage.open(file) as picture:
        assert picture.mode == "RGB"


JPEG, PNG = photograph(), photograph("PNG")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("head.jpg", JPEG[:100] + b"zzzz"),
        ("half.jpg", JPEG[: len(JPEG) // 2]),
        ("head.png", PNG[:40]),
        ("half.png", PNG[: len(PNG) // 2]),
        ("changed.png", PNG[:2000] + b"\x00" * 500 + PNG[2500:]),
    ],
)
@pytest.mark.parametrize("way", ["add", "add_multiple"])
def test_a_broken_picture_is_refused_in_words(admin_client, name, content, way):
    file = ContentFile(content, name=name)
    if way == "add":
        response = admin_client.post(reverse("wagtailimages:add"), {"title": "Broken", "file": file})
        said = str(response.context["form"].errors["file"])
    else:
        headers = {"X-Requested-With": "XMLHttpRequest"}
        url = reverse("wagtailimages:add_multiple")
        said = admin_client.post(url, {"title": "Broken", "files[]": file}, headers=headers).json()["error_message"]
    assert "cut short or damaged" in said
    assert not get_image_model().objects.exists()


def test_whole_pictures_are_taken(admin_client):
    for name, content in (("whole.jpg", JPEG), ("whole.png", PNG), ("print.jpg", photograph(mode="CMYK"))):
        body = {"title": name, "file": ContentFile(content, name=name), "collection": 1}
        assert admin_client.post(reverse("wagtailimages:add"), body).status_code == 302
        image = get_image_model().objects.get(title=name)
        with image.file.open() as file:
            assert file.read() == content
