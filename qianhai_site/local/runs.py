"""Does the site run already, and what has a killed run left?"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import LocalError, processes


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the right to run the site on the folder `data`; raise LocalError where another run holds it."""
    # The kernel gives the lock back when we are killed, whatever the signal.
    with (data / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = last(data)
            raise LocalError(
                f"The site already runs at {running.get('site', 'another port')} "
                f"(process {running.get('process', 'unknown')}): end that first, with Ctrl-C in its window."
            ) from None
        yield


@contextmanager
def marked(data: Path, **facts: str | int) -> Iterator[str]:
    """End what a killed run has left, then give the mark of this one; mark and `facts` are on record while it lasts."""
    left = last(data).get("mark")
    if left and (ended := processes.end_marked(str(left))):
        print(f"Ended what a killed run had left: {', '.join(ended)}.", flush=True)
    mark = secrets.token_hex(8)
    _file(data).unlink(missing_ok=True)
    record(data, mark=mark, process=os.getpid(), **facts)
    try:
        yield mark
    finally:
        processes.end_marked(mark)
        _file(data).unlink(missing_ok=True)


def record(data: Path, **facts: str | int) -> None:
    """Add `facts` to the record of the run."""
    draft = _file(data).with_suffix(".new")
    draft.write_text(json.dumps({**last(data), **facts}))
    draft.rename(_file(data))


def last(data: Path) -> dict[str, str | int]:
    """Return the facts of the run that goes on, or that was killed; none where the last one ended in good order."""
    try:
        content = json.loads(_file(data).read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _file(data: Path) -> Path:
    return data / "run.json"
