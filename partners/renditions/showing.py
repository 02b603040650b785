"""What does a page show of a picture, whichever of its renditions are there?

What is missing moves nothing when it comes: the frame that stands in its place has its size.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.images.models import Filter, Picture

from partners.renditions.allowing import may_make_renditions
from partners.renditions.making import CannotBeMade, make, order
from partners.renditions.uses import Use, format_of

# How much the proportions of two renditions may differ: what rounding to whole pixels does to small ones.
_ALIKE = 0.01


def made(image: Any, use: Use) -> dict[str, Any]:
    """Return the renditions of `image` that there are for `use`, by their filters, in its order.

    Those that are missing are made where that is allowed, else ordered.
    """
    filters = [_filter(spec) for spec in use.specs]
    found = image.find_existing_renditions(*filters)
    if len(found) < len(filters):
        if may_make_renditions():
            found = _with_new(image, use, filters)
        else:
            order(image, use.kind)
    return {each.spec: found[each] for each in filters if each in found}


def the_one(image: Any, use: Use) -> Any:
    """Return the rendition of `image` for a `use` that has one, or None where it is missing."""
    return made(image, use).get(use.spec)


def picture(image: Any, use: Use, attributes: Mapping[str, Any]) -> SafeString:
    """Return `image` for `use` as HTML: an <img>, or a <picture> of a use with several renditions.

    Where nothing can be offered, an older rendition of the same proportions stands in, else an empty frame.
    """
    attributes = {"alt": alternative(image), **attributes}
    shown = offered(made(image, use), use)
    if len({rendition.width for rendition in shown.values()}) < 2:
        # HTML forbids it where there is nothing to choose from.
        attributes.pop("sizes", None)
    if shown and len(use.specs) > 1:
        return mark_safe(Picture(shown, attributes).__html__())  # noqa: S308  Wagtail has escaped it
    substitute = next(iter(shown.values()), None) or _stand_in(image, use)
    if substitute is not None:
        return mark_safe(substitute.img_tag(attributes))  # noqa: S308  Wagtail has escaped it
    return _frame(image, use, str(attributes["alt"] or ""))


def offered(renditions: Mapping[str, Any], use: Use) -> dict[str, Any]:
    """Return what of `renditions` a page offers for `use`: its last format, which every browser knows, in the widths
    that there are; where it is whole, the others that are whole as well.

    Each width once, since HTML forbids two: of an original that is smaller than what was asked for, renditions are of
    one size.
    """
    by_format: dict[str, list[str]] = {}
    for spec in use.specs:
        by_format.setdefault(format_of(spec), []).append(spec)
    whole = [name for name, specs in by_format.items() if all(spec in renditions for spec in specs)]
    last = format_of(use.specs[-1])
    names = whole if last in whole else [last]
    return {spec: renditions[spec] for name in names for spec in _distinct(renditions, by_format[name])}


def alternative(image: Any) -> str:
    """Return what a picture shows, for those who do not see it: in its place in a text, else in the library."""
    if getattr(image, "decorative", False):
        return ""
    return str(getattr(image, "contextual_alt_text", None) or image.default_alt_text)


def size_of(image: Any, spec: str) -> tuple[int, int]:
    """Return the width and height in pixels of a rendition of `image` that may not have been made."""
    # As Wagtail reckons it before it makes one, without opening the file.
    width, height = _filter(spec).get_transform(image).size
    return max(1, int(width)), max(1, int(height))


@lru_cache(maxsize=64)
def _filter(spec: str) -> Filter:
    """Return the filter of a spec. It reads what the spec says when it is first used, and is the same for all."""
    return Filter(spec)


def _with_new(image: Any, use: Use, filters: list[Filter]) -> dict[Filter, Any]:
    # The log says why something cannot be made. The page does without it.
    with suppress(CannotBeMade):
        make(image, use.specs)
    found: dict[Filter, Any] = image.find_existing_renditions(*filters)
    return found


def _distinct(renditions: Mapping[str, Any], specs: Iterable[str]) -> list[str]:
    by_width: dict[int, str] = {}
    for spec in specs:
        if spec in renditions:
            by_width.setdefault(renditions[spec].width, spec)
    return list(by_width.values())


def _stand_in(image: Any, use: Use) -> Any:
    """Return the widest rendition of `image` of the same proportions in a format for every browser, or None: such as
    one of a size that was asked for until the last version of the site.
    """
    if len(use.specs) == 1:
        # A logo or cover is soon made.
        return None
    width, height = size_of(image, use.specs[-1])
    alike = [
        rendition
        for rendition in image.renditions.all()
        if not rendition.file.name.endswith(".avif")
        and abs(rendition.width * height / (rendition.height * width or 1) - 1) < _ALIKE
    ]
    return max(alike, key=lambda rendition: rendition.width, default=None)


def _frame(image: Any, use: Use, words: str) -> SafeString:
    """Return an empty drawing of the size that the picture will have."""
    last = format_of(use.specs[-1])
    width, height = size_of(image, next(spec for spec in use.specs if format_of(spec) == last))
    spoken = {"role": "img", "aria-label": words} if words else {"aria-hidden": "true"}
    return format_html(
        '<svg class="frame" width="{width}" height="{height}" viewBox="0 0 {width} {height}"{spoken}></svg>',
        width=width,
        height=height,
        spoken=flatatt(spoken),
    )
