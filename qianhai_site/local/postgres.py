"""How does a PostgreSQL server of our own start, survive and stop, without set-up?

The programs come from a package (`binaries`). The server listens on a Unix socket alone, in a folder that only its
account and root can enter: no port to collide on, no password to keep. As root it runs as `nobody`, since PostgreSQL
refuses root. It has a session of its own, so that Ctrl-C reaches the site first and the database last.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from . import LocalError, binaries, places

ROLE = "qianhai"
DATABASE = "qianhai"
# A Unix socket's whole path has room for 107 bytes on Linux, 103 elsewhere; '/.s.PGSQL.5432' is part of it.
LONGEST_SOCKET_FOLDER = 85
# For tests: a crash of the machine may lose everything, and writing is quicker.
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}


class InUseError(LocalError):
    """Another process manages the server."""


class Cluster:
    """One PostgreSQL server and its data below `home`. Only one process at a time may manage it."""

    def __init__(self, home: Path, *, throw_away: bool = False) -> None:
        """Name the server below `home`; nothing is started. `throw_away` trades safety for speed."""
        self.home = home
        self.data = home / "data"
        self.throw_away = throw_away
        self.process: subprocess.Popen[bytes] | None = None
        self.programs = Path()
        self.socket = home / "socket"
        self._lock: int | None = None

    @property
    def url(self) -> str:
        """Return the DATABASE_URL of the running server."""
        return f"postgresql://{ROLE}@{quote(str(self.socket), safe='')}/{DATABASE}"

    def start(self) -> None:
        """Start the server, made first if need be, and return when it answers.

        Clears up after a killed run. Raises LocalError where it cannot start,
        InUseError where another process manages it.
        """
        self.claim()
        self.programs = binaries.programs()
        self._end_leftover()
        self._make_socket_folder()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._check_version()
        # A postmaster killed a moment ago may be a zombie, and its children may still hold its memory, for a second
        # or two: the server then refuses to start, so it is asked again.
        retry_until = time.monotonic() + 15
        while not self._started():
            if time.monotonic() > retry_until:
                raise LocalError(f"PostgreSQL does not start; its last word: {self._last_word()}")
            time.sleep(0.2)

    def stop(self) -> None:
        """End the server in good order: clients are cut off, everything is written. Harmless when it is not running."""
        if self.process is not None:
            for how, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                with contextlib.suppress(ProcessLookupError):
                    self.process.send_signal(how)
                try:
                    self.process.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
            self.process = None
        if self.socket.parent != self.home:
            shutil.rmtree(self.socket, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def claim(self) -> None:
        """Take the sole right to manage the server, kept until `stop`. Raises InUseError where it is taken."""
        if self._lock is not None:
            return
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o755)
        self._lock = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # The kernel gives it back when we are killed, whatever the signal.
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = None
            raise InUseError(f"The database in {self.home} is in use: end the run that uses it first.") from None

    @property
    def is_running(self) -> bool:
        """Tell whether the server's process lives."""
        return self.process is not None and self.process.poll() is None

    def _end_leftover(self) -> None:
        """End the server of a killed run, and drop a process id file that now names a stranger."""
        id_file = self.data / "postmaster.pid"
        try:
            leftover = psutil.Process(int(id_file.read_text().splitlines()[0]))
            ours = leftover.status() != psutil.STATUS_ZOMBIE and str(self.data) in leftover.cmdline()
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
            return
        if not ours:
            # PostgreSQL takes any living process of that number for a server. What is left of ours, if anything,
            # it still finds by its shared memory.
            id_file.unlink(missing_ok=True)
            return
        for how, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            with contextlib.suppress(psutil.Error):
                leftover.send_signal(how)
                leftover.wait(seconds)
            if not leftover.is_running():
                return

    def _make_socket_folder(self) -> None:
        if self.socket.parent == self.home and len(os.fsencode(self.socket)) > LONGEST_SOCKET_FOLDER:
            record = self.home / "socket-lies-in"
            if record.exists():  # A killed run has left its own.
                shutil.rmtree(record.read_text(), ignore_errors=True)
            self.socket = Path(tempfile.mkdtemp(prefix="qianhai-", dir="/tmp"))
            record.write_text(str(self.socket))
        self.socket.mkdir(mode=0o700, exist_ok=True)
        self._give_away(self.socket)

    def _give_away(self, path: Path) -> None:
        if places.is_root():
            shutil.chown(path, places.UNPRIVILEGED, places.group_of(places.UNPRIVILEGED))

    def _initialise(self) -> None:
        """Make the data folder; a killed attempt leaves none that a later start would take for whole."""
        shutil.rmtree(self.data, ignore_errors=True)
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._give_away(draft)
        # PostgreSQL's own C.UTF-8 sorts and folds alike on every machine, whatever locales are installed there.
        command: list[str | Path] = [
            self.programs / "initdb",
            "-D",
            draft,
            "-U",
            ROLE,
            "--auth=trust",
            "--encoding=UTF8",
        ]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--no-sync"] if self.throw_away else []
        user = places.UNPRIVILEGED if places.is_root() else None
        made = subprocess.run(
            command,
            user=user,
            group=places.group_of(user) if user else None,
            extra_groups=[] if user else None,
            cwd=draft,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if made.returncode:
            raise LocalError(f"PostgreSQL cannot make its files: {made.stdout.decode(errors='replace').strip()}")
        draft.rename(self.data)

    def _check_version(self) -> None:
        ours = subprocess.run([self.programs / "postgres", "--version"], capture_output=True, text=True, check=True)
        major = ours.stdout.split()[-1].split(".")[0]
        theirs = (self.data / "PG_VERSION").read_text().strip()
        if theirs != major:
            raise LocalError(
                f"The local database was made by PostgreSQL {theirs}, this is {major}: "
                "set DATABASE_URL to a server that has your rows, or drop them with `make clean`."
            )

    def _started(self) -> bool:
        """Start the server's process; tell whether it answers, or else has ended. Raises LocalError when it hangs."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            **(THROW_AWAY if self.throw_away else {}),
        }
        command: list[str] = [str(self.programs / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        user = places.UNPRIVILEGED if places.is_root() else "-"
        with (self.home / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                # SIGINT is PostgreSQL's order to stop quickly and in good order.
                places.leashed(signal.SIGINT, command, user=user),
                cwd=self.home,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        # After a crash the server answers only when it has read its journal again.
        deadline = time.monotonic() + 120
        while self.process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                self._create_database()
                return True
            if time.monotonic() > deadline:
                self.stop()
                raise LocalError(f"PostgreSQL does not answer; its last word: {self._last_word()}")
            time.sleep(0.03)
        return False

    def _create_database(self) -> None:
        with psycopg.connect(
            host=str(self.socket), port=5432, user=ROLE, dbname="postgres", autocommit=True, connect_timeout=5
        ) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')

    def _last_word(self) -> str:
        lines = (self.home / "server.log").read_text(errors="replace").splitlines()
        return next((line for line in reversed(lines) if "FATAL" in line or "ERROR" in line), "none")


def _environment() -> dict[str, str]:
    """Return an environment without the caller's PGDATA, PGPORT, LANG and the like."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@contextlib.contextmanager
def throw_away_cluster() -> Iterator[Cluster]:
    """Give a running, empty server; it and its files are gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="qianhai-postgres-", dir=temporary_place()))
    cluster = Cluster(home, throw_away=True)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        # What initdb had started may go on writing for a moment when we are told to end meanwhile.
        patience = time.monotonic() + 5
        while home.exists() and time.monotonic() < patience:
            shutil.rmtree(home, ignore_errors=True)


def temporary_place() -> str:
    """Return the folder for temporary files, one that the server's account can reach."""
    usual = tempfile.gettempdir()
    return usual if not places.is_root() or places.can_reach(Path(usual)) else "/var/tmp"  # noqa: S108
