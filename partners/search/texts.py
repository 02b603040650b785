"""What of a page is searched? Each kind of page says it, here or, for kinds above this package, by `register`."""

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
from partners.search import linked_words
from partners.search.folding import composed
from partners.search.linked_words import words_with_marks

# A text of this many characters is searched; what comes after is not. An index entry may not exceed 1 MB.
LONGEST_TEXT = 50_000
# What a line may end with that needs no mark before the next one, within quotation marks or not.
_ENDS, _CLOSING = tuple(".!?:;,…。！？：；，、—"), f"\"'”’」』)）{linked_words.ENDS}"
# Part of the digest: raised whenever the same texts are to be indexed in another way.
_VERSION = 2


@dataclass(frozen=True)
class SearchTexts:
    """What a page says, in the order of its weight: `title`, `names` (sponsor, topics), `summary`, `body`.

    In `body` marks may say which words link to pages (`linked_words.py`).
    """

    title: str
    names: str = ""
    summary: str = ""
    body: str = ""
    date: datetime.date | None = None
    partner_id: int | None = None
    disclosure: str = ""
    topics: tuple[int, ...] = ()

    @property
    def shown(self) -> str:
        """The text that a hit shows a part of: plain but for marks around links, composed, on one line."""
        # composed() makes spaces of line ends, which part the cells of a table.
        return _on_one_line([composed(line) for line in f"{self.summary}\n{self.body}".splitlines()])[:LONGEST_TEXT]

    def digest(self) -> str:
        """Return a hash of everything that an entry is made from."""
        return hashlib.sha256(repr((_VERSION, self)).encode("utf-8", "backslashreplace")).hexdigest()


def _on_one_line(lines: list[str]) -> str:
    """Return `lines` after one another; a dot parts headings and cells of tables, which end without a mark."""
    shown = ""
    for line in (" ".join(line.split()) for line in lines):
        if shown and line:
            shown += " " if shown.rstrip(_CLOSING).endswith(_ENDS) else " · "
        shown += line
    return shown


_KINDS: dict[type[Page], Callable[[Any], SearchTexts]] = {}


def register(kind: type[Page], texts: Callable[[Any], SearchTexts]) -> None:
    """Let pages of `kind` be found by what `texts` returns of one of them."""
    _KINDS[kind] = texts


def searched_kinds() -> list[type[Page]]:
    """Return the kinds of page that are searched."""
    return list(_KINDS)


def texts_of(page: Page) -> SearchTexts:
    """Return what of `page` (of its specific kind) is searched. Raises KeyError where its kind is not registered."""
    return _KINDS[type(page)](page)


def _article(page: PartnerArticlePage) -> SearchTexts:
    topics = list(page.topics.all())
    return SearchTexts(
        title=page.title,
        names=" ".join([page.sponsor.title, *(topic.name for topic in topics)]),
        summary=page.standfirst,
        body=words_with_marks(page.body),
        date=page.publication_date,
        partner_id=page.sponsor.pk,
        disclosure=page.disclosure,
        topics=tuple(sorted(topic.pk for topic in topics)),
    )


def _partner(page: PartnerPage) -> SearchTexts:
    return SearchTexts(
        title=page.title,
        summary=page.summary,
        body=rich_text(page.about),
        date=first_published(page),
        partner_id=page.pk,
    )


def rich_text(html: str) -> str:
    """Return the words of rich text, without mark-up, with marks around those of links to pages."""
    return str(get_text_for_indexing(linked_words.with_marks(html)))


def first_published(page: Page) -> datetime.date:
    """Return the day on which `page` was first published, in the site's time zone."""
    return timezone.localdate(page.first_published_at or page.last_published_at or timezone.now())


register(PartnerArticlePage, _article)
register(PartnerPage, _partner)
