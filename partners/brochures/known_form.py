"""What does taking a request need to know of its form that only an editor changes?

It is kept for a moment (`partners/keeping.py`): at most a second after a change, a request is taken as it would have
been a moment before it. Where something is gone by then, a constraint of the database says so, and it is asked anew.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_campaign import PartnerCampaign, campaign_that_closed
from partners.articles.partner_page import PartnerPage
from partners.articles.restrictions import is_private
from partners.brochures.brochure import BrochureFile
from partners.keeping import once

if TYPE_CHECKING:
    from partners.brochures.request_page import BrochureRequestPage


@dataclass(frozen=True)
class KnownForm:
    """Whose form it is, None where the tree is being deleted at this moment, and what it sends."""

    language: str
    partner: PartnerPage | None
    brochure_id: int | None
    brochure_file: BrochureFile | None
    brochure_title: str


@dataclass(frozen=True)
class AskedFrom:
    """The article that led to a form, if any visitor may read it, and its campaign, where that is over."""

    article: PartnerArticlePage | None
    closed: PartnerCampaign | None


NOWHERE = AskedFrom(None, None)


def known_form(page: "BrochureRequestPage") -> KnownForm:
    """Return what is known of the form of a stored `page`."""
    kind, pk = type(page), page.pk
    return once(("form", pk), lambda: _form(kind._default_manager.select_related("locale", "brochure").get(pk=pk)))


def _form(page: "BrochureRequestPage") -> KnownForm:
    language = page.locale.language_code
    partner = PartnerPage.objects.parent_of(page).only("title", "translation_key").first()
    brochure = page.brochure
    file = brochure.file_for(language) if brochure else None
    title = file.get_title() if file else brochure.title if brochure else ""
    return KnownForm(language, partner, page.brochure_id, file, title)


def asked_from(article_id: int | None) -> AskedFrom:
    """Return what is known of the article of that number; an unknown one counts as none.

    Numbers that somebody makes up are asked for each time: nothing is kept of what does not exist.
    """
    if article_id is None:
        return NOWHERE
    try:
        return once(("asked from", article_id), lambda: _article(article_id))
    except PartnerArticlePage.DoesNotExist:
        return NOWHERE


def _article(article_id: int) -> AskedFrom:
    """Raises PartnerArticlePage.DoesNotExist."""
    found = PartnerArticlePage.objects.only("title", "live", "path", "translation_key", "partner_campaign")
    article = found.get(pk=article_id)
    # A campaign that is over closes the forms of an article that is not published any more as well.
    closed = campaign_that_closed(article_id) if article.partner_campaign_id else None
    return AskedFrom(article if article.live and not is_private(article.path) else None, closed)
