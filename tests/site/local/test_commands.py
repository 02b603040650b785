"""qianhai_site/local/commands.py: which parts does a run of the tests have?"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from qianhai_site.local import commands, places
from tests.conftest import pytest_collection_modifyitems

from .test_processes import wait_for

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
    most, journeys, alone = calls
    assert "-n" in most
    assert "-n" in journeys
    assert "-n" not in alone
    # What is not measured is in one of the first two, by its folder; what is, in the last (tests/conftest.py).
    assert [part[part.index("-m", 2) + 1] for part in calls] == ["not measured", "not measured", "measured"]
    assert f"--ignore={commands.JOURNEYS}" in most
    assert commands.JOURNEYS in journeys
    assert set(commands.MEASURED) <= set(alone)
    assert all((places.REPOSITORY / path).exists() for path in (commands.JOURNEYS, *commands.MEASURED))


@pytest.mark.parametrize(
    ("path", "mark", "is_run"),
    [
        ("tests/site/test_it.py", None, True),
        ("tests/site/test_it.py", "fault", True),
        ("tests/site/test_it.py", "measured", False),
        ("tests/site/test_it.py", "journey", False),
        ("tests/journeys/test_it.py", "journey", True),
        ("tests/journeys/test_it.py", "measured", False),
        (commands.MEASURED[0], "measured", True),
    ],
)
def test_a_test_that_no_part_would_run_ends_the_collection(path: str, mark: str | None, is_run: bool) -> None:
    def marker(name: str) -> object:
        return mark if name == mark else None

    item: Any = SimpleNamespace(path=places.REPOSITORY / path, nodeid=f"{path}::test_it", get_closest_marker=marker)
    with nullcontext() if is_run else pytest.raises(pytest.UsageError, match=item.nodeid):
        pytest_collection_modifyitems([item])


def test_whoever_chooses_gets_one_run_of_just_that(calls: list[list[str]]) -> None:
    assert commands.test(["-k", "storm"]) == 0
    assert calls == [["-m", "pytest", "-k", "storm"]]


def test_those_of_a_file_share_a_process_and_what_it_has_started(tmp_path: Path) -> None:
    """Asked of pytest itself: the groups of pytest-xdist 3.8 say the same, and pytest 9.2 does not hear it."""
    most, journeys, _alone = commands.PARTS
    for name in "abc":
        (tmp_path / f"test_{name}.py").write_text(PROBE)
    options = ["-n", "3", *commands.BY_FILE, "-p", "no:django", "-p", "no:cacheprovider"]
    assert all(set(commands.BY_FILE) <= set(part) for part in (most, journeys))
    subprocess.run([sys.executable, "-m", "pytest", *options], cwd=tmp_path, check=True)
    processes = [file.read_text().split() for file in tmp_path.glob("*.log")]
    assert [(len(lines), len(set(lines))) for lines in processes] == [(6, 1)] * 3


def test_checks_that_are_told_to_end_leave_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qianhai_site.local", "check"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    checks = subprocess.Popen(command, cwd=places.REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: any(tmp_path.iterdir()) and len(psutil.Process(checks.pid).children()) == commands.CORES)
        started = psutil.Process(checks.pid).children()
        checks.terminate()
        assert checks.communicate(timeout=15) == ("", None)
        assert checks.returncode == 128 + signal.SIGTERM
        assert not any(process.is_running() for process in started)
        assert not any(tmp_path.iterdir())
    finally:
        checks.kill()
        checks.wait()
