"""partners/management/commands: what cannot be done is said in words, before anything is begun."""

import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from partners.management.commands import run_worker
from qianhai_site.local import places


@pytest.mark.parametrize("option", ["--concurrency", "--jobs"])
@pytest.mark.parametrize("number", ["0", "-1", "x", "²"])
def test_worker_that_would_do_nothing_is_not_started(monkeypatch, option, number):
    started = []
    monkeypatch.setattr(run_worker, "run_worker", lambda **options: started.append(options))
    monkeypatch.setattr(run_worker, "give_way", lambda: None)
    monkeypatch.setattr(run_worker, "share_pools", lambda: None)
    with pytest.raises(CommandError, match=f"argument {option}: '{number}' is no number from 1 on"):
        call_command("run_worker", f"{option}={number}")
    assert started == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere/ada.zip", "cannot be written: No such file or directory"),
        ("", "exists already"),
        ("x" * 300, "too long"),
    ],
)
def test_file_that_cannot_be_written_is_said(tmp_path, name, words):
    with pytest.raises(CommandError, match=f"{words}.*Name another file"):
        call_command("person_file", "ada@example.com", "--output", str(tmp_path / name))


def test_make_run_says_what_is_wrong_with_the_database(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "rubbish")
    command = [sys.executable, "-m", "qianhai_site.local.prepare"]
    done = subprocess.run(command, cwd=places.REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith('Environment variable "DATABASE_URL" invalid')
    assert "Traceback" not in done.stderr
