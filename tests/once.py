"""What is made once for a run of the tests, however many processes and parts it has, and copied by all who need it.

TESTS_SHARED names the run's folder. Whoever starts the run sets it, `make test` or else pytest's first process. The
names of the run's databases begin as the folder's does.
"""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

SHARED = "TESTS_SHARED"


@contextmanager
def shared_folder() -> Iterator[None]:
    """Let the processes of this run share what they make, and take it away afterwards, unless somebody else does."""
    if os.environ.get(SHARED):
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="qianhai-shared-"))
    os.environ[SHARED] = str(folder)
    try:
        yield
    finally:
        del os.environ[SHARED]
        for name in (folder / "made").glob("*"):
            drop_database(name.read_text())
        shutil.rmtree(folder)


def made_once(what: str, make: Callable[[Path, str], None]) -> tuple[Path, str] | None:
    """Return the folder and the database of what `make(folder, database)` makes, made now if nobody has made it yet.

    Whoever asks meanwhile waits. Outside of a run of the tests nothing is shared: then it is None.
    """
    if not os.environ.get(SHARED):
        return None
    shared = Path(os.environ[SHARED])
    made = shared / "made"
    made.mkdir(parents=True, exist_ok=True)
    database = f"{re.sub(r'\W', '_', shared.name)}_{what}".lower()
    with (shared / f"{what}.lock").open("w") as lock:
        # The kernel gives it back when we are killed.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / what).exists():
            # What a killed process may have left.
            drop_database(database)
            shutil.rmtree(shared / what, ignore_errors=True)
            (shared / what).mkdir()
            make(shared / what, database)
            (made / what).write_text(database)
    return shared / what, database


def already_made(what: str) -> str | None:
    """Return the database of what somebody has made once, None where nobody has."""
    made = Path(os.environ.get(SHARED) or os.devnull) / "made" / what
    return made.read_text() if made.exists() else None


def copy_database(source: str, copy: str) -> None:
    """Make the database `copy` with all that `source` has, to which nobody may be connected."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(source)))


def drop_database(name: str) -> None:
    """Drop a database, if there is one of that name."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
