"""Is what a killed web server has left on the disk removed by the next one, and nothing else?"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from qianhai_site.pagecache.folder import PREFIX, YOUNG, folder_of_this_run

HOLDING = """
from qianhai_site.pagecache.folder import folder_of_this_run
with folder_of_this_run() as folder:
    print(folder, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def place(monkeypatch, tmp_path) -> Path:
    """Let servers of this test make their folders in a place of its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def server():
    """Give a process that holds a folder as a server does, and the folder."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", HOLDING], **pipes) as process:
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def grow_old(folder: Path) -> None:
    then = folder.stat().st_mtime - 2 * YOUNG
    os.utime(folder, (then, then))


def test_a_server_removes_its_own(place):
    with folder_of_this_run() as folder:
        Path(folder, "7").write_bytes(b"a page")
        assert Path(folder).stat().st_mode & 0o077 == 0
    assert list(place.iterdir()) == []


def test_what_a_killed_one_has_left_is_removed_by_the_next(server):
    process, left = server
    (left / "7").write_bytes(b"a page")
    process.kill()
    process.wait()
    grow_old(left)
    with folder_of_this_run() as folder:
        assert not left.exists()
        assert Path(folder).exists()


def test_what_a_server_that_runs_holds_stays(server):
    _process, held = server
    grow_old(held)
    with folder_of_this_run():
        assert held.exists()


def test_a_folder_that_was_just_made_stays(place):
    (place / f"{PREFIX}starting").mkdir()
    with folder_of_this_run():
        assert (place / f"{PREFIX}starting").exists()


def test_a_link_is_not_followed(place):
    (place / "precious").mkdir()
    (place / "precious" / "kept").touch()
    grow_old(place / "precious")
    (place / f"{PREFIX}link").symlink_to(place / "precious")
    os.utime(place / f"{PREFIX}link", (0, 0), follow_symlinks=False)
    with folder_of_this_run():
        assert (place / "precious" / "kept").exists()
