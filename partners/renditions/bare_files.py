"""What of a picture does not reach readers? What a camera or an editor's program wrote beside the pixels.

Originals are not served, and what is made of them is for everybody: Willow would copy EXIF with the place where a
photograph was taken, and comments, into every JPEG and PNG. It would also leave a JPEG in the colours of printing,
which few programs show rightly. The orientation is not lost: Wagtail turns a picture upright before it is saved.
"""

from typing import Any

from willow.plugins.pillow import PillowImage
from willow.registry import registry

_save_as_jpeg, _save_as_png = PillowImage.save_as_jpeg, PillowImage.save_as_png


def save_as_jpeg(image: Any, *args: Any, **options: Any) -> Any:
    """Save Willow's `image` as it does itself, in the colours of screens and with nothing but its pixels."""
    return _save_as_jpeg(_bare(image, PRINTING), *args, **options)


def save_as_png(image: Any, *args: Any, **options: Any) -> Any:
    """Save Willow's `image` as it does itself, with nothing but its pixels."""
    return _save_as_png(_bare(image), *args, **options)


def register() -> None:
    """Let Willow save by these: where it has a picture decoded, and where it looks for who could do so."""
    for save in (save_as_jpeg, save_as_png):
        setattr(PillowImage, save.__name__, save)
        registry.register_operation(PillowImage, save.__name__, save)


PRINTING = frozenset({"CMYK", "YCCK"})
# As Pillow calls what it read beside the pixels. The profile of colours stays, without which they are others.
_BESIDE = frozenset({"exif", "comment", "xmp", "photoshop"})


def _bare(image: Any, converted: frozenset[str] = frozenset()) -> Any:
    if image.image.mode in converted:
        # Does nothing where the file names no profile.
        image = image.transform_colorspace_to_srgb()
    picture = image.image.convert("RGB") if image.image.mode in converted else image.image.copy()
    picture.info = {name: value for name, value in picture.info.items() if name not in _BESIDE}
    return PillowImage(picture)
