"""partners/delivery/together.py: what letters have in common is asked for once, for a second, in a session alone."""

import threading

import pytest

from partners.delivery import together as module
from partners.delivery.together import GOOD_FOR, MOST, in_common, together


class Clock:
    """What the module takes for the time."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "monotonic", clock)
    return clock


@pytest.fixture
def asked() -> list[int]:
    return []


def ask_in_common(asked: list[int], key: object = "words") -> int:
    def ask() -> int:
        asked.append(len(asked))
        return len(asked)

    return in_common(key, ask)


def test_outside_of_a_session_everything_is_asked(asked):
    assert [ask_in_common(asked), ask_in_common(asked)] == [1, 2]


def test_in_a_session_it_is_asked_once_for_each_key(asked):
    with together():
        assert [ask_in_common(asked), ask_in_common(asked), ask_in_common(asked, "others")] == [1, 1, 2]
    assert ask_in_common(asked) == 3


def test_a_moment_later_it_is_asked_again(asked, clock):
    with together():
        ask_in_common(asked)
        clock.now += GOOD_FOR - 0.01
        assert ask_in_common(asked) == 1
        clock.now += 0.01
        assert ask_in_common(asked) == 2


def test_nothing_is_an_answer_too():
    asked = []
    with together():
        for _ in range(2):
            in_common("partner", lambda: asked.append(1))
    assert asked == [1]


def test_what_failed_is_asked_again(asked):
    with together():
        with pytest.raises(ZeroDivisionError):
            in_common("words", lambda: 1 / 0)
        assert ask_in_common(asked) == 1


def test_a_thread_shares_with_no_other(asked):
    with together():
        ask_in_common(asked)
        other = threading.Thread(target=ask_in_common, args=[asked])
        other.start()
        other.join()
    assert len(asked) == 2


def test_it_does_not_grow(asked):
    with together():
        for number in range(3 * MOST):
            ask_in_common(asked, number)
        assert len(module._memory.known or ()) <= MOST
