"""qianhai_site/form_lane.py: who waits behind what, for how long, and who goes on whatever happens to one of them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from partners.group_commit import LOCK_SECONDS
from qianhai_site import form_lane
from qianhai_site.form_lane import COMMIT_PATIENCE_SECONDS, MOST_WAITING_SECONDS, PATIENCE_SECONDS, FormLane
from tests.faults.waiting import wait_until
from tests.site.test_forms_together import FORM, LOGIN, Asked, Site


class Panic(BaseException):
    """As granian's, which is no Exception."""


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.may_go.set()
    site.long_one_may_end.set()


@contextmanager
def slow_commit(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Meanwhile a form is being committed, at an address that is known."""
    begun, may_end = threading.Event(), threading.Event()
    carry_out = site._write.carry_out

    def slowly(writes):
        begun.set()
        assert may_end.wait(10)
        carry_out(writes)

    monkeypatch.setattr(site._write, "carry_out", slowly)
    site.send("slow")
    assert begun.wait(10)
    try:
        yield
    finally:
        may_end.set()


def test_a_commit_is_waited_for_as_long_as_locks_may_hold_it_up():
    assert COMMIT_PATIENCE_SECONDS == LOCK_SECONDS > PATIENCE_SECONDS


def test_those_behind_a_commit_of_one_form_are_written_by_the_next_together(site, monkeypatch):
    """Also where nobody knew before that their address is one of such forms."""
    monkeypatch.setattr(form_lane, "COMMIT_PATIENCE_SECONDS", 30.0)
    monkeypatch.setattr(form_lane, "MOST_WAITING_SECONDS", 30.0)
    with slow_commit(site, monkeypatch):
        for words in ("a", "b", "c"):
            site.send(words)
        # Who cannot be written later gains nothing by it. By then the others have waited for longer than for a form.
        site.send("other", LOGIN)
        wait_until(lambda: "other" in site.elsewhere, 10, "the other one is taken elsewhere")
    wait_until(lambda: all(site.asked[words].answers for words in ("a", "b", "c")), 10, "they are answered")
    assert site.elsewhere == ["other"]
    assert site.commits == [["slow"], ["a", "b", "c"]]


def test_who_waits_behind_a_commit_that_is_held_up_is_taken_elsewhere(site, monkeypatch):
    with slow_commit(site, monkeypatch):
        began = time.monotonic()
        site.send("late")
        wait_until(lambda: "late" in site.elsewhere, 10, "the late one is taken")
        assert time.monotonic() - began > COMMIT_PATIENCE_SECONDS / 2
        # Whoever comes now does not wait either.
        began = time.monotonic()
        site.send("later")
        wait_until(lambda: "later" in site.elsewhere, 10, "the later one is taken")
        assert time.monotonic() - began < COMMIT_PATIENCE_SECONDS / 2


def test_after_a_commit_that_a_form_asked_for_those_behind_the_form_are_patient_as_ever(site, monkeypatch):
    """It has to be judged, and may take long."""
    monkeypatch.setattr(form_lane, "COMMIT_PATIENCE_SECONDS", 30.0)
    monkeypatch.setattr(form_lane, "MOST_WAITING_SECONDS", 30.0)
    site.long_one_may_end.clear()
    site.send_first()
    site.send("long")
    site.may_go.set()
    wait_until(lambda: bool(site.asked["first"].answers), 10, "the one before it is written")
    site.send("behind")
    wait_until(lambda: site.elsewhere == ["behind"], 10, "the one behind it is taken elsewhere")


def test_forms_of_which_each_takes_a_little_less_than_the_patience_do_not_add_up(monkeypatch):
    """Without a bound the last of a hundred would wait for four seconds."""
    monkeypatch.setattr(form_lane, "PATIENCE_SECONDS", 0.25)
    waited: dict[str, float] = {}
    came: dict[str, float] = {}
    never = threading.Event()

    def note(environ):
        waited[environ["NAME"]] = time.monotonic() - came[environ["NAME"]]

    def take(_request, environ):
        note(environ)
        never.wait(0.04)

    lane = FormLane(take, lambda job: note(job[1]))
    for number in range(100):
        came[str(number)] = time.monotonic()
        lane.put(object(), {"NAME": str(number)})
    wait_until(lambda: len(waited) == 100, 20, "all are taken")
    assert max(waited.values()) < 2 * MOST_WAITING_SECONDS
    # And those that had not waited for so long stayed.
    assert sum(seconds < MOST_WAITING_SECONDS for seconds in waited.values()) > 1


def test_a_crowd_of_quick_ones_stays_however_long_the_last_one_waits(monkeypatch):
    """No other thread would take them any quicker, and each would write by itself."""
    monkeypatch.setattr(form_lane, "PATIENCE_SECONDS", 30.0)
    monkeypatch.setattr(form_lane, "QUICK_SECONDS", 30.0)
    never = threading.Event()
    taken: list[str] = []
    elsewhere: list[str] = []

    def take(_request, environ):
        never.wait(0.04)
        taken.append(environ["NAME"])

    lane = FormLane(take, lambda job: elsewhere.append(job[1]["NAME"]))
    began = time.monotonic()
    for number in range(25):
        lane.put(object(), {"NAME": str(number)})
    wait_until(lambda: len(taken) + len(elsewhere) == 25, 20, "all are taken")
    assert elsewhere == []
    assert time.monotonic() - began > MOST_WAITING_SECONDS


@pytest.mark.parametrize("where", ["taken", "answered", "committed"])
def test_a_panic_ends_nothing_but_its_own_form(site, monkeypatch, where):
    """Nobody else takes what comes after it."""
    for name in ("PATIENCE_SECONDS", "COMMIT_PATIENCE_SECONDS", "MOST_WAITING_SECONDS"):
        monkeypatch.setattr(form_lane, name, 30.0)
    take, carry_out = site._take, site._write.carry_out

    def panic_when_taken(request, environ):
        if where == "taken" and environ["NAME"] == "bad":
            raise Panic
        take(request, environ)

    def panic_when_committed(writes):
        if where == "committed":
            raise Panic
        carry_out(writes)

    def panic_when_answered(*answer):
        if where == "answered":
            raise Panic
        Asked.response_bytes(bad, *answer)

    monkeypatch.setattr(site.lane, "_take", panic_when_taken)
    monkeypatch.setattr(site._write, "carry_out", panic_when_committed)
    site.send_first()
    site.send("a")
    site.send("bad")
    bad = site.asked["bad"]
    monkeypatch.setattr(bad, "response_bytes", panic_when_answered)
    site.send("b")
    site.may_go.set()
    if where == "committed":
        wait_until(lambda: site.elsewhere == ["first", "a", "bad", "b"], 10, "each is taken again")
        monkeypatch.setattr(site._write, "carry_out", carry_out)
    else:
        wait_until(lambda: bool(site.asked["b"].answers), 10, "the last one is answered")
        assert [site.asked[words].answers[0][0] for words in ("first", "a", "b")] == [303] * 3
        assert bad.answers == []
    site.send("next", FORM)
    wait_until(lambda: bool(site.asked["next"].answers), 10, "the next one is taken")


def test_a_panic_of_one_that_is_taken_by_itself_ends_nothing_else(site, monkeypatch):
    take = site._take

    def panic(request, environ):
        if environ["NAME"] == "bad":
            raise Panic
        take(request, environ)

    monkeypatch.setattr(site.lane, "_take", panic)
    site.lane._alone_until = time.monotonic() + 60
    site.send("bad")
    site.send("next")
    wait_until(lambda: bool(site.asked["next"].answers), 10, "the next one is taken")


def test_one_that_is_refused_by_itself_is_taken_again_and_the_others_stay_together(site, monkeypatch):
    """It says nothing of groups."""
    site.bad = {"bad"}
    site.send("bad")
    wait_until(lambda: site.elsewhere == ["bad"], 10, "it is taken again")
    assert site.lane._alone_until == 0.0
