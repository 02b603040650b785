"""The site as granian loads it, with its renderings of one page counted, and some answers that take their time.

The folder that PROBES names is where it writes what has happened, and looks for what it waits for.
"""

import gc
import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from qianhai_site import wsgi

_probes, _site = Path(os.environ["PROBES"]), wsgi.page_cache._application
COUNTED = "/"
PART, MOST_PARTS = b"x" * 65536, 4000


def _count(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if environ["PATH_INFO"] == COUNTED:
        with (_probes / "renderings").open("ab") as file:
            file.write(b".")
    return _site(environ, start_response)


class _Parts:
    """A body without end, or nearly: somebody must stop it."""

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(MOST_PARTS):
            yield PART

    def close(self) -> None:
        (_probes / "closed").touch()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer for the probes; the site does for all else."""
    path = environ["PATH_INFO"]
    if path == "/-digest/":
        digest, size = hashlib.sha256(), 0
        while part := environ["wsgi.input"].read(65536):
            digest.update(part)
            size += len(part)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{size} {digest.hexdigest()} {environ['CONTENT_LENGTH']}".encode()]
    if path == "/-form/":
        sent = environ["wsgi.input"].read()
        with (_probes / "forms").open("ab") as file:
            file.write(sent + b"\n")
        while sent.startswith(b"held") and not (_probes / "forms may go").exists():
            time.sleep(0.01)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [sent]
    if path == "/-parts/":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return _Parts()
    if path == "/-slow/":
        (_probes / "begun").touch()
        while not (_probes / "go").exists():
            time.sleep(0.01)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]
    if path == "/-process/":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{os.getpid()} {gc.get_freeze_count()}".encode()]
    if path == "/-failure/":
        raise ZeroDivisionError
    return wsgi.application(environ, start_response)


wsgi.page_cache._application = _count
