"""Which picture stands for an article wherever its address is shared?

Only one that shows the article's label as it is now: as long as that is not drawn, a picture that shows the label and
the kind alone. Never an unlabelled one.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.templatetags.static import static
from django.utils import translation

from partners.articles.disclosure import Disclosure, words_for
from partners.articles.share.card import HEIGHT, WIDTH, card_of, words_for_picture
from partners.articles.share.share_image import ShareImage
from partners.articles.site_names import absolute, publisher

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage


@dataclass(frozen=True)
class SharePicture:
    """A picture for Open Graph and the like: an absolute address, its size in pixels, and what is written in it."""

    url: str
    alt: str
    mime: str
    width: int = WIDTH
    height: int = HEIGHT


def share_picture_of(article: "PartnerArticlePage") -> SharePicture:
    """Return the picture to share `article` with. Draws nothing and reads no file."""
    card = card_of(article)
    made = getattr(article, "known_share_images", None)
    if made is None:
        made = ShareImage.objects.filter(article_id=article.pk).exclude(file="").values("digest", "file")
    file = next((one["file"] for one in made if one["digest"] == card.digest), None)
    if file is None:
        return generic_picture(article.disclosure, card.language)
    with translation.override(card.language):
        alt = words_for_picture(card.label, card.sponsor, card.title)
    return SharePicture(url=absolute(default_storage.url(file)), alt=alt, mime="image/jpeg")


def generic_picture(kind: str, language: str) -> SharePicture:
    """Return the picture of every article of a `kind` (one of Disclosure, or empty) in `language`."""
    with translation.override(language):
        alt = words_for_picture(str(words_for(kind).label), publisher(), "")
    return SharePicture(url=absolute(static(generic_path(kind, language))), alt=alt, mime="image/png")


def generic_path(kind: str, language: str) -> str:
    """Return where that picture lies among the static files. Without a kind it is the strictest one's."""
    known = kind if kind in Disclosure.values else Disclosure.PARTNER_CONTROLLED.value
    return f"img/share/{known}-{language}.png"
