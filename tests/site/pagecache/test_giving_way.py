"""Do threads take short turns while something is rendered, and at no other time?"""

import sys
import threading
from typing import Any

import pytest

from qianhai_site.pagecache.giving_way import TURN, TURNS, GivingWay
from tests.faults.waiting import wait_until
from tests.site.pagecache.standing_in import at_once


@pytest.fixture
def usual() -> float:
    """Return how long turns are while nothing is rendered, as what other tests have begun may still be."""
    wait_until(lambda: not TURNS.are_short(), 30, "whatever is rendered behind other tests to be there")
    return sys.getswitchinterval()


def test_turns_are_short_until_the_last_is_rendered(usual):
    all_there, found = threading.Barrier(3), []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        all_there.wait(10)
        found.append(sys.getswitchinterval())
        return []

    giving_way = GivingWay(application)
    assert at_once(3, lambda: giving_way({}, None)) == [[]] * 3
    assert found == pytest.approx([TURN] * 3)
    assert sys.getswitchinterval() == usual


def test_turns_stay_short_where_another_application_still_renders(usual):
    begun, goes_on = threading.Event(), threading.Event()

    def slow(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        begun.set()
        goes_on.wait(10)
        return []

    def quick(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        rendering.start()
        begun.wait(10)
        return []

    rendering = threading.Thread(target=GivingWay(slow), args=({}, None))
    GivingWay(quick)({}, None)
    after_the_first = sys.getswitchinterval()
    goes_on.set()
    rendering.join(10)
    assert after_the_first == pytest.approx(TURN)
    assert sys.getswitchinterval() == usual


def test_turns_are_as_before_after_a_failure(usual):
    def fail(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        GivingWay(fail)({}, None)
    assert sys.getswitchinterval() == usual
