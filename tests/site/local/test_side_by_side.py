"""Programs that run at the same time: told in order, and ended with whoever started them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from qianhai_site.local import side_by_side
from qianhai_site.local.side_by_side import Program

from .test_processes import wait_for

# Writes its number down where the test sees it, and waits.
WAITS = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
# Three of those, two at a time, in a folder that is gone when they are.
# Whoever runs the tests in the background may have had Ctrl-C ignored, which is handed down.
STARTER = """
import os, signal, sys
from tempfile import TemporaryDirectory
from qianhai_site.local.side_by_side import Program, run

signal.signal(signal.SIGINT, signal.default_int_handler)
waits, notes = sys.argv[1:]
with TemporaryDirectory(dir=notes, prefix="folder-"):
    run([Program([sys.executable, "-c", waits, f"{notes}/{n}"], dict(os.environ)) for n in range(3)], 2, print)
"""


def python(code: str) -> Program:
    return Program([sys.executable, "-c", code], dict(os.environ))


def test_they_are_told_in_their_order_with_code_and_output() -> None:
    told: list[tuple[int, int, str]] = []
    slow = "import sys, time; time.sleep(0.5); print('out'); print('前海', file=sys.stderr)"
    programs = [python(slow), python("raise SystemExit(3)"), python("import os; os.write(1, b'\\xff')")]
    side_by_side.run(programs, 2, lambda *what: told.append(what))
    assert told == [(0, 0, "out\n前海\n"), (1, 3, ""), (2, 0, "�")]


def test_no_more_run_at_a_time_than_allowed(tmp_path: Path) -> None:
    """Each finds its own note and at most one other."""
    code = f"""
import os, pathlib, time
note = pathlib.Path({str(tmp_path)!r}, str(os.getpid()))
note.touch()
time.sleep(0.2)
print(len(os.listdir(note.parent)))
note.unlink()
"""
    seen: list[int] = []
    side_by_side.run([python(code)] * 5, 2, lambda _number, _code, output: seen.append(int(output)))
    assert max(seen) == 2


@pytest.mark.parametrize(
    ("how", "code"),
    [(signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGINT, -signal.SIGINT), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_they_end_with_whoever_started_them(how: signal.Signals, code: int, tmp_path: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER, WAITS, str(tmp_path)], stderr=subprocess.DEVNULL)
    try:
        notes = [tmp_path / "0", tmp_path / "1"]
        wait_for(lambda: all(note.exists() and note.read_text() for note in notes))
        started = [psutil.Process(int(note.read_text())) for note in notes]
        starter.send_signal(how)
        assert starter.wait(15) == code
        # Those of a killed one hear it from the kernel, a moment later.
        _, left = psutil.wait_procs(started, 15 if how == signal.SIGKILL else 0)
        assert not left
        assert not (tmp_path / "2").exists(), "one was started afterwards"
        if how != signal.SIGKILL:
            assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1"], "a folder was left"
    finally:
        starter.kill()
        starter.wait()


def test_one_that_does_not_heed_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of whoever is told ends the rest as well."""
    monkeypatch.setattr(side_by_side, "PATIENCE", 0.3)
    deaf = f"""
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path({str(tmp_path / "note")!r}).write_text(str(os.getpid()))
time.sleep(600)
"""
    waits = f"""
import pathlib, time
while not pathlib.Path({str(tmp_path / "note")!r}).exists():
    time.sleep(0.02)
"""

    def fail(*_what: object) -> None:
        raise OSError("The pipe is closed.")

    with pytest.raises(OSError, match="pipe"):
        side_by_side.run([python(waits), python(deaf)], 2, fail)
    assert not psutil.pid_exists(int((tmp_path / "note").read_text()))
