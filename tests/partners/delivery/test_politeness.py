"""partners/delivery/politeness.py: the worker has less of a busy processor than whoever serves visitors."""

import subprocess
import sys
from pathlib import Path

import pytest

from partners.delivery.politeness import POLITENESS
from qianhai_site.local import places

GROUPED = Path("/proc/self/autogroup")
SAY = """
import os
from pathlib import Path
from partners.delivery.politeness import give_way
give_way()
print(os.nice(0), Path("/proc/self/autogroup").read_text() if Path("/proc/self/autogroup").exists() else "")
"""


def said(*, is_service: bool) -> str:
    """Return the nice value of a process that gives way, and of its session, where the kernel groups by those."""
    return subprocess.run(
        [sys.executable, "-c", SAY],
        cwd=places.REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=is_service,
    ).stdout.strip()


@pytest.mark.parametrize("is_service", [True, False])
def test_it_gives_way_by_its_own_nice_value(is_service):
    assert said(is_service=is_service).split()[0] == str(POLITENESS)


@pytest.mark.skipif(not GROUPED.exists(), reason="this kernel shares processors by processes alone")
def test_a_service_gives_way_as_the_session_that_it_is_and_takes_no_other_session_with_it():
    before = GROUPED.read_text()
    assert said(is_service=True).endswith(f"nice {POLITENESS}")
    assert said(is_service=False).endswith(before.strip())
    assert GROUPED.read_text() == before
