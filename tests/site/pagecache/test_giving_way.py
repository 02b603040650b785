"""Do threads take short turns while something is rendered, and at no other time?"""

import sys
import threading
from typing import Any

import pytest

from qianhai_site.pagecache.giving_way import TURN, GivingWay
from tests.site.pagecache.standing_in import at_once


def test_turns_are_short_until_the_last_is_rendered():
    usual = sys.getswitchinterval()
    all_there, found = threading.Barrier(3), []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        all_there.wait(10)
        found.append(sys.getswitchinterval())
        return []

    giving_way = GivingWay(application)
    assert at_once(3, lambda: giving_way({}, None)) == [[]] * 3
    assert found == pytest.approx([TURN] * 3)
    assert sys.getswitchinterval() == usual


def test_turns_are_as_before_after_a_failure():
    usual = sys.getswitchinterval()

    def fail(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        GivingWay(fail)({}, None)
    assert sys.getswitchinterval() == usual
