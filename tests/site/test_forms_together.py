"""qianhai_site/form_lane.py: what waits is written by one commit, before anybody hears that it was, or by itself."""

import io
import threading
from collections.abc import Sequence
from typing import Any, Self

import pytest

from partners.group_commit import finish_others, write_later
from qianhai_site import form_lane
from qianhai_site.form_lane import MOST_TOGETHER, FormLane
from tests.faults.waiting import wait_until

FORM, LOGIN = "/form/", "/login/"


class Asked:
    """A request: what it is answered, and what was committed by then."""

    def __init__(self, committed: list[list[str]]) -> None:
        self.answers: list[tuple[int, bytes, int]] = []
        self._committed = committed

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answers.append((status, body, len(self._committed)))

    def response_iter(self, status: int, headers: list[tuple[str, str]], pieces: Any) -> None:
        self.response_bytes(status, headers, b"".join(pieces.inner))
        pieces.close()


class Pieces:
    """What granian makes of an answer that comes in pieces."""

    def __init__(self, inner: list[bytes]) -> None:
        self.inner = inner
        self.__next__ = iter(inner).__next__
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


class Site:
    """Takes forms, which want their words written, and all else; `commits` are what was written by one commit each.

    The form `first` waits until `may_go`, so that others gather behind it.
    """

    def __init__(self) -> None:
        self.commits: list[list[str]] = []
        self.refused: list[list[str]] = []
        self.bad: set[str] = set()
        self.elsewhere: list[str] = []
        self.asked: dict[str, Asked] = {}
        self.pieces: list[Pieces] = []
        # Which of them were closed at each commit.
        self.closed: list[list[bool]] = []
        # Since when those that waited were patient while each step was done.
        self.patient_since: list[tuple[float, bool] | None] = []
        self.first_is_taken, self.may_go = threading.Event(), threading.Event()
        self.long_one_may_end = threading.Event()
        self.long_one_may_end.set()
        self.lane = FormLane(self._take, self._take_elsewhere)
        site = self

        class Write:
            def __init__(self, words: str) -> None:
                self.words = words

            @classmethod
            def carry_out(cls, writes: Sequence[Self]) -> None:
                site.patient_since.append(site.lane._step)
                site.closed.append([pieces.is_closed for pieces in site.pieces])
                words = [write.words for write in writes]
                if site.bad & set(words):
                    site.refused.append(words)
                    raise ValueError("refused")
                site.commits.append(words)

        self._write = Write

    def send(self, words: str, path: str = FORM) -> None:
        self.asked[words] = Asked(self.commits)
        self.lane.put(self.asked[words], {"NAME": words, "PATH_INFO": path, "wsgi.input": io.BytesIO(words.encode())})

    def send_first(self) -> None:
        """Send the first one, and return when it holds the lane up."""
        self.first_is_taken.clear()
        self.may_go.clear()
        self.send("first")
        assert self.first_is_taken.wait(10)

    def answers(self) -> dict[str, list[tuple[int, bytes, int]]]:
        return {words: asked.answers for words, asked in self.asked.items()}

    def _take(self, request: Any, environ: dict[str, Any]) -> None:
        self.patient_since.append(self.lane._step)
        words = environ["wsgi.input"].read().decode()
        if words == "first":
            self.first_is_taken.set()
            assert self.may_go.wait(10)
        if words == "long":
            if environ["PATH_INFO"] == FORM:
                # As what a form looks like may have it judged.
                finish_others()
            assert self.long_one_may_end.wait(10)
        elif environ["PATH_INFO"] == FORM and not words.startswith("wrong") and not write_later(self._write(words)):
            self.commits.append([words])
        if words.startswith("pieces"):
            self.pieces.append(Pieces([b"303 ", words.encode()]))
            request.response_iter(303, [], self.pieces[-1])
        else:
            request.response_bytes(303, [], f"303 {words}".encode())

    def _take_elsewhere(self, job: Any) -> None:
        self.elsewhere.append(job[1]["wsgi.input"].read().decode())


@pytest.fixture
def site():
    site = Site()
    yield site
    site.may_go.set()
    site.long_one_may_end.set()


@pytest.fixture
def at_leisure(monkeypatch):
    """Nothing is taken elsewhere because a machine is busy."""
    for name in ("PATIENCE_SECONDS", "COMMIT_PATIENCE_SECONDS", "MOST_WAITING_SECONDS"):
        monkeypatch.setattr(form_lane, name, 30.0)


def gathered(site: Site, *sent: str | tuple[str, str]) -> None:
    """Have the lane find all of `sent` waiting, for a form or for a path, when `first` is done."""
    site.send_first()
    for one in sent:
        site.send(*([one] if isinstance(one, str) else one))
    site.may_go.set()
    wait_until(lambda: all(site.answers().values()), 10, "all are answered")


@pytest.mark.usefixtures("at_leisure")
def test_those_that_wait_are_written_by_one_commit_and_answered_after_it(site):
    gathered(site, "a", "b", "pieces c")
    assert site.commits == [["first", "a", "b", "pieces c"]]
    assert site.answers() == {
        "first": [(303, b"303 first", 1)],
        "a": [(303, b"303 a", 1)],
        "b": [(303, b"303 b", 1)],
        "pieces c": [(303, b"303 pieces c", 1)],
    }
    wait_until(lambda: site.pieces[0].is_closed, 10, "it is over")
    assert site.elsewhere == []


@pytest.mark.usefixtures("at_leisure")
def test_what_fails_after_an_answer_spoils_no_other(site, monkeypatch):
    def fail(_pieces):
        raise BaseException

    monkeypatch.setattr(Pieces, "close", fail)
    gathered(site, "pieces a", "b")
    assert site.commits == [["first", "pieces a", "b"]]
    assert {words: len(answers) for words, answers in site.answers().items()} == {"first": 1, "pieces a": 1, "b": 1}


@pytest.mark.usefixtures("at_leisure")
@pytest.mark.parametrize("bad", [set(), {"b"}], ids=["written", "refused"])
def test_a_request_is_over_before_the_next_one_and_the_last_one_after_its_commit(site, bad):
    """Django looks then at what became of its connection, and its sender need not wait for that."""
    site.bad = bad
    site.send_first()
    for words in ("pieces a", "b", "pieces c"):
        site.send(words)
    site.may_go.set()
    wait_until(lambda: site.lane._step is None, 10, "all are taken")
    assert site.closed == [[True, False]]
    assert [pieces.is_closed for pieces in site.pieces] == [True, True]


@pytest.mark.usefixtures("at_leisure")
def test_a_commit_has_a_bounded_number(site):
    gathered(site, *map(str, range(2 * MOST_TOGETHER + 1)))
    assert [len(words) for words in site.commits] == [MOST_TOGETHER, MOST_TOGETHER, 2]


@pytest.mark.usefixtures("at_leisure")
def test_a_commit_does_not_wait_for_any_number_that_want_nothing_written(site):
    """As a flood of forms does that are filled in wrongly."""
    site.send_first()
    site.send("a")
    for number in range(3 * MOST_TOGETHER):
        site.send(f"wrong {number}")
    site.may_go.set()
    wait_until(lambda: all(site.answers().values()), 10, "all are answered")
    before_its_commit = [words for words, [(_, _, commits)] in site.answers().items() if commits < 1]
    assert 0 < len(before_its_commit) < MOST_TOGETHER


@pytest.mark.usefixtures("at_leisure")
def test_whoever_waits_is_patient_anew_with_each_form_and_with_the_commit(site):
    """A group takes longer than one form, and nobody is to be taken elsewhere for that alone."""
    gathered(site, "a", "b")
    since, is_commit = zip(*site.patient_since, strict=True)
    assert list(since) == sorted(set(since))
    assert is_commit == (False, False, False, True)


@pytest.mark.usefixtures("at_leisure")
def test_where_a_commit_fails_each_is_taken_again_by_itself_and_none_was_answered(site):
    site.bad, site.lane._alone_for = {"b"}, 60.0
    site.send_first()
    for words in ("a", "b", "c"):
        site.send(words)
    site.may_go.set()
    # With all that they have sent.
    wait_until(lambda: site.elsewhere == ["first", "a", "b", "c"], 10, "all are taken again")
    assert site.refused == [["first", "a", "b", "c"]]
    assert [asked.answers for asked in site.asked.values()] == [[], [], [], []]
    # For a while the others are taken one by one, so that who sends a bad one again and again costs nobody much.
    gathered_again(site)
    assert site.commits == [["first"], ["d"], ["e"]]
    # That much later.
    site.lane._alone_until -= 60.0
    gathered_again(site)
    assert site.commits[3:] == [["first", "d", "e"]]


def gathered_again(site: Site) -> None:
    site.asked.clear()
    gathered(site, "d", "e")


@pytest.mark.usefixtures("at_leisure")
def test_who_makes_it_fail_again_and_again_has_all_taken_by_themselves_for_longer(site):
    lasted = []
    for words in ("a", "b", "c"):
        site.bad = {words}
        failed_before = len(site.refused)
        site.send_first()
        site.send(words)
        site.send("other")
        site.may_go.set()
        wait_until(lambda before=failed_before: len(site.refused) > before, 10, "it fails")
        wait_until(lambda: site.lane._step is None, 10, "the lane is done")
        lasted.append(site.lane._alone_for)
        site.lane._alone_until = 0.0
    assert lasted == [2 * form_lane.ALONE_SECONDS, 4 * form_lane.ALONE_SECONDS, 8 * form_lane.ALONE_SECONDS]
    site.bad = set()
    gathered_again(site)
    assert site.commits[-1] == ["first", "d", "e"]
    assert site.lane._alone_for == form_lane.ALONE_SECONDS


@pytest.mark.usefixtures("at_leisure")
@pytest.mark.parametrize("path", [LOGIN, FORM], ids=["by its path", "by its own word"])
def test_what_may_take_long_is_waited_for_by_none_of_those_before_it(site, path):
    gathered(site, "a", "b")
    site.long_one_may_end.clear()
    site.send_first()
    before = len(site.commits)
    site.send("c")
    site.send("d")
    site.send("long", path)
    site.send("e")
    site.may_go.set()
    wait_until(lambda: site.asked["c"].answers and site.asked["d"].answers, 10, "those before it are answered")
    assert site.asked["long"].answers == []
    site.long_one_may_end.set()
    wait_until(lambda: all(site.answers().values()), 10, "all are answered")
    assert site.commits[before:] == [["first", "c", "d"], ["e"]]


@pytest.mark.usefixtures("at_leisure")
def test_who_has_something_written_later_cannot_have_it_written_now(site, monkeypatch):
    """Its own answer is not there yet: it would be given before anybody knows whether it is true."""
    told = []

    def impatient(_request, environ):
        site._take(_request, environ)
        if environ["NAME"] == "b":
            with pytest.raises(RuntimeError) as raised:
                finish_others()
            told.append(str(raised.value))

    monkeypatch.setattr(site.lane, "_take", impatient)
    gathered(site, "a", "b", "c")
    assert len(told) == 1
    assert site.commits == [["first", "a", "b", "c"]]
