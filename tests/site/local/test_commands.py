"""qianhai_site/local/commands.py: which parts does a run of the tests have?"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from qianhai_site.local import commands


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What Python was called with; each call ends with the number of those before it."""
    made: list[list[str]] = []

    @contextmanager
    def database() -> Iterator[str]:
        yield "postgresql://nobody@127.0.0.1:1/nothing"

    def call(arguments: list[str], _environment: dict[str, str]) -> int:
        made.append(arguments)
        return len(made) - 1

    monkeypatch.setattr(commands, "_any_database", database)
    monkeypatch.setattr(commands, "_call", call)
    monkeypatch.setattr(commands.browser, "find", lambda: "chromium")
    return made


def test_what_measures_runs_after_all_others_and_nothing_runs_twice(calls: list[list[str]]) -> None:
    assert commands.test([]) == 1, "the second part failed, and that is told"
    quick, sites, alone = calls
    assert "-n" in quick
    assert "-n" in sites
    assert "-n" not in alone
    # What a test is marked with decides which one of the three takes it.
    for marks in itertools.product([False, True], repeat=3):
        known = dict(zip(("journey", "fault", "measured"), marks, strict=True))
        assert [eval(part[-1], {}, known) for part in (quick, sites, alone)].count(True) == 1, known


def test_whoever_chooses_gets_one_run_of_just_that(calls: list[list[str]]) -> None:
    assert commands.test(["-k", "storm"]) == 0
    assert calls == [["-m", "pytest", "-k", "storm"]]
