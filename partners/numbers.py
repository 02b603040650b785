"""Which number did somebody send? One that can be a row's id, or none: Python reads no more than 4,300 digits."""

# A bigint has at most 19 digits.
_MOST_DIGITS = 18


def number_in(text: str) -> int | None:
    """Return the number that `text` is, or None for whatever is no id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
