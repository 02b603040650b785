"""Which rows of the admin's lists can be translated further, and which have translations to bring up to date?

wagtail-localize asks that of the database for each row of a list. Here the list itself says it, in its own query; its
own function answers for what no list has asked about.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.admin.widgets.button import Button
from wagtail.models import Locale, Page
from wagtail_localize import wagtail_hooks as localize
from wagtail_localize.models import TranslationSource

_RIGHT = "wagtail_localize.submit_translation"


class _AskedWithPages:
    """A list of pages that says with each page what its buttons depend on; for Wagtail's lists."""

    def annotate_queryset(self, pages: QuerySet[Page]) -> QuerySet[Page]:
        # An alias is no translation yet: it shows what it is an alias of until somebody translates it.
        return ask_with(super().annotate_queryset(pages), Page.objects.filter(alias_of__isnull=True))  # type: ignore[misc]


class PagesViewSet(PageViewSet):
    """The pages of the admin; where Wagtail lists them, it asks for all rows at once."""

    model = Page
    index_view_class = type("IndexView", (_AskedWithPages, PageViewSet.index_view_class), {})
    search_view_class = type("SearchView", (_AskedWithPages, PageViewSet.search_view_class), {})
    content_type_use_view_class = type(
        "ContentTypeUseView", (_AskedWithPages, PageViewSet.content_type_use_view_class), {}
    )


def register() -> None:
    """Let the functions of this module answer Wagtail's hooks instead of those of wagtail-localize.

    Raises ValueError where wagtail-localize has none there: another version would need another look at this.
    """
    for name, theirs, ours in (
        ("register_page_listing_more_buttons", localize.page_listing_more_buttons, page_buttons),
        ("register_snippet_listing_buttons", localize.register_snippet_listing_buttons, snippet_buttons),
    ):
        # Leaving the block of a temporary hook is Wagtail's one way to take a function out.
        hooks.register_temporarily(name, theirs).__exit__(None, None, None)
        hooks.register(name, ours)
    # After Wagtail's own for all pages, which it replaces.
    hooks.register("register_admin_viewset", PagesViewSet)


def ask_with(rows: QuerySet[Any], all_rows: QuerySet[Any]) -> QuerySet[Any]:
    """Ask with `rows` for each whether there is a language in which none of `all_rows` stands for it, and for what its
    translations were made of, if anything.
    """
    there = all_rows.filter(translation_key=OuterRef(OuterRef("translation_key")), locale_id=OuterRef("pk"))
    sources = TranslationSource.objects.filter(
        object_id=OuterRef("translation_key"), locale_id=OuterRef("locale_id"), translations__enabled=True
    )
    return rows.annotate(
        has_language_left=Exists(Locale.objects.filter(~Exists(there))),
        source_of_translations=Subquery(sources.order_by().values("pk")[:1]),
    )


def page_buttons(page: Any, user: Any, view_name: Any = None, next_url: str | None = None) -> Iterator[Button]:
    """Yield the buttons of a page in a list, for whoever may translate."""
    if not _is_asked(page):
        yield from localize.page_listing_more_buttons(page, user, view_name, next_url)
        return
    if page.is_root() or not user.has_perm(_RIGHT):
        return
    if page.has_language_left:
        url = reverse("wagtail_localize:submit_page_translation", args=[page.alias_of_id or page.pk])
        yield Button(_("Translate this page"), url, priority=60, icon_name="wagtail-localize-language")
    if sync := _update_url(page, next_url):
        yield Button(_("Sync translated pages"), sync, priority=60, icon_name="resubmit")


def snippet_buttons(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """Yield the buttons of a snippet in a list, for whoever may translate."""
    if not _is_asked(snippet):
        yield from localize.register_snippet_listing_buttons(snippet, user, next_url)
        return
    if not user.has_perm(_RIGHT):
        return
    title = {"title": str(snippet)}
    if snippet.has_language_left:
        named = [snippet._meta.app_label, snippet._meta.model_name, snippet.pk]
        yield Button(
            _("Translate"),
            reverse("wagtail_localize:submit_snippet_translation", args=named),
            attrs={"aria-label": _("Translate '%(title)s'") % title},
            icon_name="wagtail-localize-language",
            priority=100,
        )
    if sync := _update_url(snippet, next_url):
        yield Button(
            _("Sync translated snippets"),
            sync,
            attrs={"aria-label": _("Sync translations of '%(title)s'") % title},
            icon_name="resubmit",
            priority=106,
        )


def _is_asked(row: Any) -> bool:
    return hasattr(row, "source_of_translations")


def _update_url(row: Any, next_url: str | None) -> str | None:
    if row.source_of_translations is None:
        return None
    url = reverse("wagtail_localize:update_translations", args=[row.source_of_translations])
    return url if next_url is None else f"{url}?{urlencode({'next': next_url})}"
