"""A PostgreSQL server of the tests' own: it can be crashed under a worker without hurting any other test."""

import contextlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg
import pytest
from django.db import connection, connections
from django.db.utils import load_backend

from partners.delivery.message import OutgoingMessage
from qianhai_site.local import binaries
from qianhai_site.local.postgres import Cluster, temporary_place
from tests.faults.worker import database_url


class OwnServer:
    """The server. `url` is the DATABASE_URL of its one database, whose tables are there."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.url = cluster.url

    def crash(self) -> None:
        """End every process of the server at once, nothing written: what `pg_ctl stop -m immediate` does."""
        assert self.cluster.process is not None
        self.cluster.process.send_signal(signal.SIGQUIT)
        self.cluster.process.wait(30)

    def start(self) -> None:
        """Start it again, and return when it has read its journal and answers."""
        self.cluster.start()

    def ask(self, question: str) -> Any:
        """Return the one value that the SQL `question` has for an answer."""
        with psycopg.connect(self.url, autocommit=True) as asking:
            row = asking.execute(question).fetchone()
            assert row is not None
            return row[0]


@pytest.fixture(scope="session")
def server_with_tables(django_db_setup: None) -> Iterator[OwnServer]:
    """Make the server once for all tests of the run, with the tables of the run's own database."""
    # Not in pytest's own folder, which the server's account cannot enter where we are root.
    home = Path(tempfile.mkdtemp(prefix="qianhai-faults-", dir=temporary_place()))
    cluster = Cluster(home, throw_away=True)
    try:
        cluster.start()
        copy_tables(database_url(), cluster.url)
        # Made in a hurry, used in earnest: a server that may forget commits would make a crash test of no worth.
        cluster.stop()
        cluster.throw_away = False
        cluster.start()
        yield OwnServer(cluster)
    finally:
        cluster.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def own_server(server_with_tables: OwnServer, django_db_blocker: Any) -> Iterator[OwnServer]:
    """Let this test work on a server of the tests' own, and remove its messages afterwards."""
    with django_db_blocker.unblock(), working_on(server_with_tables.url):
        try:
            yield server_with_tables
        finally:
            connection.close()
            OutgoingMessage.objects.all().delete()


def copy_tables(source: str, target: str) -> None:
    """Give the empty database at `target` what the one at `source` has. Migrating takes ten times as long."""
    programs = binaries.programs()
    dumped = subprocess.run(
        [programs / "pg_dump", "--no-owner", "--no-privileges", "--dbname", source],
        stdout=subprocess.PIPE,
        check=True,
    )
    subprocess.run(
        [programs / "psql", "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "--dbname", target],
        input=dumped.stdout,
        stdout=subprocess.DEVNULL,
        check=True,
    )


@contextlib.contextmanager
def working_on(url: str) -> Iterator[None]:
    """Let this thread's rows be those of the database at `url` while the block runs."""
    before = connections["default"]
    settings = {**before.settings_dict, **dj_database_url.parse(url)}
    connections["default"] = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = before
