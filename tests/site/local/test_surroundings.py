"""What the local run finds on a machine: secrets, pip's settings, a browser, the caller's environment."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from qianhai_site.local import LocalError, browser, configuration, credentials, install, places, webserver


def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    made = credentials.load(tmp_path)
    assert credentials.load(tmp_path) == made
    assert credentials.load(tmp_path / "..").secret_key != made.secret_key
    assert stat.S_IMODE((tmp_path / "credentials.json").stat().st_mode) == 0o600
    assert len(made.secret_key) >= 50
    assert len(made.admin_password) >= 15


def test_a_damaged_file_of_secrets_is_named(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text('{"secret_key": 1}')
    with pytest.raises(LocalError, match=r"credentials\.json is damaged: delete it"):
        credentials.load(tmp_path)


def site_environment(tmp_path: Path) -> dict[str, str]:
    return configuration.site_environment(
        settings=configuration.PRODUCTION,
        database_url="postgresql://here/qianhai",
        data=tmp_path,
        credentials=credentials.Credentials("key", "password"),
        site_url="http://127.0.0.1:8000",
        smtp_port=1025,
    )


def test_the_local_run_mails_to_nobody_but_its_inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_HOST", "smtp.example.com")
    monkeypatch.setenv("MAIL_USER", "real")
    monkeypatch.setenv("MAIL_SECURITY", "tls")
    made = site_environment(tmp_path)
    assert (made["MAIL_HOST"], made["MAIL_PORT"], made["MAIL_USER"]) == ("127.0.0.1", "1025", "")
    assert made["MAIL_SECURITY"] == "none"


def test_the_callers_own_address_and_key_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "http://site.example")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    made = site_environment(tmp_path)
    assert (made["SITE_URL"], made["SECRET_KEY"]) == ("http://site.example", "key")


def test_the_tests_see_no_setting_of_the_shell_that_starts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "from the shell")
    monkeypatch.setenv("MAIL_HOST", "smtp.example.com")
    made = configuration.test_environment(database_url="postgresql://there/tests")
    assert "SECRET_KEY" not in made
    assert "MAIL_HOST" not in made
    assert made["DATABASE_URL"] == "postgresql://there/tests"


def test_what_the_tests_compile_is_kept_for_the_next_process_whatever_the_shell_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    asked = [sys.executable, "-c", "import sys; print(sys.dont_write_bytecode)"]
    environment = configuration.test_environment(database_url="postgresql://there/tests")
    assert subprocess.run(asked, env=environment, capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_pip_hears_how_to_reach_packages_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://mirror.example/simple\nextra-index-url =\n  https://one.example\n"
        "  https://two.example\n[install]\nuser = true\ntarget = /elsewhere\nno-deps = true\n"
    )
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_PREFIX", "/elsewhere")
    made = {name: value for name, value in install._environment().items() if name.startswith("PIP_")}
    assert made["PIP_INDEX_URL"] == "https://mirror.example/simple"
    assert made["PIP_EXTRA_INDEX_URL"].split() == ["https://one.example", "https://two.example"]
    assert made["PIP_CONFIG_FILE"] == os.devnull
    assert not {"PIP_USER", "PIP_TARGET", "PIP_NO_DEPS", "PIP_PREFIX"} & made.keys()


def executable(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_browser_that_is_named_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named = executable(tmp_path / "my-browser", "echo Chromium 1.2.3")
    monkeypatch.setenv("CHROMIUM", named)
    assert browser.find() == named
    assert capsys.readouterr().out == f"Browser: Chromium 1.2.3 ({named})\n"


def test_a_browser_that_is_named_but_does_not_start_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", executable(tmp_path / "broken", "exit 127"))
    with pytest.raises(LocalError, match="does not start"):
        browser.find()


def test_a_stand_in_that_does_not_start_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path / "chromium", "echo 'install it from the store' >&2; exit 1")
    right = executable(tmp_path / "google-chrome", "echo Google Chrome 9")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find() == right


@pytest.mark.parametrize("known", ["chromium-headless-shell", "chromium"])
def test_the_browser_without_windows_is_installed_else_the_whole_one(
    known: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's packages, as far as this release has them."""
    browsers = f"""for word; do [ "$word" = {known} ] && found=1; done
[ "$1" = update ] && exit 0
[ "$found" ] || exit 100
printf '#!/bin/sh\necho Chromium 7\n' > {tmp_path}/{known}
/bin/chmod +x {tmp_path}/{known}"""
    executable(tmp_path / "apt-get", browsers)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "_candidates", lambda: iter([]))
    monkeypatch.setattr(browser.places, "is_root", lambda: True)
    assert browser.find() == str(tmp_path / known)


def test_no_browser_at_all_is_an_error_and_never_a_skip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "_candidates", lambda: iter([]))
    monkeypatch.setattr(browser, "_install_playwrights", lambda: "")
    with pytest.raises(LocalError, match="No Chromium starts"):
        browser.find()


def test_an_nginx_that_is_named_is_taken_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = executable(tmp_path / "nginx", "echo nginx version: nginx/1.2.3 >&2")
    monkeypatch.setenv("NGINX_PROGRAM", named)
    assert webserver.find() == named
    monkeypatch.setenv("NGINX_PROGRAM", executable(tmp_path / "broken", "exit 127"))
    with pytest.raises(LocalError, match="does not start"):
        webserver.find()


def test_no_nginx_at_all_is_an_error_and_never_a_skip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NGINX_PROGRAM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(webserver, "USUAL", str(tmp_path / "nothing"))
    with pytest.raises(LocalError, match="No nginx starts"):
        webserver.find()


@pytest.mark.parametrize("port", ["0", "65500", "eight", "-1"])
def test_a_port_that_is_none_is_named(port: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qianhai_site.local", "run", f"--port={port}"],
        cwd=places.REPOSITORY,
        env={**os.environ, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == f"PORT is {port!r}: it must be a number from 1 to 65499.\n"


def test_the_makefile_explains_itself() -> None:
    done = subprocess.run(["make"], cwd=places.REPOSITORY, capture_output=True, text=True, check=True)
    for target in ("run", "dev", "test", "check", "format", "seed", "bench", "clean", "requirements"):
        assert f"\n  {target} " in done.stdout


def test_a_python_that_is_too_old_is_told_in_one_line(tmp_path: Path) -> None:
    old = executable(tmp_path / "python3", "exit 1")
    for name in ("Makefile", "requirements.txt"):
        (tmp_path / name).write_bytes((places.REPOSITORY / name).read_bytes())
    done = subprocess.run(["make", "check", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == (
        f"No Python 3.12 or later found at PYTHON={old}: install one, or name it: make PYTHON=/path/to/python3.13"
    )
