"""How are pictures shown that stand in a text? Our editor offers none, but a text from elsewhere may hold some."""

from typing import Any

from wagtail.images.formats import get_image_format
from wagtail.images.rich_text import ImageEmbedHandler
from wagtail.rich_text.feature_registry import FeatureRegistry

from partners.renditions.showing import picture
from partners.renditions.uses import TEXT_KIND, Use


class PictureInText(ImageEmbedHandler):
    """Shows a picture as a page does everywhere else, instead of having it made for its reader."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """Return the HTML of each picture; nothing for one that is gone."""
        images = cls.get_many(attrs_list)
        return [_html(image, attrs) if image else "" for image, attrs in zip(images, attrs_list, strict=True)]


def register(features: FeatureRegistry) -> None:
    """Have Wagtail use it; for its hook `register_rich_text_features`."""
    features.register_embed_type(PictureInText)


def _html(image: Any, attrs: dict[str, str]) -> str:
    use = Use(TEXT_KIND, get_image_format(attrs["format"]).filter_spec)
    return picture(image, use, {"alt": attrs.get("alt", "")})
