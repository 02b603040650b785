"""Which part of a list comes before and after what a reader has seen, whatever is published meanwhile?

A part is found by the key of the article it follows (publication date and primary key), never by a number: an article
that is published or withdrawn elsewhere moves nothing, and a deep part costs what the first one costs.
"""

import base64
import binascii
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from django.db.models import DateField, Q, QuerySet
from django.http import QueryDict

from partners.articles.listing import ARTICLES_PER_PAGE, ArticleQuerySet
from partners.ready_made import Slot

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage
    from partners.articles.counted_first import Counted


class Listed(NamedTuple):
    """An article as a list finds it: which one, and where it stands. Its card is mostly kept already.

    Not shown is what is counted though not everybody may read it: the list goes on behind it all the same.
    """

    pk: int
    publication_date: date
    is_shown: bool = True


# Finds the first so many articles beyond a place: newest first by "-", oldest by "".
type Some = Callable[[str, Place | None, int], list[Listed]]

# Old links name a page by its number. Finding it costs more the deeper it is, so that the depth has an end.
LAST_NUMBERED_PAGE = 100
_KEY = struct.Struct(">Ii")
# The keys that a cursor has room for.
_KEYS = range(-(2**31), 2**31)


@dataclass(frozen=True)
class Place:
    """A place in a list: that of the article of this day and primary key, whether it still stands there or not."""

    day: date
    pk: int

    @property
    def cursor(self) -> str:
        """The place as a word for an address. It says nothing that the list does not say, so it needs no signature."""
        return base64.urlsafe_b64encode(_KEY.pack(self.day.toordinal(), self.pk)).decode().rstrip("=")


# Behind the last article: `before` it stand the oldest ones.
END = Place(date.min, 0)


@dataclass(frozen=True)
class SlotPlace:
    """The place that a ready-made query is asked from."""

    day: Slot
    pk: Slot


PLACE = SlotPlace(Slot("day", DateField()), Slot("pk"))


def values_of(place: Place | None) -> dict[str, Any]:
    """Return what a ready-made query needs to know of the place that it is asked from."""
    return {"day": place.day, "pk": place.pk} if place else {}


def place_of(cursor: str) -> Place | None:
    """Return the place that `cursor` names, or None for anything that `Place.cursor` does not write."""
    try:
        ordinal, pk = _KEY.unpack(base64.b64decode(f"{cursor}=", altchars=b"-_", validate=True))
        place = Place(date.fromordinal(ordinal), pk)
    except (binascii.Error, ValueError, OverflowError, struct.error):
        return None
    # One place has one address: base64 reads some words alike.
    return place if place.cursor == cursor else None


@dataclass(frozen=True)
class Part:
    """Articles that stand together in a list, and the places from which its neighbours are found, if there are any."""

    articles: list[Listed]
    newer: Place | None
    older: Place | None
    # Whether it is the part that a list begins with, by the list's own address.
    is_first: bool


def part_of(
    some: Some, *, after: Place | None = None, before: Place | None = None, size: int = ARTICLES_PER_PAGE
) -> Part:
    """Return up to `size` of the articles that `some` finds, newest first: the newest, those older than `after`, or
    those just newer than `before`. One query.
    """
    if before is not None:
        found = some("", before, size + 1)
        return _part(found[:size][::-1], newer=len(found) > size, older=before != END, before=before)
    found = some("-", after, size + 1)
    return _part(found[:size], newer=after is not None, older=len(found) > size, after=after)


def first_of(
    articles: ArticleQuerySet, counted: "Counted | None", sign: str, place: "Place | SlotPlace | None", most: int
) -> "QuerySet[Any, tuple[Any, ...]]":
    """Return the fields of `Listed` of the first `most` of `articles` beyond a place: newest first, or oldest with no
    `sign`. `counted` are the same articles as they are counted, where those are quicker to look for; `articles` are
    all then, `marked` which of them are shown.
    """
    beyond = older_than if sign else _newer_than
    fields = Listed._fields if counted is not None else Listed._fields[:2]
    if counted is not None:
        first = counted.first(most, beyond=beyond(place, day="day") if place else None, sign=sign)
        articles = articles.filter(pk__in=first)
    elif place:
        articles = articles.filter(beyond(place))
    return articles.order_by(f"{sign}publication_date", f"{sign}pk").values_list(*fields)[:most]


def _part(
    found: list[Listed],
    *,
    newer: bool,
    older: bool,
    after: Place | None = None,
    before: Place | None = None,
) -> Part:
    if found:
        first, last = place_in(found[0]), place_in(found[-1])
    else:
        # A part that has become empty still leads back, to the article at its edge first of all.
        edge = after or before or END
        first = Place(edge.day, max(edge.pk - 1, _KEYS[0]))
        last = Place(edge.day, min(edge.pk + 1, _KEYS[-1]))
    shown = [one for one in found if one.is_shown]
    return Part(shown, first if newer else None, last if older else None, is_first=after is None and before is None)


def neighbours(part: Part, query: Callable[..., str]) -> dict[str, str]:
    """Return the addresses of the parts around `part`, of those that there are, as `query(after=…)` writes them."""
    found = {}
    if not part.is_first:
        found["newest"] = query()
    if part.newer:
        found["newer"] = query(before=part.newer.cursor)
    if part.older:
        found["older"] = query(after=part.older.cursor)
    return found


def place_in(article: "PartnerArticlePage | Listed") -> Place:
    """Return the place of `article` in any list of articles."""
    return Place(article.publication_date, article.pk)


def begun(found: list["PartnerArticlePage"], count: int) -> tuple[list["PartnerArticlePage"], str]:
    """Return the first `count` of `found` (newest first, at least one more where there are more), and what asks a list
    for those behind them: the part of an address behind its path, or "" where there are none.
    """
    shown = found[:count]
    return shown, f"?after={place_in(shown[-1]).cursor}" if shown and len(found) > count else ""


class Asked(TypedDict, total=False):
    """Which part of a list is asked for, as `part_of` takes it; nothing of it for the newest."""

    after: Place
    before: Place


def asked_place(parameters: QueryDict) -> Asked:
    """Return what `?after=` or `?before=` ask of `part_of`; what is no cursor of ours is as good as none."""
    if (after := place_of(parameters.get("after", ""))) is not None:
        return {"after": after}
    if (before := place_of(parameters.get("before", ""))) is not None:
        return {"before": before}
    return {}


def parameters_of(asked: Asked) -> dict[str, str]:
    """Return what asks for it in an address."""
    places = {"after": asked.get("after"), "before": asked.get("before")}
    return {name: place.cursor for name, place in places.items() if place}


def place_of_old_page(parameters: QueryDict, articles: ArticleQuerySet) -> str:
    """Return the parameters that show what `?page=N` of an old link showed, "" for the first page.

    A number beyond LAST_NUMBERED_PAGE gives that page, one beyond the list its oldest articles.
    """
    try:
        number = min(int(parameters.get("page", "1")), LAST_NUMBERED_PAGE)
    except ValueError:
        return ""
    if number <= 1:
        return ""
    keys = articles.newest_first().values_list("publication_date", "pk")
    last = (number - 1) * ARTICLES_PER_PAGE
    # One more than stands before the page: where there is none, the page would be empty.
    found = list(keys[last - 1 : last + 1])
    if len(found) == 2:
        return f"after={Place(*found[0]).cursor}"
    return f"before={END.cursor}" if articles[ARTICLES_PER_PAGE : ARTICLES_PER_PAGE + 1].exists() else ""


def older_than(place: Place | SlotPlace, day: str = "publication_date") -> Q:
    """Return the condition that an article stands behind `place`, newest first; `day` is the field of its date."""
    # The first condition says nothing new, but it is one that an index answers.
    return Q((f"{day}__lte", place.day)) & (Q((f"{day}__lt", place.day)) | Q((day, place.day), pk__lt=place.pk))


def _newer_than(place: Place | SlotPlace, day: str = "publication_date") -> Q:
    return Q((f"{day}__gte", place.day)) & (Q((f"{day}__gt", place.day)) | Q((day, place.day), pk__gt=place.pk))
