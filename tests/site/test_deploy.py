"""deploy/*.service, .env.example and docs/operating.md: what an operator copies starts what `make run` starts."""

import re
import shutil
import subprocess

import pytest

from qianhai_site.local import places
from qianhai_site.local.site import Addresses, web_command

UNITS = sorted((places.REPOSITORY / "deploy").glob("*.service"))
WEB = web_command(Addresses("127.0.0.1", 8000, 0))[1:]
WORKER = ["manage.py", "run_worker", "--concurrency", "8", "--jobs", "2"]


def started_by(name):
    text = (places.REPOSITORY / "deploy" / name).read_text()
    [command] = re.findall(r"^ExecStart=\S+/python (.+)$", text, re.MULTILINE)
    return command.split()


def test_the_units_start_what_make_run_starts():
    assert [unit.name for unit in UNITS] == ["qianhai-web.service", "qianhai-worker.service"]
    assert started_by("qianhai-web.service") == WEB
    assert started_by("qianhai-worker.service") == WORKER


def test_the_page_for_operators_has_the_same_commands():
    page = (places.REPOSITORY / "docs" / "operating.md").read_text().replace("\\\n", " ")
    commands = [line.split()[1:] for line in page.splitlines() if line.startswith("    python ")]
    assert WEB in commands
    assert WORKER in commands


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_knows_every_word_of_the_units(unit, tmp_path):
    # Only the program's path is none of this machine.
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/srv/qianhai/site/.venv/bin/python", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if unit.name in line] == []
    assert done.returncode == 0


def test_the_shell_reads_the_example_of_the_settings():
    file = places.REPOSITORY / ".env.example"
    said = subprocess.run(
        ["sh", "-euc", '. "$1"; printf %s "$MAIL_FROM"', "sh", file], capture_output=True, text=True, check=True
    )
    assert said.stdout == "Qianhai <hello@qianhai.example>"
