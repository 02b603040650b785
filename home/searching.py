"""What of our own standing pages is searched?"""

from django.utils import translation

from home.models import PartnerContentPage, StandardPage
from partners.search.linked_words import words_with_marks
from partners.search.texts import SearchTexts, first_published, register, rich_text


def register_searched_pages() -> None:
    """Let readers search for standing pages."""
    register(StandardPage, _standing)
    register(PartnerContentPage, _explaining)


def _standing(page: StandardPage) -> SearchTexts:
    return SearchTexts(
        title=page.title, summary=page.introduction, body=words_with_marks(page.body), date=first_published(page)
    )


def _explaining(page: PartnerContentPage) -> SearchTexts:
    # A job runs in the site's language, whichever the page is in.
    with translation.override(page.locale.language_code):
        kinds = " ".join(f"{kind.name}. {kind.sentence}" for kind in page.kinds)
    body = f"{kinds} {rich_text(page.closing)}"
    return SearchTexts(title=page.title, summary=page.introduction, body=body, date=first_published(page))
