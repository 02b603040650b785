"""Which nginx do the tests put before the site? One that is there, else one that is installed now."""

import os
import shutil
import subprocess
from collections.abc import Iterator

from . import LocalError, debian, places

# NGINX itself is a variable that nginx reads. The usual place is not in the path of everybody who may run it.
USUAL = "/usr/sbin/nginx"
PACKAGE = "nginx-light"
INSTEAD = "Ask an administrator for `apt-get install nginx-light`, or name one with NGINX_PROGRAM=/path/to/nginx."


def find() -> str:
    """Return the path of an nginx that starts, installed first if need be; prints what it does.

    Raises LocalError where none can be had: what is tested with it is never left out silently.
    """
    named = os.environ.get("NGINX_PROGRAM", "")
    if named:
        if version := _version(named):
            return _chosen(named, version)
        raise LocalError(f"NGINX_PROGRAM is {named}, which does not start: name another one or leave it unset.")
    for candidate in _candidates():
        if version := _version(candidate):
            return _chosen(candidate, version)
    if places.is_root() and shutil.which("apt-get"):
        print(f"No nginx found: installing the package {PACKAGE} ...", flush=True)
        debian.install(PACKAGE, instead=INSTEAD)
        if version := _version(USUAL):
            return _chosen(USUAL, version)
    raise LocalError(f"No nginx starts. {INSTEAD}")


def _chosen(path: str, version: str) -> str:
    print(f"Web server in front: {version} ({path})", flush=True)
    return path


def _candidates() -> Iterator[str]:
    if found := shutil.which("nginx"):
        yield found
    yield USUAL


def _version(path: str) -> str:
    """Return what the program calls itself, '' where it does not start."""
    try:
        asked = subprocess.run([path, "-v"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stderr.strip().removeprefix("nginx version: ") if asked.returncode == 0 else ""
