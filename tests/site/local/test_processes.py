"""Processes of the local run: revived when they die, ended with all that they started, told from strangers."""

import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from qianhai_site.local import processes
from qianhai_site.local.processes import Child

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
# Starts a process that ignores the orderly end, says so, and waits.
PARENT = """
import subprocess, sys, time
code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
below = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
below.stdout.readline()
open(sys.argv[1], "w").write(str(below.pid))
time.sleep(600)
"""


@pytest.fixture
def mark() -> Iterator[str]:
    made = secrets.token_hex(8)
    yield made
    processes.end_marked(made, seconds=0.1)


def child(mark: str, command: list[str] = SLEEPER, name: str = "sleeper") -> Child:
    return Child(name, command, {**os.environ, processes.MARK: mark})


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_child_that_dies_is_started_again_after_a_pause_that_grows(mark: str) -> None:
    made = child(mark, [sys.executable, "-c", "raise SystemExit(3)"])
    made.start()
    news: list[str] = []

    def twice() -> bool:
        if line := made.look_after():
            news.append(line)
        return len(news) == 2

    wait_for(twice)
    assert news == [
        "The sleeper has ended (exit code 3); it is started again in 0.5 s.",
        "The sleeper has ended (exit code 3); it is started again in 1 s.",
    ]


def test_a_child_that_is_asked_to_start_again_is_no_death(mark: str) -> None:
    made = child(mark)
    made.start()
    assert made.process is not None
    first = made.process.pid
    made.restart()
    wait_for(lambda: made.look_after() is None and made.process is not None and made.process.pid != first)
    assert made.deaths == 0
    processes.end_all([made], 10)


def test_what_a_killed_child_had_started_is_ended_too(mark: str, tmp_path) -> None:
    note = tmp_path / "below"
    made = child(mark, [sys.executable, "-c", PARENT, str(note)])
    made.start()
    wait_for(lambda: note.exists() and note.read_text() != "")
    below = psutil.Process(int(note.read_text()))
    assert made.process is not None
    made.process.kill()
    made.process.wait()
    assert below.is_running()
    assert made.look_after() == "The sleeper has ended (SIGKILL); it is started again in 0.5 s."
    wait_for(lambda: not below.is_running() or below.status() == psutil.STATUS_ZOMBIE)


def test_the_end_is_orderly_first_and_by_force_after_the_deadline(mark: str, tmp_path) -> None:
    note = tmp_path / "ready"
    deaf = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    deaf += "open(sys.argv[1], 'w').write('x'); time.sleep(600)"
    gentle, stubborn = child(mark), child(mark, [sys.executable, "-c", deaf, str(note)], name="stubborn one")
    for made in (gentle, stubborn):
        made.start()
    wait_for(lambda: note.exists() and note.read_text() == "x")
    ends = [made.process for made in (gentle, stubborn)]
    processes.end_all([gentle, stubborn], 0.5)
    assert [end.returncode for end in ends if end] == [-signal.SIGTERM, -signal.SIGKILL]


def test_a_child_shares_our_group_but_not_our_ctrl_c(mark: str) -> None:
    made = child(mark)
    made.start()
    assert made.process is not None
    assert os.getpgid(made.process.pid) == os.getpgid(0)
    os.kill(made.process.pid, signal.SIGINT)
    processes.end_all([made], 10)
    # Had it heard the first signal, that would be what ended it.
    assert made.process.returncode == -signal.SIGTERM


def test_only_what_carries_the_mark_is_ended(mark: str) -> None:
    ours, strangers = child(mark), child(f"{mark}-other")
    ours.start()
    strangers.start()
    assert ours.process is not None
    # Until it is the command itself: while one program becomes another, a process shows no environment.
    running = psutil.Process(ours.process.pid)
    wait_for(lambda: running.cmdline()[1:2] == ["-c"] and running.environ().get(processes.MARK) == mark)
    processes.end_marked(mark, seconds=5)
    assert not ours.is_running
    assert strangers.is_running
    processes.end_all([strangers], 5)
