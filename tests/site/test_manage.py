"""manage.py: what is wrong with the settings or the database is told in words that say how to mend it."""

import pytest
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from tests.site.test_settings import check


def told(*arguments, **changes):
    """What a command that fails says, with the good environment, changed."""
    result = check("manage.py", *arguments, **changes)
    assert result.returncode == 1
    return result.stderr


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set. See .env.example"),
        ({"MAIL_PORT": "smtp"}, 'Environment variable "MAIL_PORT" invalid: Not a valid integer. See .env.example'),
        ({"DATABASE_URL": "rubbish"}, 'Environment variable "DATABASE_URL" invalid'),
        (
            {"DJANGO_SETTINGS_MODULE": "qianhai_site.settings.live"},
            "DJANGO_SETTINGS_MODULE is 'qianhai_site.settings.live', which there is not.",
        ),
        ({}, "The database cannot be reached: connection failed"),
    ],
)
@pytest.mark.parametrize("command", [("forget_old_requests",), ("migrate", "--plan")])
def test_what_is_wrong_is_told_without_a_traceback(command, changes, words):
    said = told(*command, **changes)
    assert said.startswith(words)
    assert "Traceback" not in said


def test_password_of_the_database_is_not_told():
    said = told("forget_old_requests", DATABASE_URL="postgresql://nobody:Tomato9@127.0.0.1:1/none")
    assert "DATABASE_URL" in said
    assert "Tomato9" not in said


def test_traceback_is_there_for_who_asks():
    assert "Traceback" in told("forget_old_requests", "--traceback")


@pytest.mark.django_db
def test_database_without_tables_asks_for_them():
    kept = conninfo_to_dict(connection.connection.info.dsn)
    address = f"postgresql:///postgres?host={kept['host']}&user={kept['user']}&port={kept.get('port', 5432)}"
    said = told("forget_old_requests", DATABASE_URL=address)
    assert said.startswith("The tables are not those of this release: ")
    assert said.endswith("Run: manage.py migrate\n")


def test_a_command_collects_garbage_but_not_among_what_is_loaded():
    said = check("manage.py", "shell", "--no-imports", "-c", "import gc; print(gc.isenabled(), gc.get_freeze_count())")
    is_enabled, frozen = said.stdout.split()
    assert is_enabled == "True"
    assert int(frozen) > 100_000
