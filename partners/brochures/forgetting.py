"""What is kept about people, part by part, and how does each part forget?

Whatever part of the site keeps anything about a person registers here once, when the site starts (`AppConfig.ready`).
An erasure then reaches it, the desk sees beforehand how much it holds, and a person's file of data has it as well.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

# Given the ids of requests, ascending, and the person's address ('' where others of the person's requests stay).
Erase = Callable[[Sequence[int], str], int]
Tell = Callable[[Sequence[int], str], Iterable[dict[str, Any]]]


@dataclass(frozen=True)
class Holding:
    """What one part keeps about people; `name` is its key in counts and in the file of a person's data."""

    name: str
    label: str | Promise
    erase: Erase
    count: Erase
    tell: Tell | None = None
    by_age: Erase | None = None


_holdings: dict[str, Holding] = {}


def register_eraser(
    name: str,
    label: str | Promise,
    erase: Erase,
    *,
    count: Erase | None = None,
    tell: Tell | None = None,
    by_age: Erase | None = None,
) -> None:
    """Let every erasure call `erase(submission_ids, address)`, before the requests themselves are emptied.

    It runs within the erasure's transaction, with the requests' rows locked, and returns how many rows it emptied or
    removed; called again it finds nothing. It does no I/O: a part that keeps files marks their rows and removes the
    files afterwards, by a job of its own that can be repeated. `address` is empty where single requests are erased of
    somebody who has others. `count`, with the same arguments, says how many rows that would be, and changes nothing.
    `by_age` is called instead of `erase` where the clock forgets: nobody has seen beforehand what goes, so a part that
    searches for what people said looks for less. `tell` yields what the part knows about the person, as dictionaries
    that JSON can hold; times as datetimes.
    Raises ValueError where `name` is taken by another function.
    """
    taken = _holdings.get(name)
    if taken is not None and taken.erase is not erase:
        raise ValueError(f"{name!r} is erased by another function already.")
    _holdings[name] = Holding(name, label, erase, count or _nothing, tell, by_age)


def holdings() -> list[Holding]:
    """Return what is registered, in the order in which it was."""
    return list(_holdings.values())


def _nothing(submission_ids: Sequence[int], address: str) -> int:
    return 0
