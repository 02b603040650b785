"""What may an article not be published without, whichever way it comes?

The FTC's 'Native Advertising: A Guide for Businesses' asks that whoever meets an article is told that it was paid for,
and by whom. So the kind, the sponsor's name and logo, and words for the picture must be there; drafts may lack them.
The database repeats the rule for live rows, for whoever writes past this code.
"""

from typing import TYPE_CHECKING

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage


class NotPublishable(ValidationError):  # noqa: N818  named for what happened
    """`article` lacks something that readers must be told: the errors name each by its field."""

    def __init__(self, article: "PartnerArticlePage", missing: dict[str, str]) -> None:
        super().__init__({field: [message] for field, message in missing.items()})
        self.article = article

    @property
    def sentence(self) -> str:
        """One paragraph for an editor: which article, and what to do about it."""
        return " ".join([_("“%(title)s” is not published.") % {"title": self.article.title}, *self.messages])


def what_is_missing(article: "PartnerArticlePage") -> dict[str, str]:
    """Return what `article`, which stands in the tree, may not be published without: how to mend it, by field."""
    missing = {}
    if not article.disclosure:
        missing["disclosure"] = what_kind_is_it()
    if not says_what_its_picture_shows(article):
        missing["hero_alt"] = _("Say what the picture shows, or mark it as decorative.")
    sponsor = article.sponsor
    if sponsor.logo_id is None or not sponsor.title.strip():
        missing[NON_FIELD_ERRORS] = _("The partner “%(partner)s” needs a name and a logo first: readers see both.") % {
            "partner": sponsor.title
        }
    elif article.alias_of_id and article.alias_of.locale_id == article.locale_id:
        missing[NON_FIELD_ERRORS] = _("An article cannot be an alias in its own language. Copy it instead.")
    return missing


def what_kind_is_it() -> str:
    """Return what an editor is told who has not chosen the kind."""
    return _("Say whether the article was paid for, and who controlled its text.")


def says_what_its_picture_shows(article: "PartnerArticlePage") -> bool:
    """Say whether the hero image, if there is one, has words or is marked decorative."""
    return article.hero_image_id is None or article.hero_decorative or bool(article.hero_alt.strip())


def require_publishable(article: "PartnerArticlePage") -> None:
    """Raise NotPublishable where something is missing."""
    if missing := what_is_missing(article):
        raise NotPublishable(article, missing)
