"""What is the site called to others, and under which absolute addresses does it stand?"""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _


def current_language() -> str:
    """Return the language whose feeds a reader is shown."""
    return translation.get_language() or settings.LANGUAGE_CODE


def absolute(path: str) -> str:
    """Return the address of a `path` of this site; an address with a host is returned as it is."""
    return path if urlsplit(path).netloc else f"{settings.SITE_URL}{path}"


def publisher() -> str:
    """Return the site's name."""
    return _("Qianhai")


def home_address(language: str) -> str:
    """Return the address of a language's home page."""
    with translation.override(language):
        return absolute(reverse("wagtail_serve", args=[""]))


def language_tag(code: str) -> str:
    """Return Django's name of a language as RFC 5646 writes it: zh-Hant for zh-hant."""
    language, *rest = code.split("-")
    return "-".join([language, *(part.title() if len(part) == 4 else part.upper() for part in rest)])
