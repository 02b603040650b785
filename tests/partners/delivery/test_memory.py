"""partners/delivery/memory.py: what a picture took of the memory is the machine's again."""

import ctypes
import json
import subprocess
import sys

import pytest

from qianhai_site.local import places

MB = 1024 * 1024
# Threads with 100 MB each in small pieces, of which each keeps the last: what lies below that is not given back by
# itself.
SAY = """
import ctypes, json, os, sys, tempfile, threading
from pathlib import Path
from partners.delivery.memory import give_back, share_pools

def used():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def pools():
    libc = ctypes.CDLL(None)
    libc.fdopen.restype = ctypes.c_void_p
    file = tempfile.TemporaryFile()
    stream = ctypes.c_void_p(libc.fdopen(os.dup(file.fileno()), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    file.seek(0)
    return file.read().count(b"<heap nr=")

if "share" in sys.argv:
    share_pools()
kept, together = [], threading.Barrier(6)
def work():
    together.wait()
    kept.append([bytes(50_000) for _ in range(2_000)][-1])
    together.wait()
before = used()
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
done = used()
give_back()
print(json.dumps([done - before, used() - before, pools()]))
"""

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_info"), reason="this machine's C library has no pools of memory"
)


def said(*how: str) -> list[int]:
    """Return how much memory a process uses more than before, when threads are done and afterwards, and its pools."""
    ran = subprocess.run(
        [sys.executable, "-c", SAY, *how], cwd=places.REPOSITORY, capture_output=True, text=True, check=True
    )
    numbers: list[int] = json.loads(ran.stdout)
    return numbers


def test_what_nothing_needs_any_more_is_given_back():
    done, afterwards, _pools = said()
    assert done > 90 * MB
    assert afterwards < 20 * MB


def test_threads_share_two_pools():
    assert said()[2] > 2
    assert said("share")[2] == 2
