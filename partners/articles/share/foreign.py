"""How is a picture that somebody uploaded opened, where it may be broken, huge or a trap?"""

import logging
from typing import Any

from PIL import Image, ImageOps

logger = logging.getLogger(__name__)

# Decoded, three bytes each. Above that a picture is left out; a JPEG is decoded small, and may be larger.
MOST_PIXELS = 50_000_000
FORMATS = ("AVIF", "GIF", "JPEG", "PNG", "WEBP")
# Halves, quarters and eighths of a JPEG cost no more memory than they have pixels.
_DRAFT = (1200, 630)


def open_picture(image: Any) -> Image.Image | None:
    """Return the picture of Wagtail's `image`, upright, in RGB or RGBA; None where there is none or it cannot be used.

    Raises OSError where the store of files cannot be reached, for which a later try may help.
    """
    if image is None:
        return None
    try:
        stored = image.file.storage.open(image.file.name, "rb")
    except FileNotFoundError:
        logger.warning("Image %s: its file is missing; share images do without it.", image.pk)
        return None
    with stored:
        try:
            return _decoded(stored)
        # Whatever a decoder makes of a broken file, the article still gets its labelled picture.
        except Exception as error:  # noqa: BLE001
            logger.warning("Image %s cannot be drawn (%s); share images do without it.", image.pk, type(error).__name__)
            return None


def _decoded(stored: Any) -> Image.Image:
    with Image.open(stored, formats=FORMATS) as opened:
        opened.draft("RGB", _DRAFT)
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("More pixels than are decoded here.")
        upright = ImageOps.exif_transpose(opened)
        return upright.convert("RGBA" if upright.has_transparency_data else "RGB")


def cropped(picture: Image.Image, size: tuple[int, int], centre: tuple[float, float]) -> Image.Image:
    """Return `picture` cut to `size`, around `centre` (shares of its width and height) as far as its edges allow."""
    return ImageOps.fit(
        picture.convert("RGB"), size, Image.Resampling.LANCZOS, centering=_centering(picture, size, centre)
    )


def _centering(picture: Image.Image, size: tuple[int, int], centre: tuple[float, float]) -> tuple[float, float]:
    """Return how much of what is cut off goes left and above, as Pillow asks for it, from the point to keep."""
    scale = min(picture.width / size[0], picture.height / size[1])
    shares = []
    for whole, wanted, point in zip((picture.width, picture.height), size, centre, strict=True):
        room = whole - wanted * scale
        shares.append(min(max((whole * point - wanted * scale / 2) / room, 0.0), 1.0) if room >= 1 else 0.5)
    return shares[0], shares[1]
