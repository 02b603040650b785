"""Where do the processes of one web server leave renderings for one another, and who takes them away?"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "qianhai-pages-"
# Seconds. A server that starts right now has made its folder, and does not hold it yet.
YOUNG = 60


@contextmanager
def folder_of_this_run() -> Iterator[str]:
    """Give a folder that nobody else may read, for as long as the server runs, and remove it.

    A server that is killed removes nothing: so each removes first what such servers of the same user have left.
    """
    _remove_what_was_left()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder, _held(Path(folder)):
        yield folder


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which is not handed to other programs; of a dead process's the kernel lets go.

    Raises BlockingIOError where somebody else holds it, OSError where it is gone or a link.
    """
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(opened)


def _remove_what_was_left() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        # Another server's, another user's, or just removed by another server that starts.
        with contextlib.suppress(OSError):
            known = folder.lstat()
            if known.st_uid == os.getuid() and time.time() - known.st_mtime > YOUNG:
                with _held(folder):
                    shutil.rmtree(folder)
