"""The real worker command in a process of its own."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

REPOSITORY = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """Return the URL of the tests' database."""
    wanted: dict[str, Any] = connection.settings_dict
    user, password, host = (quote(str(wanted[part]), safe="") for part in ("USER", "PASSWORD", "HOST"))
    login = f"{user}:{password}@" if password else f"{user}@" if user else ""
    port = f":{wanted['PORT']}" if wanted["PORT"] else ""
    return f"postgresql://{login}{host}{port}/{wanted['NAME']}"


class Worker:
    """A running `manage.py run_worker`; what it logs is in `log`."""

    def __init__(self, log: Path, mail_port: int, *, concurrency: int = 4, **environment: str) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run_worker", "--concurrency", str(concurrency)],
                cwd=REPOSITORY,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
                    "DATABASE_URL": database_url(),
                    # Else each would make a folder of its own, and a killed one leave it.
                    "TEST_DATA_DIR": str(settings.DATA_DIR),
                    "MAIL_HOST": "127.0.0.1",
                    "MAIL_PORT": str(mail_port),
                    "MAIL_SECURITY": "none",
                    **environment,
                },
                stdout=output,
                stderr=output,
            )

    def kill(self) -> None:
        """End the process as a crash or the kernel would."""
        self.process.kill()
        self.process.wait(10)

    def stop(self, seconds: float) -> int:
        """Ask the process to end, and return its exit code. Raises TimeoutExpired after `seconds`."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def said(self) -> str:
        """Return what it has logged."""
        return self.log.read_text()


@contextlib.contextmanager
def running_worker(log: Path, mail_port: int, *, concurrency: int = 4, **environment: str) -> Iterator[Worker]:
    """Run a worker while the block runs, and leave none behind."""
    worker = Worker(log, mail_port, concurrency=concurrency, **environment)
    try:
        yield worker
    finally:
        if worker.process.poll() is None:
            worker.kill()
