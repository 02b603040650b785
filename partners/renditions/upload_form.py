"""What does the image library take as a picture? One that can be decoded to its end.

Wagtail looks at the beginning of a file alone: one that is cut short was taken, and shown to readers as an empty frame,
or failed in its decoder with an error that nobody answered.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

BROKEN = _("This picture is cut short or damaged. Export it again, or fetch it anew, and upload that.")


class WholeImageField(WagtailImageField):
    """Wagtail's field, for pictures that are complete."""

    def to_python(self, data: Any) -> Any:
        """Return the file. Raises ValidationError for what Wagtail refuses, and for what cannot be decoded."""
        try:
            file = super().to_python(data)
            if file is not None and hasattr(file, "image"):
                _decode(file)
        except ValidationError:
            raise
        # Decoders raise whatever they like for a broken file.
        except Exception as error:
            raise ValidationError(BROKEN, code="invalid_image") from error
        return file


class ImageForm(BaseImageForm):
    """Wagtail's form of an image with a field that looks at the whole file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (given := self.fields.get("file")) is not None:
            self.fields["file"] = WholeImageField(
                label=given.label, required=given.required, help_text=given.help_text, widget=given.widget
            )


def _decode(file: Any) -> None:
    """Read the first picture of `file` to its end; how many pixels it has was looked at before."""
    file.seek(0)
    try:
        with Image.open(file) as picture:
            picture.load()
    finally:
        file.seek(0)
