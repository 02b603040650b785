"""What does a benchmark need that fills a database of its own?"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]


def environment(url: str, folder: Path) -> dict[str, str]:
    """Return what a process of ours is told that works in the database at `url`, and keeps its files in `folder`."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "qianhai_site.settings.test",
        "DATABASE_URL": url,
        "TEST_DATA_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def own_database(name: str, server_url: str, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Make a database beside that of `server_url`, and remove it at the end.

    Gives its address, and the arguments with which `subprocess.run` starts a process that works in it.
    """
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield url, {"env": environment(url, folder), "cwd": ROOT, "check": True}
        finally:
            server.execute(drop)


@contextmanager
def bulk_site(
    name: str, server_url: str, folder: Path, *, articles: int = 0, requests: int = 0, is_searched: bool = False
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Make a database as `own_database` does, with what `manage.py make_bulk` makes in it."""
    with own_database(name, server_url, folder) as (url, process):
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], **process)
        if articles:
            for command in (["seed_demo", "--width", "400"], ["make_renditions"]):
                subprocess.run([sys.executable, "manage.py", *command], **process, stdout=sys.stderr)
        making = [sys.executable, "manage.py", "make_bulk", str(articles), "--requests", str(requests)]
        subprocess.run([*making, *([] if is_searched else ["--no-search"])], **process, stdout=sys.stderr)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        yield url, process
