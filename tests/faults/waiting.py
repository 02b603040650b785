"""Waiting for something to become true, and measuring how long it took."""

import time
from collections.abc import Callable


def wait_until(happened: Callable[[], bool], seconds: float, what: str) -> float:
    """Ask `happened` until it is true, and return the seconds that took.

    Raises AssertionError where it was not, asked later than after `seconds`: what counts is when it was asked, since on
    a busy machine the answer comes late.
    """
    started = asked = time.monotonic()
    while not happened():
        assert asked - started < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.05)
        asked = time.monotonic()
    return time.monotonic() - started
