"""Where can a reader go from here: other languages, the menus, the home page?"""

from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import get_language
from wagtail.models import Page, Site

register = template.Library()


@register.simple_tag(takes_context=True)
def page_translations(context: dict[str, Any], page: Any) -> list[dict[str, Any]]:
    """Return every language of the site as {language_code, name, url, is_current, is_translation}.

    `url` is the absolute address of `page` in that language, or of the language's home page where it has no
    live translation (`is_translation` is then False). A template without a page, such as that of an error,
    may pass anything else. One that is no page of the tree but speaks every language says so itself, by
    `addresses_by_language` in its context: {language code: address}.
    """
    request = context.get("request")
    names = dict(settings.LANGUAGES)
    if addresses := context.get("addresses_by_language"):
        return [
            {
                "language_code": code,
                "name": names[code],
                "url": address,
                "is_current": code == get_language(),
                "is_translation": True,
            }
            for code, address in addresses.items()
        ]
    by_language: dict[str, Page] = {}
    own_key = page.pk if isinstance(page, Page) else None
    if own_key is not None:
        for translation in page.get_translations(inclusive=True).live().select_related("locale"):
            by_language[translation.locale.language_code] = translation
    found = []
    site = Site.find_for_request(request) if request is not None else None
    root = site.root_page if site else None
    homes = (
        {
            home.locale.language_code: home
            for home in root.get_translations(inclusive=True).live().select_related("locale")
        }
        if root
        else {}
    )
    for code, name in names.items():
        target = by_language.get(code) or homes.get(code)
        if target is None:
            continue
        found.append(
            {
                "language_code": code,
                "name": name,
                "url": target.get_full_url(request),
                "is_current": target.pk == own_key,
                "is_translation": code in by_language,
            }
        )
    return found


def _home(context: dict[str, Any]) -> Page | None:
    request = context.get("request")
    site = Site.find_for_request(request) if request is not None else None
    if site is None:
        return None
    home: Page = site.root_page.localized
    return home


@register.simple_tag(takes_context=True)
def home_url(context: dict[str, Any]) -> str:
    """Return the address of the home page in the active language."""
    home = _home(context)
    return (home.get_url(context["request"]) or "/") if home else "/"


@register.simple_tag(takes_context=True)
def main_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the home page's children that are in menus as {title, url, is_active}."""
    request = context.get("request")
    home = _home(context)
    if home is None:
        return []
    path = request.path if request is not None else ""
    items = []
    for child in home.get_children().live().in_menu():
        url = child.get_url(request) or "/"
        items.append({"title": child.title, "url": url, "is_active": path.startswith(url)})
    return items


@register.simple_tag(takes_context=True)
def footer_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the home page's children that are not in menus, such as the privacy notice, as {title, url}."""
    home = _home(context)
    if home is None:
        return []
    children = home.get_children().live().not_in_menu()
    return [{"title": child.title, "url": child.get_url(context["request"]) or "/"} for child in children]
