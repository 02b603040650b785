"""Waiting for something to become true, and measuring how long it took."""

import time
from collections.abc import Callable


def wait_until(happened: Callable[[], bool], seconds: float, what: str) -> float:
    """Ask `happened` until it is true, and return the seconds that took. Raises AssertionError after `seconds`."""
    started = time.monotonic()
    while not happened():
        assert time.monotonic() - started < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - started
