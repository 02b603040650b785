"""What do pages say of themselves to machines, in the vocabulary of schema.org?

A paid article is an AdvertiserContentArticle, whose headline begins with the label, as a breadcrumb does that names it.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
from partners.articles.site_names import current_language, home_address, language_tag, publisher
from partners.articles.site_page import SECTION_DEPTH, top_of_site
from partners.renditions.showing import the_one
from partners.renditions.uses import USES

CONTEXT = "https://schema.org"
# As Django's json_script does: nothing in the data can end the element or begin a comment in it.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}

type Data = dict[str, Any]


def as_element(data: Data) -> SafeString:
    """Return `data` as a data block of HTML, which no browser executes and no content policy therefore concerns."""
    text = json.dumps({"@context": CONTEXT, **data}, ensure_ascii=False).translate(_ESCAPES)
    # Safe: the three characters that mean anything to a parser of HTML inside a script are escaped.
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


def article_data(article: PartnerArticlePage) -> Data:
    """Return what a published `article` is, on its page in the active language: who paid, who wrote, and when."""
    address = article.full_url
    sponsor = _named_partner(article.sponsor)
    data: Data = {
        "@type": "AdvertiserContentArticle" if article.is_paid else "Article",
        "@id": f"{address}#article",
        "url": address,
        "mainEntityOfPage": address,
        "headline": article.labelled_title,
        "description": article.summary,
        "inLanguage": language_tag(current_language()),
        "isAccessibleForFree": True,
        "datePublished": article.published_at.isoformat(timespec="seconds"),
        "dateModified": article.updated_at.isoformat(timespec="seconds"),
        "sponsor": sponsor,
        "author": publisher_data() if article.is_written_by_us else sponsor,
        "publisher": publisher_data(),
    }
    if article.hero is not None and (image := _picture(article.hero, "machines")):
        data["image"] = [image]
    return data


def partner_data(partner: PartnerPage) -> Data:
    """Return who a published `partner` is."""
    data = {**_named_partner(partner), "description": partner.summary}
    # As large as the page itself shows it.
    if partner.logo is not None and (logo := _picture(partner.logo, "large logo")):
        data["logo"] = logo
    if partner.shown_website:
        data["sameAs"] = [partner.shown_website]
    if partner.contact_email:
        data["email"] = partner.contact_email
    return data


def site_data() -> Data:
    """Return what the site is, for the home page of the active language."""
    language = current_language()
    address = home_address(language)
    return {
        "@type": "WebSite",
        "@id": f"{address}#website",
        "url": address,
        "name": publisher(),
        "inLanguage": language_tag(language),
        "publisher": publisher_data(),
    }


def breadcrumb_data(page: Page) -> Data | None:
    """Return the way from the home page to `page`; None for a home page, which begins it."""
    way = [*_published_above(page), page]
    if len(way) < 2:
        return None
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": getattr(step, "labelled_title", step.title),
                "item": step.full_url,
            }
            for position, step in enumerate(way, 1)
        ],
    }


def _published_above(page: Page) -> Iterator[Page]:
    for above in top_of_site(page.path):
        if page.path.startswith(above.path) and above.pk != page.pk:
            yield above
    if isinstance(page, PartnerArticlePage):
        if page.sponsor.live:
            yield page.sponsor
    elif page.depth > SECTION_DEPTH + 1:
        yield from page.get_ancestors().live().filter(depth__gt=SECTION_DEPTH)


def publisher_data() -> Data:
    """Return who publishes everything here."""
    return {"@type": "Organization", "name": publisher(), "url": home_address(current_language())}


def _picture(image: Any, use: str) -> Data | None:
    """Return what `image` is in a use; None as long as it is not made, since nobody waits for it."""
    made = the_one(image, USES[use])
    if made is None:
        return None
    return {"@type": "ImageObject", "url": made.full_url, "width": made.width, "height": made.height}


def _named_partner(partner: PartnerPage) -> Data:
    data = {"@type": "Organization", "name": partner.title}
    return {**data, "@id": f"{partner.full_url}#organization", "url": partner.full_url} if partner.live else data
