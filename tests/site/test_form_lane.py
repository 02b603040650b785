"""qianhai_site/form_lane.py: one thread takes forms in their order, and none waits behind one that is held up."""

import io
import itertools
import threading
import time
from typing import Any

import pytest

from qianhai_site.form_lane import LARGEST_FORM_BYTES, PATIENCE_SECONDS, FormLane, is_form, read_form
from tests.faults.waiting import wait_until


class Taken:
    """What a lane was given, and by whom it was taken; forms named in `held` wait until `may_go`."""

    def __init__(self) -> None:
        self.here: list[tuple[str, str]] = []
        self.elsewhere: list[str] = []
        self.held: set[str] = set()
        self.may_go = threading.Event()
        self.lane = FormLane(self._take, lambda job: self.elsewhere.append(job[1]["NAME"]))

    def put(self, name: str) -> None:
        self.lane.put(object(), {"NAME": name})

    def _take(self, _request: Any, environ: dict[str, Any]) -> None:
        self.here.append((environ["NAME"], threading.current_thread().name))
        if environ["NAME"] in self.held:
            assert self.may_go.wait(10)

    def names(self) -> list[str]:
        return [name for name, _thread in self.here]


@pytest.fixture
def taken():
    taken = Taken()
    yield taken
    taken.may_go.set()


def test_forms_are_taken_by_one_thread_in_their_order(taken):
    names = [str(number) for number in range(200)]
    for name in names:
        taken.put(name)
    wait_until(lambda: len(taken.here) + len(taken.elsewhere) == 200, 10, "all are taken")
    assert len({thread for _name, thread in taken.here}) == 1
    assert sorted([*taken.names(), *taken.elsewhere], key=int) == names
    assert taken.names() == sorted(taken.names(), key=int)


def test_those_behind_one_that_is_held_up_are_taken_elsewhere(taken):
    taken.held = {"stuck"}
    taken.put("before")
    taken.put("stuck")
    began = time.monotonic()
    for name in ("a", "b", "c"):
        taken.put(name)
    wait_until(lambda: len(taken.elsewhere) == 3, 10, "those behind it are taken")
    assert taken.elsewhere == ["a", "b", "c"]
    assert time.monotonic() - began >= PATIENCE_SECONDS * 0.9
    # Whoever comes now does not wait either.
    taken.put("late")
    wait_until(lambda: taken.elsewhere[-1] == "late", 10, "the late one is taken")
    taken.may_go.set()
    wait_until(lambda: taken.lane._step is None, 10, "the held one ends")
    taken.put("after")
    wait_until(lambda: taken.names()[-1] == "after", 10, "the lane goes on")
    assert taken.names() == ["before", "stuck", "after"]


def test_none_is_lost_or_taken_twice_whenever_one_is_held_up():
    taken, numbers = Taken(), itertools.count()

    def slow_at_times(_request: Any, environ: dict[str, Any]) -> None:
        taken.here.append((environ["NAME"], ""))
        if int(environ["NAME"]) % 40 == 0:
            taken.may_go.wait(PATIENCE_SECONDS * 1.5)

    taken.lane = FormLane(slow_at_times, lambda job: taken.elsewhere.append(job[1]["NAME"]))
    senders = [threading.Thread(target=lambda: [taken.put(str(next(numbers))) for _ in range(100)]) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    wait_until(lambda: len(taken.here) + len(taken.elsewhere) >= 400, 20, "all are taken")
    assert sorted(map(int, [*taken.names(), *taken.elsewhere])) == list(range(400))


FORM = {
    "REQUEST_METHOD": "POST",
    "CONTENT_LENGTH": "11",
    "CONTENT_TYPE": "application/x-www-form-urlencoded",
    "HTTP_COOKIE": "csrftoken=abc",
}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, True),
        ({"HTTP_COOKIE": ""}, True),
        ({"CONTENT_LENGTH": str(LARGEST_FORM_BYTES)}, True),
        ({"CONTENT_LENGTH": str(LARGEST_FORM_BYTES + 1)}, False),
        ({"CONTENT_LENGTH": ""}, False),
        ({"CONTENT_LENGTH": "0"}, False),
        ({"CONTENT_LENGTH": "-5"}, False),
        ({"CONTENT_LENGTH": "1_0"}, False),
        ({"CONTENT_LENGTH": "٣"}, False),
        ({"CONTENT_LENGTH": "9" * 5000}, False),
        ({"REQUEST_METHOD": "PUT"}, False),
        ({"REQUEST_METHOD": "GET"}, False),
        ({"HTTP_COOKIE": "csrftoken=abc; sessionid=1"}, False),
        ({"HTTP_AUTHORIZATION": "Bearer 1"}, False),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, False),
    ],
    ids=str,
)
def test_what_a_visitor_may_send_is_small_and_nobodys(more, found):
    assert is_form({**FORM, **more}, "sessionid") is found


def test_a_form_can_be_read_again_once_all_of_it_has_come():
    environ: dict[str, Any] = {**FORM, "wsgi.input": io.BytesIO(b"name=Reader")}
    assert read_form(environ)
    assert environ["wsgi.input"].read() == b"name=Reader"


def test_half_a_form_is_none():
    assert not read_form({**FORM, "wsgi.input": io.BytesIO(b"name=Rea")})
