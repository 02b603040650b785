"""Where were the pages that answer a query found, the last time that a process was asked for it?

The statement that looks wherever they may be has many windows, of which most are not looked into: to set all of them up
is a tenth of what a search costs. What was found in one window is likely to be there again. Where it does not hold
enough, that statement is made: nothing is missed for what is remembered.
"""

import time
from collections.abc import Hashable, Mapping

from partners.keeping import may_keep

# So many queries are remembered, for so many seconds: what was in few pages may come to be in many.
MOST, KEPT_FOR = 1_000, 300.0

# A window by the vector that is looked at (`windows.Newest.of`).
type Places = Mapping[str, str]

# By the hash of the query: nothing is kept of what anybody has typed. Where two have the same, one is looked for in
# the other's window first.
_places: dict[int, tuple[float, Places]] = {}


def places_of(key: Hashable) -> Places | None:
    """Return what was noted of a query, if it was of late; None for whoever keeps nothing from one page to the next."""
    until, places = _places.get(hash(key), (0.0, None))
    return places if time.monotonic() < until and may_keep() else None


def note(key: Hashable, places: Places) -> None:
    """Note where the answer was found."""
    if not may_keep():
        return
    if len(_places) >= MOST:
        # Who makes up queries has the others noted anew, each by the next one who asks.
        _places.clear()
    _places[hash(key)] = time.monotonic() + KEPT_FOR, places
