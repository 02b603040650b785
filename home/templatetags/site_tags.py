"""Where can a reader go from here: other languages, the menus, the home page?"""

from dataclasses import dataclass
from html import unescape
from itertools import filterfalse
from operator import attrgetter
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import get_language
from wagtail.models import Page
from wagtail.rich_text import expand_db_html

from home.models import PartnerContentPage, SiteDetails
from home.routing import home_of, homes_of, site_of
from partners.articles.latest_page import LatestPostsPage
from partners.articles.newest import latest_articles
from partners.articles.restrictions import is_private
from partners.articles.site_page import SitePage, section_of_kind, sections
from partners.keeping import active_locale, once

# Where a reader has lost the way: a row of cards.
NEWEST_ON_ERRORS = 4
# Search engines show no more of a description.
LONGEST_DESCRIPTION = 160
# What stands in the head of a page; the full names are spoken, and what is seen is part of that (WCAG 2.5.3).
SHORT_NAMES = {"en": "EN", "zh-hant": "繁體", "zh-hans": "简体"}
# As the Open Graph names them. The traditional characters are Hong Kong's.
OG_LOCALES = {"en": "en_GB", "zh-hant": "zh_HK", "zh-hans": "zh_CN"}

register = template.Library()


@register.simple_tag(takes_context=True)
def page_translations(context: dict[str, Any], page: Any) -> list[dict[str, Any]]:
    """Return every language of the site.

    Each is {language_code, name, short_name, spoken_name, url, switch_url, is_current, is_translation}.

    `url` is the absolute address of `page` in that language, or of the language's home page where it has no
    translation that anybody may read (`is_translation` is then False). `switch_url` is where the reader finds there
    what is shown here: `url` with what the context has as `behind_address`, which stands behind the page's own. A
    template without a page, such as that of an error, may pass anything else. One that is no page of the tree but
    speaks every language says so itself, by `addresses_by_language` in its context: {language code: address}.
    """
    request = context.get("request")
    if addresses := context.get("addresses_by_language"):
        names = dict(settings.LANGUAGES)
        return [
            {
                "language_code": code,
                "name": names[code],
                "short_name": SHORT_NAMES[code],
                "spoken_name": _spoken(code, names[code]),
                "url": address,
                "switch_url": address,
                "is_current": code == get_language(),
                "is_translation": True,
            }
            for code, address in addresses.items()
        ]
    names = dict(settings.LANGUAGES)
    own_key = page.pk if isinstance(page, Page) else None
    site = site_of(request) if request is not None else None
    homes = {home.locale.language_code: home for home in homes_of(site)} if site else {}
    is_home = own_key is not None and site is not None and page.translation_key == site.root_page.translation_key
    by_language = {
        one.locale.language_code: one
        for one in (page.family if isinstance(page, SitePage) and own_key is not None else ())
        if one.live and (one.pk == own_key or is_home or not is_private(one.path))
    }
    found = []
    for code, name in names.items():
        target = by_language.get(code) or homes.get(code)
        if target is None:
            continue
        url = target.get_full_url(request)
        found.append(
            {
                "language_code": code,
                "name": name,
                "short_name": SHORT_NAMES[code],
                "spoken_name": _spoken(code, name),
                "url": url,
                "switch_url": f"{url}{context.get('behind_address', '')}" if code in by_language else url,
                "is_current": target.pk == own_key,
                "is_translation": code in by_language,
            }
        )
    return found


@dataclass(frozen=True)
class PageAddresses:
    """Where a page is known to stand, and where in each language; `locale`s are as the Open Graph writes them."""

    canonical: str
    alternates: list[tuple[str, str]]
    locale: str
    other_locales: list[str]


@register.simple_tag(takes_context=True)
def page_addresses(context: dict[str, Any], page: Any, translations: list[dict[str, Any]]) -> PageAddresses | None:
    """Return the addresses of `page` for search engines, or None where it has none: in a preview, on an error's page.

    `translations` are those of `page_translations`. A part of a listing, or what a reader chose of it, is itself: the
    context says which by `canonical_query`. No other language has the same part, so it names none. `x-default` is the
    site's own language where the page is there in it, else the first that has it.
    """
    request = context.get("request")
    if not isinstance(page, Page) or getattr(request, "is_preview", False) or not page.live:
        return None
    canonical = page.get_full_url(request)
    if not canonical:
        return None
    own = {item["language_code"]: item["url"] for item in translations if item["is_translation"]}
    query = context.get("canonical_query", "")
    if query:
        canonical = f"{canonical}?{query}"
    alternates = list(own.items()) if own and not query else []
    if alternates:
        alternates.append(("x-default", own.get(settings.LANGUAGE_CODE, alternates[0][1])))
    language = get_language() or settings.LANGUAGE_CODE
    others = [OG_LOCALES[code] for code in own if code != language] if not query else []
    return PageAddresses(canonical, alternates, OG_LOCALES.get(language, ""), others)


@register.simple_tag
def page_description(page: Any) -> str:
    """Return what search engines and shared links may say of `page`: its description, introduction or title."""
    if not isinstance(page, Page):
        return ""
    # Rich text as readers see it: a link to an article begins with its label.
    introduction = unescape(strip_tags(expand_db_html(getattr(page, "introduction", ""))))
    return page.search_description or Truncator(introduction).chars(LONGEST_DESCRIPTION) or page.title


@register.simple_tag
def newest_articles() -> dict[str, Any]:
    """Return the newest `articles` of the active language and the `page` where all of them are."""
    locale = active_locale()
    return {
        "articles": latest_articles(locale.pk, NEWEST_ON_ERRORS),
        "page": LatestPostsPage.objects.live().filter(locale=locale).first(),
    }


def _spoken(code: str, name: str) -> str:
    short = SHORT_NAMES[code]
    return name if short in name else f"{short}, {name}"


def _home(context: dict[str, Any]) -> Page | None:
    request = context.get("request")
    site = site_of(request) if request is not None else None
    return home_of(site) if site is not None else None


@register.simple_tag(takes_context=True)
def home_url(context: dict[str, Any]) -> str:
    """Return the address of the home page in the active language."""
    home = _home(context)
    return (home.get_url(context["request"]) or "/") if home else "/"


@register.simple_tag(takes_context=True)
def labels_explained_url(context: dict[str, Any]) -> str:
    """Return the address of the page that explains the labels in the active language; empty where there is none."""
    home = _home(context)
    page = section_of_kind(PartnerContentPage, home.path) if home else None
    return (page.get_url(context["request"]) or "") if page and not is_private(page.path) else ""


@register.simple_tag(takes_context=True)
def main_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the home page's children that are in menus as {title, url, is_active}."""
    request = context.get("request")
    home = _home(context)
    if home is None:
        return []
    path = request.path if request is not None else ""
    items = []
    for child in filter(attrgetter("show_in_menus"), sections(home.path)):
        url = child.get_url(request) or "/"
        items.append({"title": child.title, "url": url, "is_active": path.startswith(url)})
    return items


@register.simple_tag(takes_context=True)
def footer_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the home page's children that are not in menus, such as the privacy notice, as {title, url}."""
    home = _home(context)
    if home is None:
        return []
    children = filterfalse(attrgetter("show_in_menus"), sections(home.path))
    return [{"title": child.title, "url": child.get_url(context["request"]) or "/"} for child in children]


@register.simple_tag(takes_context=True)
def contact_email(context: dict[str, Any]) -> str:
    """Return the address at which readers reach the site; empty where none is given."""
    request = context.get("request")
    site = site_of(request) if request is not None else None
    return once(("contact e-mail", site.pk), lambda: SiteDetails.for_site(site).contact_email) if site else ""
