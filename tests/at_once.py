"""The same thing done many times at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def at_once(
    number: int, act: Callable[[int], Any], expecting: type[Exception] | tuple[type[Exception], ...] = ()
) -> list[Any]:
    """Call `act` with 0 to `number` - 1 in as many threads, and return what came of each, in any order.

    An exception of a kind in `expecting` is what came of its call. Any other fails the test.
    """
    start = threading.Barrier(number)
    outcomes: list[Any] = []
    unexpected: list[Exception] = []

    def run(index: int) -> None:
        try:
            start.wait(timeout=30)
            outcomes.append(act(index))
        except expecting as error:
            outcomes.append(error)
        except Exception as error:  # noqa: BLE001  asserted on below
            unexpected.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[index]) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert unexpected == []
    assert len(outcomes) == number, "one of them did not end"
    return outcomes
