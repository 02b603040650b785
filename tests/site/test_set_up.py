"""What does a process of the web server begin with?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# What a process would hand on to those that are forked from it.
_SET_UP = """
import gc, json, os, sys, threading
from django.conf import settings
from qianhai_site import serving
before = set(os.listdir("/proc/self/fd"))
serving.set_up()
from django.db import connections
from django.template import engines
print(json.dumps({
    "threads": threading.active_count(),
    "connections": [one.alias for one in connections.all(initialized_only=True) if one.connection],
    "files": sorted(os.readlink(f"/proc/self/fd/{fd}") for fd in set(os.listdir("/proc/self/fd")) - before
                    if os.path.exists(f"/proc/self/fd/{fd}")),
    "views": settings.ROOT_URLCONF in sys.modules and "home.models" in sys.modules,
    "frozen": gc.get_freeze_count() > 100_000,
}))
"""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux lists a process's files there")
def test_what_is_set_up_before_the_fork_is_nothing_that_two_processes_cannot_share():
    """And needs no database, so that a web server starts while that restarts."""
    nobody = {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/nothing"}
    done = subprocess.run(
        [sys.executable, "-c", _SET_UP], env={**os.environ, **nobody}, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found == {"threads": 1, "connections": [], "files": [], "views": True, "frozen": True}
