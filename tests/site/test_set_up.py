"""What does a process of the web server begin with?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qianhai_site.local import configuration

# What a process would hand on to those that are forked from it.
_SET_UP = """
import gc, json, os, sys, threading
from qianhai_site import serving
before = set(os.listdir("/proc/self/fd"))
serving.set_up()
from django.conf import settings
from django.db import connections
print(json.dumps({
    "threads": threading.active_count(),
    "connections": [one.alias for one in connections.all(initialized_only=True) if one.connection],
    "files": sorted(os.readlink(f"/proc/self/fd/{fd}") for fd in set(os.listdir("/proc/self/fd")) - before
                    if os.path.exists(f"/proc/self/fd/{fd}")),
    "views": settings.ROOT_URLCONF in sys.modules and "home.models" in sys.modules,
    "frozen": gc.get_freeze_count() > 100_000,
}))
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux lists a process's files there")


def begins_with(**more: str) -> dict[str, object]:
    """Return what a process has that was set up in this environment, with no database."""
    known = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nothing", **more}
    done = subprocess.run([sys.executable, "-c", _SET_UP], env=known, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_what_is_set_up_before_the_fork_is_nothing_that_two_processes_cannot_share() -> None:
    """And needs no database, so that a web server starts while that restarts."""
    assert begins_with() == {"threads": 1, "connections": [], "files": [], "views": True, "frozen": True}


def test_a_developers_mistake_in_a_view_or_template_keeps_no_server_from_starting() -> None:
    """The page that has it shows it."""
    found = begins_with(DJANGO_SETTINGS_MODULE=configuration.DEVELOPMENT)
    assert not found["views"]
    assert not found["frozen"]
