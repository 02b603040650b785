"""qianhai_site/local/commands.py: which parts does a run of the tests have?"""

import itertools
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qianhai_site.local import commands

# Writes down which process runs it.
PROBE = """
import os, pytest
@pytest.mark.parametrize("number", range(6))
def test_it(number):
    with open(f"{__file__}.log", "a") as log:
        print(os.environ["PYTEST_XDIST_WORKER"], file=log)
"""


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


def test_those_of_a_file_share_a_process_and_what_it_has_started(tmp_path: Path) -> None:
    """Asked of pytest itself: the groups of pytest-xdist 3.8 say the same, and pytest 9.2 does not hear it."""
    _quick, sites, _alone = commands.PARTS
    for name in "abc":
        (tmp_path / f"test_{name}.py").write_text(PROBE)
    options = [*sites[: sites.index("-m")], "-p", "no:django", "-p", "no:cacheprovider"]
    subprocess.run([sys.executable, "-m", "pytest", *options], cwd=tmp_path, check=True)
    processes = [file.read_text().split() for file in tmp_path.glob("*.log")]
    assert [(len(lines), len(set(lines))) for lines in processes] == [(6, 1)] * 3
