"""Which answers are the same for every visitor, and how is it made sure that they are?

A kind of page or a view is named here, or its answers are not kept. Before one is rendered, everything of the request
that could tell a visitor from another is taken away: what cannot be seen cannot get into what others are shown.
"""

from collections.abc import Callable, Collection
from typing import Any, cast

from django.db.models import Model
from django.db.models.signals import post_init
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from wagtail.images import get_image_model
from wagtail.models import Page

from partners.keeping import locales
from qianhai_site.pagecache.keys import known_query
from qianhai_site.pagecache.showing import current_showing
from qianhai_site.pagecache.store import LIST, SITE

# What reads pages as rows of values, or of other languages, depends on every language's list.
_EVERY_LIST = "every list"
# Kinds of page, by label, and what they depend on beside the pages that they load and the list of their language. Not
# the forms: each visitor's has a key of its own.
PAGES: dict[str, frozenset[str]] = {
    "home.homepage": frozenset(),
    "home.partnercontentpage": frozenset(),
    "home.standardpage": frozenset(),
    "partners.latestpostspage": frozenset({_EVERY_LIST}),
    "partners.partnerarticlepage": frozenset(),
    "partners.partnerindexpage": frozenset(),
    "partners.partnerpage": frozenset(),
}
# Views, by the names of their addresses, in the same way.
VIEWS: dict[str, frozenset[str]] = {
    "feed_all": frozenset({_EVERY_LIST, "renditions"}),
    "feed_partners": frozenset({_EVERY_LIST, "renditions"}),
    "feed_topics": frozenset({_EVERY_LIST, "renditions"}),
    "search": frozenset({_EVERY_LIST, "search"}),
    "search_suggestions": frozenset({_EVERY_LIST, "search"}),
    "sitemap": frozenset({_EVERY_LIST, "renditions"}),
    "sitemap_part": frozenset({_EVERY_LIST, "renditions"}),
    "robots": frozenset(),
}
# What is left of a request: which page it asks for, and what the server says of itself.
_KEPT = frozenset(
    {"REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST"}
)
# And where the answer is this visitor's alone, what he has of it already. Else `entry.py` looks at that.
_HAD = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"})


class PublicAnswersMiddleware:
    """Marks the answers of VIEWS as the same for everybody; the innermost middleware, since it changes the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember what answers."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Mark what the view will answer, where it is one of VIEWS."""
        match = request.resolver_match
        tags = VIEWS.get(match.url_name or "") if match and not match.namespaces else None
        if tags is not None and current_showing() is not None:
            make_public(request, tags)


def serve_to_everybody(serve: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap Wagtail's serving of a page: innermost, where its view restrictions have let the visitor pass."""

    def served(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
        tags = PAGES.get(page._meta.label_lower)
        if tags is not None and current_showing() is not None and not args and not kwargs:
            # Where a language has no home of its own that is published, its address leads to another's.
            make_public(request, tags | {f"key:{page.translation_key}", f"{LIST}{page.locale_id}"})
        return serve(page, request, args, kwargs)

    return served


def make_public(request: HttpRequest, tags: frozenset[str]) -> None:
    """Take from `request` what is the visitor's, and mark the answer that is being made as one for everybody.

    `tags` are what it depends on, beside the pages that it loads and the list of its language.
    """
    showing = current_showing()
    if showing is None:
        return
    kept = _KEPT if showing.keeps_whole else _KEPT | _HAD
    meta = {name: value for name, value in request.META.items() if name in kept or name.startswith("wsgi.")}
    meta["QUERY_STRING"] = known_query(request.META.get("QUERY_STRING", "")) or ""
    # What the request has worked out already goes, too; what it is asked from now on comes from the new values.
    meta["wsgi.url_scheme"] = request.scheme
    for name in ("GET", "COOKIES", "headers", "accepted_types", "accepted_types_by_precedence", "_cached_user"):
        request.__dict__.pop(name, None)
    request.META = meta
    cast("Any", request).environ = meta
    showing.tags |= {SITE, *(tags - {_EVERY_LIST}), *lists_of(tags)}
    showing.is_for_everybody = True


def lists_of(tags: Collection[str]) -> set[str]:
    """Return the lists that `tags` name or stand for, and the one of the active language."""
    own, every = get_language(), _EVERY_LIST in tags
    named = {tag for tag in tags if tag.startswith(LIST)}
    return named | {f"{LIST}{pk}" for pk, locale in locales().items() if every or locale.language_code == own}


def tags_of(model: Model) -> set[str]:
    """Return what says that a page or a picture is shown; a page's translations are named beside it."""
    pk = model.pk
    if pk is None:
        return set()
    if not isinstance(model, Page):
        return {f"image:{pk}"}
    if "translation_key" in model.get_deferred_fields():
        return {f"page:{pk}"}
    return {f"page:{pk}", f"key:{model.translation_key}"}


def note_what_is_loaded() -> None:
    """Have every page and image that is loaded while an answer is made be one of the things that it depends on."""
    for model in [Page, *_below(Page)]:
        post_init.connect(_note, sender=model, dispatch_uid=f"pagecache.{model._meta.label}")
    post_init.connect(_note, sender=get_image_model(), dispatch_uid="pagecache.image")


def _note(sender: Any, instance: Model, **signal: Any) -> None:
    showing = current_showing()
    if showing is not None:
        showing.tags |= tags_of(instance)


def _below(model: type[Page]) -> list[type[Page]]:
    return [deeper for child in model.__subclasses__() for deeper in (child, *_below(child))]
