"""What every test may rely on: a site with its first pages, files in a folder of the run, mail that goes nowhere."""

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Value
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation

from partners.articles import clock
from partners.delivery import bounces, watch
from partners.ready_made import compose_anew
from partners.renditions.allowing import renditions_are_made
from qianhai_site.local import commands, places
from tests.once import copy_database, made_once, shared_folder

# In this order, as many at a time as there are processes: the first use the processor more than they heed the clock.
LONG_FILES = (
    *("test_web_killed", "test_hostile_bodies", "test_export_killed", "test_page_cache", "test_matrix", "test_run"),
    *(
        "test_storm",
        "test_robots",
        "test_nginx",
        "test_disk_full",
        "test_odd_cases",
        "test_pictures_come",
        "test_accessibility",
        "test_desk_in_bulk",
    ),
)

# Thousands of tests are found, and stay: to look through them again and again for what could go is a third of the time
# that finding takes.
gc.disable()


def pytest_collection_finish() -> None:
    """Collect garbage from now on, but not among what is there for the whole run."""
    gc.freeze()
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Let the processes of this run share what they make."""
    stack = ExitStack()
    stack.enter_context(shared_folder())
    config.add_cleanup(stack.close)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the journeys last and long files first, in whatever order the rest is.

    The browser's driver keeps an event loop in this thread, in which Django refuses to use the database. And for a long
    file that one process begins late, the others wait. Of a file, the tests that want few of the rows which it keeps
    (see rows_kept) come first, when there are no others yet.
    """
    long = {name: number for number, name in enumerate(LONG_FILES)}
    items.sort(key=lambda item: ("journeys" in item.path.parts, long.get(item.path.stem, len(long))))
    files = {item.path: number for number, item in reversed([*enumerate(items)])}
    items.sort(key=lambda item: (files[item.path], how_much_is_kept(item)))

    astray = [item.nodeid for item in items if not is_in_its_part(item)]
    if astray:
        raise pytest.UsageError(
            "No part of qianhai_site/local/commands.py runs them as they are marked: " + ", ".join(astray)
        )


def is_in_its_part(item: pytest.Item) -> bool:
    """Tell whether `item` lies where the part of the run that is for its marks looks."""
    path = item.path.relative_to(places.REPOSITORY).as_posix()
    is_measured = item.get_closest_marker("measured") is not None
    is_journey = item.get_closest_marker("journey") is not None
    return is_journey == path.startswith(f"{commands.JOURNEYS}/") and (not is_measured or path in commands.MEASURED)


def how_much_is_kept(item: pytest.Item) -> int:
    """Return how many fixtures that keep rows for a whole file `item` wants."""
    names: list[str] = getattr(item, "fixturenames", [])
    return sum(name == "rows_kept" or name.startswith("kept_") for name in names)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the test database, whichever tests were chosen; as a copy where another process of the run has made one.

    pytest-django's own fixture makes none for tests that commit through a fixture of ours, and they would
    then run on the database that DATABASE_URL names.
    """
    made: list[Any] = []

    def set_up() -> None:
        made.extend(setup_databases(verbosity=0, interactive=False, keepdb=django_db_keepdb, serialized_aliases=[]))

    def make_tables(_folder: Path, database: str) -> None:
        set_up()
        connection.close()
        copy_database(connection.settings_dict["NAME"], database)

    with django_db_blocker.unblock():
        tables = made_once("tables", make_tables)
        if tables and not made:
            connection.settings_dict["TEST"]["TEMPLATE"] = tables[1]
        if not made:
            set_up()
        assert settings.DATABASES["default"]["NAME"].startswith("test_")
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0, keepdb=django_db_keepdb)


@pytest.fixture(scope="module")
def rows_kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep what a file's fixtures of this scope make for all tests of the file, and undo it after the last of them.

    Their names begin with kept_. Each test's own rows are undone as ever. The objects are one and the same for all: a
    test that may change them gets copies.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        translation.activate("en")
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin in English: a request for a Chinese page leaves its language active in the thread."""
    translation.activate("en")
    yield
    translation.deactivate()


@pytest.fixture
def set_database_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[datetime], None]]:
    """Have queries ask what was shown at another moment than the database's own."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "database_now", lambda: Value(moment))
        # Some are composed once, and name the clock.
        compose_anew()

    yield set_to
    compose_anew()


@pytest.fixture
def pictures_at_once() -> Iterator[None]:
    """Let a request make the pictures that it lacks, for a test that is not about who makes them."""
    with renditions_are_made():
        yield


@pytest.fixture(scope="session", autouse=True)
def what_the_admin_keeps_for_seconds() -> Iterator[None]:
    """Keep the state of the mail, which every page of the admin shows, for the whole run.

    It would run out at some page, which asks the database once more than those to which a test compares it. Tests of
    it clear the cache.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module in (bounces, watch):
            patch.setattr(module, "_CACHE_SECONDS", 86_400)
        yield


@pytest.fixture(scope="session", autouse=True)
def files_of_this_run() -> Iterator[Path]:
    """Remove what the tests wrote into media and private storage when the run is over."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
