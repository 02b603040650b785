"""In whose name are letters written, and where do they lead for the privacy notice?"""

from wagtail.models import Locale, Site

from home.models import SiteDetails, StandardPage
from partners.letters.sender import Sender


def letter_sender(language: str) -> Sender:
    """Return the organisation of the default site, with its privacy notice in `language` where it was published."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        return Sender("")
    details = SiteDetails.for_site(site)
    return Sender(organisation=details.organisation, privacy_url=_address(details.privacy_page, language))


def _address(page: StandardPage | None, language: str) -> str:
    if page is None:
        return ""
    locale = Locale.objects.filter(language_code=language).first()
    translated = page.get_translation_or_none(locale) if locale else None
    for notice in (translated, page):
        if notice is not None and notice.live:
            return notice.full_url or ""
    return ""
