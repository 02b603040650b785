"""How are links to pages of the site shown that stand in a text? An article's link begins with its label."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from django.utils.html import escape
from django.utils.translation import get_language
from wagtail import rich_text
from wagtail.models import Page
from wagtail.rich_text import rewriters
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler

from partners.articles.linked_pages import LinkedAddress, LinkedPage, Named, linked_pages, named_by, named_in


class LinkInText(PageLinkHandler):  # type: ignore[misc, unused-ignore]
    """Shows a link to a page as Wagtail does, in the reader's language, and names an article with label and sponsor."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """Return the opening tag of each link, with the label where one is needed; bare for a page that is gone.

        One query for all links of the page that is shown (`texts_of`), however many its texts are.
        """
        links = [named_by(attributes) for attributes in attrs_list]
        texts = _shown.get()
        wanted = {*(named for named in links if named is not None), *(texts.named if texts else ())}
        found = linked_pages(wanted, get_language() or "")
        own = texts.page.pk if texts else None
        return [opening(None if named is None else found.get(named), own) for named in links]


class LinkByAddress(LinkInText):
    """Shows a link to an address of this site that was typed or pasted as one to the page that stands there."""

    identifier = "address"

    @classmethod
    def extract_references(cls, attrs: dict[str, str]) -> Iterator[Any]:  # noqa: ARG003  as Wagtail calls it
        """Yield nothing, whatever `attrs` hold: what stands at an address may change without the text."""
        return iter(())


class LinkRewriter(rewriters.LinkRewriter):  # type: ignore[misc, unused-ignore]
    """Rewrites links as Wagtail does, those to addresses of this site among them, however they are written."""

    def get_tag_type_from_attrs(self, attrs: dict[str, str]) -> str | None:
        """Return the kind of a link."""
        if attrs.get("linktype") != PageLinkHandler.identifier and named_by(attrs) is not None:
            return LinkByAddress.identifier
        kind: str | None = super().get_tag_type_from_attrs(attrs)
        return kind


class _Texts:
    """The texts of a page that is shown."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def named(self) -> set[Named]:
        """All that they link to on this site."""
        bodies = (getattr(self.page, name).raw_data for name in self.page.get_streamfield_names())
        return {named for body in bodies for named in named_in(body)}


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
    features.register_link_type(LinkByAddress)
    # Wagtail asks no handler about a link that begins with a slash, and builds its rewriter after this hook.
    rich_text.LinkRewriter = LinkRewriter


def opening(linked: LinkedPage | LinkedAddress | None, own: int | None, *, is_absolute: bool = False) -> str:
    """Return the opening tag of a link to `linked`, with its label unless it leads to the page of the key `own`, where
    it stands; bare where there is nothing, so that it leads nowhere.
    """
    if linked is None:
        return "<a>"
    href = escape(linked.address if is_absolute else linked.href)
    return f'<a href="{href}">{"" if linked.is_page(own) else linked.label_html}'
