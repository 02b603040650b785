"""What does a page that is made for one visitor show to all of them, so that parts of it may be kept?

A form has a key of its own and a thank-you a reference; what stands around them is the same for whoever asks. Such a
page has a `ForEverybody` in its context, by which `{% keep %}` renders: a part that may be kept is given that, and
nothing else of the context. So nothing of a visitor can get into what another is shown.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.template import Context
from django.utils.html import conditional_escape
from wagtail.models import Page

# Names in contexts: of the ForEverybody of a visitor's page, and of what says that a part is being rendered by one.
NAME, RENDERS_PART = "for_everybody", "renders_part_for_everybody"
# Stands in what is kept for what stands behind the addresses of this visitor; nobody else can write it.
_BEHIND = f"-{secrets.token_hex(16)}-"


@dataclass(frozen=True)
class ForEverybody:
    """What parts of a visitor's page are rendered of.

    `state` tells apart the states of one page that show different things to everybody. `values` are for the templates
    of the parts, lazy where they cost something: they are looked at where a part is not kept. `behind_address`, which
    stands behind the page's own address in its other languages, is the visitor's, and is put in afterwards.
    """

    page: Page
    state: str
    values: Mapping[str, Any] = field(default_factory=dict)
    behind_address: str = ""

    def context(self, whole: Context) -> Context:
        """Return the context of a part of a page that `whole` is the context of."""
        request = _asked_by_nobody(whole["request"], self.page)
        given: dict[str, Any] = {}
        if whole.template is not None:
            for processor in whole.template.engine.template_context_processors:
                given.update(processor(request))
        own = {"page": self.page, "request": request, "behind_address": _BEHIND, RENDERS_PART: True}
        part: Context = whole.new({**given, **self.values, **own})
        part.request = request  # type: ignore[attr-defined]
        return part

    def for_its_visitor(self, kept: str) -> str:
        """Return what is kept, with what is the visitor's put in."""
        return kept.replace(_BEHIND, conditional_escape(self.behind_address))


def _asked_by_nobody(request: HttpRequest, page: Page) -> WSGIRequest:
    """Return a request for `page` at the same host, as from somebody of whom nothing is known."""
    asked = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": urlsplit(page.get_url(request) or "/").path,
            "SERVER_NAME": request.META["SERVER_NAME"],
            "SERVER_PORT": request.META["SERVER_PORT"],
            **({"HTTP_HOST": request.META["HTTP_HOST"]} if "HTTP_HOST" in request.META else {}),
            "wsgi.url_scheme": request.scheme,
            "wsgi.input": BytesIO(),
        }
    )
    if hasattr(request, "_wagtail_site"):
        asked._wagtail_site = request._wagtail_site  # type: ignore[attr-defined]
    return asked
