"""qianhai_site/settings: production refuses to start unsafely, and is clean when it starts."""

import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from psycopg import pq
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DJANGO_SETTINGS_MODULE": "qianhai_site.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "SITE_URL": "https://qianhai.example",
    "ALLOWED_HOSTS": "qianhai.example",
}


def check(*program: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run the deployment check, or `program`, with the good environment, changed."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {name: value for name, value in {**kept, **GOOD, **changes}.items() if value is not None}
    command = [sys.executable, *(program or ("manage.py", "check", "--deploy", "--fail-level", "WARNING"))]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "SITE_URL", "ALLOWED_HOSTS"])
def test_missing_setting_is_named(name):
    result = check(**{name: None})
    assert result.returncode != 0
    assert f"{name} is not set" in result.stderr


@pytest.mark.parametrize("key", ["short", "a" * 60, "a-key-for-development-only-that-production-refuses-to-start-with"])
def test_weak_secret_is_refused(key):
    result = check(SECRET_KEY=key)
    assert result.returncode != 0
    assert "SECRET_KEY is weak" in result.stderr
    assert key not in result.stderr.split("ImproperlyConfigured")[-1]


def test_unknown_mail_security_is_refused():
    result = check(MAIL_SECURITY="ssl3")
    assert result.returncode != 0
    assert "set it to none, starttls or tls" in result.stderr


POSTMARK = {
    "MAIL_PROVIDER": "postmark",
    "POSTMARK_SERVER_TOKEN": "token",
    "MAIL_WEBHOOK_SECRET": "reports:" + secrets.token_hex(20),
}
MAILGUN = {"MAIL_PROVIDER": "Mailgun", "MAILGUN_API_KEY": "key", "MAILGUN_WEBHOOK_SIGNING_KEY": "signing"}


def test_a_provider_without_its_keys_is_refused():
    result = check(**{**POSTMARK, "POSTMARK_SERVER_TOKEN": None})
    assert result.returncode != 0
    assert "POSTMARK_SERVER_TOKEN" in result.stderr.split("ImproperlyConfigured")[-1]


# The deployment check; and what GET of each address of reports comes to: 405 where it exists. There is no database to
# look further.
CHECK_AND_ASK = """
import django
django.setup()
from django.core.management import call_command
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve
call_command("check", deploy=True, fail_level="WARNING")
for provider in ("postmark", "mailgun"):
    path = f"/mail-events/{provider}/"
    found = resolve(path)
    print(405 if found.func(RequestFactory().get(path)).status_code == 405 else 0) if found.app_names else print(404)
"""


@pytest.mark.parametrize(
    ("environment", "answers"),
    [({}, [404, 404]), (POSTMARK, [405, 404]), (MAILGUN, [404, 405])],
    ids=["none", "Postmark", "Mailgun"],
)
def test_deployment_check_is_clean_and_a_configured_provider_has_an_address(environment, answers):
    result = check("-c", CHECK_AND_ASK, **environment)
    assert result.returncode == 0, result.stderr
    said, *asked = result.stdout.splitlines()
    assert "no issues" in said
    assert [int(line) for line in asked] == answers


@pytest.mark.django_db
def test_database_compiles_no_question():
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def test_a_database_server_that_vanishes_is_given_up_within_seconds() -> None:
    """As the operating system has it of a connection that is being made: nobody here can pull a plug."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    options = {name: value for name, value in connection.settings_dict["OPTIONS"].items() if name in known}
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        begun = pq.PGconn.connect_start(make_conninfo(host=host, port=port, dbname="x", **options).encode())
        with socket.socket(fileno=os.dup(begun.socket)) as line:
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            found = [
                line.getsockopt(socket.IPPROTO_TCP, name)
                for name in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
            ]
        begun.finish()
    assert found == [5, 5, 2, 15_000]
