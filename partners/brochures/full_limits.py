"""Which limits had no room a moment ago, so that nobody has the database refuse what needs them?

What it refuses has cost as much as what it takes, and is an error in its log, with a statement of some thousand
letters: in a flood, of each request. Wrong either way this changes what a request costs, never what becomes of it.
"""

from collections.abc import Collection, Iterable
from time import monotonic

from partners.brochures.limits import Taking

# So often a process tries again.
REMEMBERED_SECONDS = 5.0
_MOST = 1000
# Until when, by a hash of this process: from it nobody can tell whom a limit is about.
_full: dict[int, float] = {}


def remember_full(takings: Iterable[Taking], had_room: Collection[str]) -> None:
    """Remember each of `takings` whose scope is not among those that `had_room`."""
    until = monotonic() + REMEMBERED_SECONDS
    for taking in takings:
        if taking[0].scope not in had_room:
            if len(_full) >= _MOST:
                _full.clear()
            _full[hash(taking)] = until


def was_full(takings: Iterable[Taking]) -> bool:
    """Say whether one of `takings` had no room within the last REMEMBERED_SECONDS, as far as this process has seen."""
    now = monotonic()
    return any(_full.get(hash(taking), now) > now for taking in takings)
