"""Pictures that an editor uploads, and puts other files in the place of."""

import io
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as PillowImage
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Collection


def upload(colour: str, name: str, image: Any = None, size: tuple[int, int] = (1200, 800)) -> Any:
    """Upload a picture of one colour by the admin's form, in the place of the file of `image` where that is given."""
    model = get_image_model()
    user = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("uploader")
    content = io.BytesIO()
    PillowImage.new("RGB", size, colour).save(content, "PNG")
    form = get_image_form(model)(
        {"title": "Hero", "collection": Collection.get_first_root_node().pk, "tags": "", "description": ""},
        {"file": SimpleUploadedFile(name, content.getvalue(), "image/png")},
        # As the request of another process has it.
        instance=model.objects.get(pk=image.pk) if image else model(uploaded_by_user=user),
        user=user,
    )
    assert form.is_valid(), form.errors
    return form.save()


def colour_of(file: Any, place: tuple[int, int]) -> str:
    """Return which of red, green and blue a stored picture is at a place; an empty word where it is none of them."""
    with file.open("rb") as stored, PillowImage.open(stored) as picture:
        shares = picture.convert("RGB").getpixel(place)
    strong = [name for name, share in zip(("red", "green", "blue"), shares, strict=True) if share > 90]
    return strong[0] if len(strong) == 1 else ""
