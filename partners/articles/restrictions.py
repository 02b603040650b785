"""Which pages may everybody read?"""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from partners.keeping import once
from partners.ready_made import is_any


def private_paths() -> list[str]:
    """Return the places in the page tree below which, themselves included, not everybody may read."""

    def ask() -> list[str]:
        found = list(PageViewRestriction.objects.values_list("page__path", flat=True))
        # Others may come to stand there. Where nothing is private, it makes no difference what is moved.
        return once(("private", *found), lambda: found, of_places=True) if found else found

    return once("private", ask)


def open_to_all[Pages: PageQuerySet[Any]](pages: Pages, *, is_ready_made: bool = False) -> Pages:
    """Keep of `pages` those that everybody may read, as `public()` does, which asks for the restrictions each time.

    A query that `is_ready_made` is asked with `private_patterns()`, since it is composed once.
    """
    if is_ready_made:
        return pages.exclude(among_private())
    return pages.filter(*(~Q(path__startswith=path) for path in private_paths()))


def among_private() -> Any:
    """Return the condition of a ready-made query that not everybody may read a page (see `private_patterns`)."""
    return is_any("path", "private", CharField(), operator="LIKE")


def closed_to_some[Pages: PageQuerySet[Any]](pages: Pages) -> Pages:
    """Keep of `pages` those that `live` and `open_to_all` would not: where nothing is private, an index holds them."""
    return pages.filter(reduce(or_, (Q(path__startswith=path) for path in private_paths()), Q(live=False)))


def private_patterns() -> dict[str, list[str]]:
    """Return what a ready-made query needs to know of what is private now."""
    # Places in the tree are digits and letters, nothing that LIKE reads otherwise.
    return {"private": [f"{path}%" for path in private_paths()]}


def is_private(path: str) -> bool:
    """Say whether the page at `path` of the tree is for some readers only."""
    return any(path.startswith(private) for private in private_paths())


def is_behind_a_restriction() -> Exists:
    """Return the condition that a page is private, for a query that must ask for nothing beforehand."""
    path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    return Exists(PageViewRestriction.objects.alias(below=path).filter(below__startswith=F("page__path")))
