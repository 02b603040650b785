"""A PostgreSQL server on a disk that can be filled: `python -m tests.faults.small_disk FOLDER MEGABYTES`.

The process has a mount namespace of its own, and in it a small file system of memory, which nobody else sees and which
is gone with the process however that ends. Root makes it so; others do where the kernel lets them have a user namespace
of their own. It is told on standard input what to do, one word a line, and answers each with a line of JSON.
"""

import contextlib
import ctypes
import errno
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qianhai_site.local import LocalError
from qianhai_site.local.postgres import Cluster
from tests.journeys.stack import ROOT

# What `mount` has for these flags (linux/mount.h).
MS_REC, MS_PRIVATE = 0x4000, 0x40000
BLOCK = 1 << 20


class SmallDisk:
    """The other end of the process: what a test says to it."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.small_disk", str(folder), str(megabytes)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        answer = self._hear()
        self.problem: str = answer.get("problem", "")
        self.url: str = answer.get("url", "")

    def fill(self) -> int:
        """Leave no byte free, and return how many were."""
        return int(self._say("fill")["bytes"])

    def free(self) -> None:
        """Give the space back."""
        self._say("free")

    def starts(self) -> int:
        """Return how often the server was started again since it had ended by itself."""
        return int(self._say("starts")["starts"])

    def close(self) -> None:
        """End the server, and the disk with it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    def _say(self, word: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process of the small disk has ended; its words are above"
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Give a server whose data lie on a disk of so many megabytes; `problem` says why there is none."""
    disk = SmallDisk(folder, megabytes)
    try:
        yield disk
    finally:
        disk.close()


def main(folder: Path, megabytes: int) -> None:
    """Serve until standard input ends."""
    place = folder / "disk"
    place.mkdir()
    if not hasattr(os, "unshare"):
        say(problem="this system has no mount namespaces (Linux has)")
        return
    try:
        enter_namespace()
        mount("tmpfs", place, "tmpfs", 0, f"size={megabytes}m,mode=755")
    except OSError as error:
        say(problem=f"this account may neither mount a file system nor make a user namespace to do it in: {error}")
        return
    cluster = Cluster(place / "postgres")
    # Beside the disk: others see this folder, and a server on a full disk can still be asked.
    cluster.socket = folder / "socket"
    try:
        cluster.start()
        serve(cluster, place / "filler")
    finally:
        cluster.stop()


def serve(cluster: Cluster, filler: Path) -> None:
    """Do what standard input says; start the server again when it has ended, as a supervisor does."""
    starts = 0
    ended = threading.Event()

    def supervise() -> None:
        nonlocal starts
        while not ended.wait(0.1):
            if not cluster.is_running:
                starts += 1
                with contextlib.suppress(LocalError):
                    cluster.start()

    supervisor = threading.Thread(target=supervise)
    supervisor.start()
    say(url=cluster.url)
    for line in sys.stdin:
        if line.strip() == "fill":
            say(bytes=fill(filler))
        elif line.strip() == "free":
            filler.unlink()
            say()
        elif line.strip() == "starts":
            say(starts=starts)
    ended.set()
    supervisor.join()


def fill(filler: Path) -> int:
    """Write until there is no space left."""
    size = BLOCK
    with filler.open("ab", buffering=0) as file:
        while size:
            try:
                file.write(b"\0" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                size //= 2
        return file.tell()


def enter_namespace() -> None:
    """Leave the file systems that others see. Raises OSError where the kernel does not allow it."""
    try:
        os.unshare(os.CLONE_NEWNS)
    except PermissionError:
        user, group = os.getuid(), os.getgid()
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNS)
        Path("/proc/self/setgroups").write_text("deny")
        # PostgreSQL refuses to be root, also where root is nobody else's.
        Path("/proc/self/uid_map").write_text(f"{user or 65534} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group or 65534} {group} 1")
    mount("none", Path("/"), "", MS_REC | MS_PRIVATE, "")


def mount(source: str, target: Path, kind: str, flags: int, options: str) -> None:
    """Mount as mount(2) does. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    call = (source.encode(), os.fsencode(target), kind.encode() or None, flags, options.encode() or None)
    if libc.mount(*call):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(target))


def say(**facts: Any) -> None:
    """Answer with one line."""
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main(Path(sys.argv[1]), int(sys.argv[2]))
