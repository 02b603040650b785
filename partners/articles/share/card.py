"""What does an article's share image show, and which digest names exactly that?"""

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import translation

from partners.articles.disclosure import labelled
from partners.articles.site_names import publisher

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage

WIDTH, HEIGHT = 1200, 630
#: Counted up with every change of the layout that is seen: pictures are made anew under new addresses.
LAYOUT = 1


@dataclass(frozen=True)
class ShareCard:
    """The content of one picture, in the article's own language; `logo` and `hero` are images of Wagtail's, or None."""

    article_id: int
    language: str
    label: str
    is_paid: bool
    site: str
    sponsor: str
    title: str
    logo: Any
    hero: Any

    @property
    def digest(self) -> str:
        """Return 64 hexadecimal digits that change with anything that is seen in the picture; nothing is read."""
        shown = [
            LAYOUT,
            self.article_id,
            self.language,
            self.label,
            self.is_paid,
            self.site,
            self.sponsor,
            self.title,
            _identity(self.logo),
            _identity(self.hero),
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()

    @property
    def hero_centre(self) -> tuple[float, float]:
        """The point of the hero that stays when it is cut, as shares of its width and height."""
        focus = self.hero.get_focal_point() if self.hero is not None else None
        if focus is None or not self.hero.width or not self.hero.height:
            return 0.5, 0.5
        return focus.centroid_x / self.hero.width, focus.centroid_y / self.hero.height


def card_of(article: "PartnerArticlePage") -> ShareCard:
    """Return what the share image of `article` shows now."""
    sponsor, language = article.sponsor, article.locale.language_code
    with translation.override(language):
        return ShareCard(
            article_id=article.pk,
            language=language,
            label=article.disclosure_label,
            is_paid=article.is_paid,
            site=publisher(),
            sponsor=sponsor.title,
            title=article.title,
            logo=sponsor.logo,
            hero=article.hero_image,
        )


def words_for_picture(label: str, sponsor: str, title: str) -> str:
    """Return the alternative text of a share image: what is written in it, label first."""
    named = " · ".join(filter(None, (label, sponsor)))
    return labelled(named, title) if title else named


def _identity(image: Any) -> list[Any] | None:
    """Return what changes when an editor puts another file in the place of an image, or cuts it elsewhere."""
    if image is None:
        return None
    focus = (image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height)
    return [image.pk, image.file.name, *focus]
