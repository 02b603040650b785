"""The PostgreSQL of the local run: starts without set-up, survives being killed, and is nobody else's."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from qianhai_site.local import LocalError, places, postgres
from qianhai_site.local.postgres import Cluster, InUseError


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the server's account can enter, which pytest's own are not when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="qianhai-test-", dir=postgres.temporary_place()))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(home: Path) -> Iterator[Cluster]:
    made = Cluster(home, throw_away=False)
    yield made
    made.stop()


def write(cluster: Cluster, word: str) -> None:
    with psycopg.connect(cluster.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        connection.execute("INSERT INTO words VALUES (%s)", [word])


def words(cluster: Cluster) -> list[str]:
    with psycopg.connect(cluster.url) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM words ORDER BY word")]


def test_it_starts_stops_and_starts_again_with_its_rows(cluster: Cluster) -> None:
    cluster.start()
    write(cluster, "kept")
    process = cluster.process
    cluster.stop()
    assert process is not None
    assert process.returncode == 0
    assert not (cluster.data / "postmaster.pid").exists()
    began = time.monotonic()
    cluster.start()
    assert words(cluster) == ["kept"]
    assert time.monotonic() - began < 5


def test_it_has_what_the_site_needs(cluster: Cluster) -> None:
    cluster.start()
    with psycopg.connect(cluster.url) as connection:
        for extension in ("pg_trgm", "unaccent", "fuzzystrmatch"):
            connection.execute(f"CREATE EXTENSION {extension}")
        facts = connection.execute(
            "SELECT current_setting('server_version_num')::int >= 150000, current_setting('server_encoding'), "
            "current_setting('fsync'), 'É' ILIKE 'é'"
        ).fetchone()
    assert facts == (True, "UTF8", "on", True)


def test_committed_rows_survive_the_servers_death(cluster: Cluster) -> None:
    cluster.start()
    write(cluster, "before")
    assert cluster.process is not None
    cluster.process.kill()
    cluster.process.wait()
    assert not cluster.is_running
    cluster.start()
    assert words(cluster) == ["before"]


def test_nobody_listens_on_a_port_and_nobody_else_reaches_the_socket(cluster: Cluster) -> None:
    cluster.start()
    assert cluster.process is not None
    server = psutil.Process(cluster.process.pid)
    assert [c for c in server.net_connections("inet") if c.status == psutil.CONN_LISTEN] == []
    assert stat.S_IMODE(cluster.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.data.stat().st_mode) == 0o700
    if places.is_root():
        assert server.username() == places.UNPRIVILEGED


def test_only_one_process_manages_it(cluster: Cluster) -> None:
    cluster.start()
    with pytest.raises(InUseError, match=str(cluster.home)):
        Cluster(cluster.home).start()
    write(cluster, "undisturbed")
    assert words(cluster) == ["undisturbed"]


MANAGER = """
import sys, time
from pathlib import Path
from qianhai_site.local.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.start()
print(cluster.process.pid, flush=True)
time.sleep(600)
"""


def test_a_killed_manager_leaves_no_server_and_no_lock(cluster: Cluster) -> None:
    manager = subprocess.Popen(
        [sys.executable, "-c", MANAGER, str(cluster.home)], cwd=places.REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert manager.stdout is not None
    with manager.stdout:
        server = psutil.Process(int(manager.stdout.readline()))
        write(cluster, "from the first life")
        manager.kill()
        manager.wait()
    # Started at once: the old server may still be ending.
    cluster.start()
    assert words(cluster) == ["from the first life"]
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def test_a_process_id_file_that_names_a_stranger_does_not_keep_it_from_starting(cluster: Cluster) -> None:
    cluster.start()
    write(cluster, "kept")
    assert cluster.process is not None
    cluster.process.kill()
    cluster.process.wait()
    # After a restart of the machine the number of the dead server may be anybody's, here that of this process.
    id_file = cluster.data / "postmaster.pid"
    id_file.write_text("\n".join([str(os.getpid()), *id_file.read_text().splitlines()[1:]]) + "\n")
    cluster.start()
    assert words(cluster) == ["kept"]


def test_a_killed_making_of_the_files_is_begun_anew(cluster: Cluster) -> None:
    (cluster.home / "data.new").mkdir()
    (cluster.home / "data.new" / "PG_VERSION").write_text("18\n")
    cluster.start()
    write(cluster, "whole")
    assert words(cluster) == ["whole"]


def test_a_long_path_gets_a_short_socket(home: Path) -> None:
    deep = home / ("a-folder-with-a-long-name-" * 3) / ("and-another-one-" * 3)
    deep.mkdir(parents=True)
    home.chmod(0o755)
    cluster = Cluster(deep)
    try:
        cluster.start()
        write(cluster, "reached")
        folder = cluster.socket
        assert len(os.fsencode(folder)) < postgres.LONGEST_SOCKET_FOLDER
    finally:
        cluster.stop()
    assert not folder.exists()


def test_a_killed_run_leaves_no_folder_of_its_socket_for_ever(home: Path) -> None:
    deep = home / ("a-folder-with-a-long-name-" * 4)
    deep.mkdir()
    home.chmod(0o755)
    left = home / "left"
    left.mkdir()
    (deep / "socket-lies-in").write_text(str(left))
    cluster = Cluster(deep)
    try:
        cluster.start()
        assert not left.exists()
    finally:
        cluster.stop()


def test_files_of_another_version_are_left_alone(cluster: Cluster) -> None:
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(LocalError, match="made by PostgreSQL 9"):
        cluster.start()
    assert [path.name for path in cluster.data.iterdir()] == ["PG_VERSION"]


def test_a_server_that_is_thrown_away_leaves_nothing() -> None:
    with postgres.throw_away_cluster() as cluster:
        with psycopg.connect(cluster.url) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
        process, home = cluster.process, cluster.home
    assert process is not None
    assert process.poll() is not None
    assert not home.exists()


def test_ctrl_c_in_a_terminal_does_not_reach_the_server(cluster: Cluster) -> None:
    cluster.start()
    assert cluster.process is not None
    # A terminal sends SIGINT to the processes of one session alone.
    assert os.getsid(cluster.process.pid) != os.getsid(0)
