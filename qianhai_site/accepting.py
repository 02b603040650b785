"""Which coding of an answer does a browser take? (RFC 9110, 12.5.3: Accept-Encoding)"""

from collections.abc import Iterable

_NAMES = {"br": "brotli", "gzip": "gzip", "x-gzip": "gzip"}
# As pages are kept.
_PAGES = ("brotli", "gzip")
_chosen: dict[str, str] = {}
_MOST_CHOSEN = 256


def best_encoding(accepted: str) -> str:
    """Return which body of a page ('brotli', 'gzip', 'identity') answers an Accept-Encoding."""
    known = _chosen.get(accepted)
    if known is not None:
        return known
    choice = best_of(_PAGES, accepted)
    if len(_chosen) < _MOST_CHOSEN and len(accepted) < _MOST_CHOSEN:
        _chosen[accepted] = choice
    return choice


def best_of(offered: Iterable[str], accepted: str) -> str:
    """Return which of `offered` ('brotli', 'gzip') answers an Accept-Encoding best, the first of equals, or 'identity'
    where it refuses or does not name them.
    """
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        weights[_NAMES.get(name.strip(), name.strip())] = _weight(parameter)
    anything = weights.get("*", 0.0)
    best = max(offered, key=lambda name: weights.get(name, anything), default="identity")
    return best if weights.get(best, anything) > 0 else "identity"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
