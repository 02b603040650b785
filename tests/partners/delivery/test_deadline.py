"""partners/delivery/deadline.py: what takes too long is ended, and nothing else."""

import threading
from collections.abc import Callable
from contextlib import ExitStack

from partners.delivery.deadline import Deadlines

SOON = 0.05
# Far beyond what a test waits for.
LATE = 3600.0


def called() -> tuple[threading.Event, Callable[[], None]]:
    event = threading.Event()
    return event, event.set


def test_what_lasts_too_long_is_called_and_only_once() -> None:
    deadlines, calls, reached = Deadlines(), [], threading.Event()

    def call() -> None:
        calls.append(threading.current_thread())
        reached.set()

    with deadlines.after(SOON, call):
        assert reached.wait(10)
        later, set_later = called()
        with deadlines.after(SOON, set_later):
            assert later.wait(10)
    assert len(calls) == 1
    assert calls[0] is not threading.current_thread()


def test_what_ends_in_time_is_not_called() -> None:
    deadlines = Deadlines()
    early, set_early = called()
    with deadlines.after(SOON, set_early):
        pass
    other, set_other = called()
    with deadlines.after(2 * SOON, set_other):
        assert other.wait(10)
    assert not early.is_set()


def test_an_earlier_deadline_is_not_held_up_by_a_later_one() -> None:
    deadlines = Deadlines()
    late, set_late = called()
    with deadlines.after(LATE, set_late):
        soon, set_soon = called()
        with deadlines.after(SOON, set_soon):
            assert soon.wait(10)
    assert not late.is_set()


def test_many_share_one_thread_and_each_is_called() -> None:
    deadlines = Deadlines()
    before = {thread for thread in threading.enumerate() if thread.name == "deadlines"}
    events = [called() for _ in range(200)]
    with ExitStack() as stack:
        for _, call in events:
            stack.enter_context(deadlines.after(SOON, call))
        assert all(event.wait(10) for event, _ in events)
        now = {thread for thread in threading.enumerate() if thread.name == "deadlines"}
        assert len(now - before) == 1
