"""How are links to pages of the site shown that stand in a text? An article's link begins with its label."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from django.utils.html import escape
from django.utils.translation import get_language
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler

from partners.articles.linked_pages import LinkedPage, keys_of_linked_pages, linked_pages, page_key


class LinkInText(PageLinkHandler):  # type: ignore[misc, unused-ignore]
    """Shows a link to a page as Wagtail does, in the reader's language, and names an article with label and sponsor."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """Return the opening tag of each link, with the label where one is needed; bare for a page that is gone.

        One query for all links of the page that is shown (`texts_of`), however many its texts are.
        """
        keys = [page_key(attributes) for attributes in attrs_list]
        texts = _shown.get()
        wanted = {*keys, *(texts.keys if texts else ())}
        pages = linked_pages(wanted, get_language() or "")
        own = texts.page.pk if texts else None
        return [_opening(pages.get(key), own) for key in keys]


class _Texts:
    """The texts of a page that is shown."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def keys(self) -> set[int]:
        """The keys of all pages that they link to."""
        bodies = (getattr(self.page, name).raw_data for name in self.page.get_streamfield_names())
        return {key for body in bodies for key in keys_of_linked_pages(body)}


_shown: ContextVar[_Texts | None] = ContextVar("shown", default=None)


@contextmanager
def texts_of(page: Any) -> Iterator[None]:
    """Have the links in texts of `page` looked up together meanwhile, and those to itself be named by nothing more.

    `page` may be anything else, where no page is shown.
    """
    token = _shown.set(_Texts(page) if isinstance(page, Page) else None)
    try:
        yield
    finally:
        _shown.reset(token)


def register(features: FeatureRegistry) -> None:
    """Have Wagtail use it; for its hook `register_rich_text_features`."""
    features.register_link_type(LinkInText)


def _opening(linked: LinkedPage | None, own: int | None) -> str:
    if linked is None:
        return "<a>"
    shown = linked.shown
    return f'<a href="{escape(shown.url or "")}">{"" if shown.pk == own else linked.label_html}'
