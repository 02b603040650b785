"""Short runs for every change, long ones (FAULTS=long, `make bench-faults`) to know how far it carries."""

import os

LONG = os.environ.get("FAULTS") == "long"


def choose[T](short: T, long: T) -> T:
    """Return what suits this run."""
    return long if LONG else short
