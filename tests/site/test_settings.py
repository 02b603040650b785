"""qianhai_site/settings: production refuses to start unsafely, and is clean when it starts."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DJANGO_SETTINGS_MODULE": "qianhai_site.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "SITE_URL": "https://qianhai.example",
    "ALLOWED_HOSTS": "qianhai.example",
}


def check(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run the deployment check with the good environment, changed."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {name: value for name, value in {**kept, **GOOD, **changes}.items() if value is not None}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_deployment_check_is_clean():
    result = check()
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


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
