"""How does the whole site run on one machine: database, web server, worker and mail inbox, from one command?"""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from . import LocalError, configuration, credentials, places, ports, postgres, prepare, processes, runs
from .processes import Child
from .reload import Reload

# The inbox's page lies this far above the site's port: 8025 beside 8000.
INBOX_OFFSET = 25
# The web server and the worker may finish what they are at for this long (seconds).
PATIENCE = 10.0
# Two cores serve two workers. So many threads answer from memory, and take in what is sent; others render (serving.py).
WEB_WORKERS, WEB_THREADS = 2, 4


class Stopped(Exception):  # noqa: N818  not an error: a person or a supervisor wants the end
    """Somebody asked the run to end."""


@dataclass(frozen=True)
class Addresses:
    """Where the parts of one run listen."""

    host: str
    port: int
    smtp_port: int

    @property
    def site(self) -> str:
        """Return the address to open in a browser on this machine."""
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104  compared, not bound
        return f"http://[{shown}]:{self.port}" if ":" in shown else f"http://{shown}:{self.port}"

    @property
    def inbox_port(self) -> int:
        """Return the port of the inbox's page."""
        return self.port + INBOX_OFFSET


def run(host: str, port: int, *, development: bool) -> None:
    """Serve the site until Ctrl-C or SIGTERM; then end every process.

    Raises LocalError where it cannot start: a taken port, a run that goes on elsewhere, a database that fails.
    """
    began = time.monotonic()
    data = places.data_dir()
    with ExitStack() as stack:
        stack.enter_context(runs.only_one(data))
        where = _claim_addresses(host, port)
        mark = stack.enter_context(runs.marked(data, site=where.site, smtp_port=where.smtp_port))
        _listen_for_the_end()
        try:
            _start_and_serve(stack, where, mark, began, development=development)
        except Stopped:
            say("Stopping: the web server and the worker finish what they are at ...")
        finally:
            # What the stack holds is now ended, last in first out.
            _be_deaf_but_for_impatience()
    say("Stopped.")


def _start_and_serve(stack: ExitStack, where: Addresses, mark: str, began: float, *, development: bool) -> None:
    """Start everything, leaving its end to `stack`, and look after it until Stopped is raised."""
    data = places.data_dir()
    known = credentials.load(data)
    database_url, cluster = os.environ.get("DATABASE_URL", ""), None
    if not database_url:
        cluster = postgres.Cluster(places.database_home(data))
        stack.callback(cluster.stop)
        cluster.start()
        database_url = cluster.url
        runs.record(data, database=database_url)
    environment = configuration.site_environment(
        settings=configuration.DEVELOPMENT if development else configuration.PRODUCTION,
        database_url=database_url,
        data=data,
        credentials=known,
        site_url=where.site,
        smtp_port=where.smtp_port,
    )
    environment[processes.MARK] = mark
    password = known.admin_password if prepare_site(environment, known) else None
    inbox, served = _children(where, data, environment, development=development)
    # The inbox ends last, for the worker may still be sending.
    stack.callback(processes.end_all, [inbox], 3)
    stack.callback(processes.end_all, served, PATIENCE)
    reload = stack.enter_context(Reload(places.REPOSITORY)) if development else None
    _serve([inbox, *served], cluster, reload, where, lambda: _welcome(where, password, cluster, began))


def say(line: str) -> None:
    """Print one line of the run's own, at once."""
    print(line, flush=True)


def _claim_addresses(host: str, port: int) -> Addresses:
    remedy = f"end that, or run make run PORT={port + 1 if port < 65_000 else 8000}"
    ports.claim(host, port, purpose="the site", remedy=remedy)
    ports.claim("127.0.0.1", port + INBOX_OFFSET, purpose="the mail inbox", remedy=remedy)
    return Addresses(host, port, ports.free())


def _listen_for_the_end() -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def _be_deaf_but_for_impatience() -> None:
    """Let the orderly end run through; a second Ctrl-C kills what is left of the run."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))


def prepare_site(environment: dict[str, str], known: credentials.Credentials) -> bool:
    """Bring tables, static files, demo and administrator up to date; tell whether the known password is theirs."""
    if not (places.data_dir() / "static").exists():
        say("Making tables, static files and the demo; only the first start takes this long ...")
    command = [sys.executable, "-m", prepare.__name__]
    done = subprocess.run(
        places.leashed(signal.SIGTERM, command),
        cwd=places.REPOSITORY,
        env={**environment, "DJANGO_SUPERUSER_PASSWORD": known.admin_password},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode not in {0, prepare.OTHER_PASSWORD}:
        raise LocalError(
            f"The site could not be prepared ({processes.describe(done.returncode)}); its words are above."
        )
    return done.returncode == 0


def _children(
    where: Addresses, data: Path, environment: dict[str, str], *, development: bool
) -> tuple[Child, list[Child]]:
    """Return the inbox, and the processes that run the site's own code."""
    inbox = [sys.executable, "-m", "qianhai_site.local.inbox", "--directory", str(data / "inbox")]
    inbox += ["--smtp-port", str(where.smtp_port), "--http-port", str(where.inbox_port)]
    worker = [sys.executable, "manage.py", "run_worker"]
    web = web_command(where, development=development)
    return Child("mail inbox", inbox, environment), [
        Child("worker", worker, environment, reloads=True),
        Child("web server", web, environment, reloads=True),
    ]


def web_command(where: Addresses, *, development: bool = False) -> list[str]:
    """Return the web server's command."""
    command = [sys.executable, "-m", "qianhai_site.serving", "--interface", "wsgi"]
    command += ["--host", where.host, "--port", str(where.port)]
    command += ["--workers", str(1 if development else WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)]
    # A developer's change may come while the last one still starts; a worker in its start hears no signal.
    kill_after = 1 if development else int(PATIENCE) - 2
    command += ["--respawn-failed-workers", "--workers-kill-timeout", str(kill_after), "--no-ws"]
    command += ["--log-level", "info" if development else "warning"]
    if development:
        command += ["--access-log"]
    return [*command, "qianhai_site.wsgi:application"]


def _serve(
    children: list[Child],
    cluster: postgres.Cluster | None,
    reload: Reload | None,
    where: Addresses,
    welcome: Callable[[], str],
) -> None:
    """Look after the children until the run is stopped; say `welcome` when the site first answers."""
    for child in children:
        child.start()
    answers = threading.Event()
    threading.Thread(target=wait_for_site, args=(where, answers), daemon=True).start()
    greeted = False
    while True:
        if cluster is not None and not cluster.is_running:
            say("The database has ended; it is started again.")
            cluster.start()
        _look_after(children, patient=greeted)
        if reload is not None and (changed := reload.changed()):
            say(f"Changed: {changed}; the web server and the worker start again.")
            for child in children:
                if child.reloads:
                    child.restart()
        if not greeted and answers.is_set():
            greeted = True
            say(welcome())
        time.sleep(0.1)


def _look_after(children: list[Child], *, patient: bool) -> None:
    """Start again whoever has died; raise LocalError where one dies on and on, unless we are `patient`."""
    for child in children:
        if news := child.look_after():
            say(news)
        if child.deaths >= 3 and not patient:
            raise LocalError(f"The {child.name} does not start; its words are above.")


def wait_for_site(where: Addresses, answers: threading.Event) -> None:
    """Set `answers` when the home page comes back whole."""
    host = where.site.removeprefix("http://").rsplit(":", 1)[0].strip("[]")
    while True:
        connection = http.client.HTTPConnection(host, where.port, timeout=30)
        try:
            connection.request("GET", "/")
            if connection.getresponse().status < 500:
                answers.set()
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.1)


def _welcome(where: Addresses, password: str | None, cluster: postgres.Cluster | None, began: float) -> str:
    known = f"password {password}" if password else "with the password that was set there"
    return "\n".join(
        [
            "",
            f"  Site      {where.site}/",
            f"  Admin     {where.site}/admin/    user {prepare.ADMINISTRATOR}, {known}",
            f"  Inbox     http://127.0.0.1:{where.inbox_port}/    every mail of the site ends here",
            f"  Database  {cluster.url if cluster else 'the server that DATABASE_URL names'}",
            "",
            f"Up after {time.monotonic() - began:.1f} s. Ctrl-C ends it.",
        ]
    )
