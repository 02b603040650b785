"""tests/once.py: what a run of the tests makes once is made by one, whole, and gone after the run."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.once import SHARED, already_made, copy_database, made_once, shared_folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give the folder of a run of its own."""
    monkeypatch.setenv(SHARED, str(tmp_path / "a-run"))
    return tmp_path / "a-run"


def is_there(database: str) -> bool:
    with psycopg.connect(os.environ["DATABASE_URL"]) as server:
        return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None


def make_file(folder: Path, database: str) -> None:
    (folder / "file").write_text(database)


@pytest.mark.usefixtures("run")
def test_one_makes_it_and_all_others_wait_for_it() -> None:
    made: list[str] = []

    def make(folder: Path, database: str) -> None:
        assert already_made("thing") is None
        make_file(folder, database)
        made.append(database)

    def ask(_number: int) -> str:
        found = made_once("thing", make)
        assert found is not None
        return (found[0] / "file").read_text()

    with ThreadPoolExecutor(4) as pool:
        seen = set(pool.map(ask, range(8)))
    assert made == [*seen] == [already_made("thing")]


@pytest.mark.usefixtures("run")
def test_what_was_left_half_made_is_made_again_from_nothing() -> None:
    def fail(folder: Path, database: str) -> None:
        make_file(folder, database)
        copy_database("template1", database)
        raise OSError("half made")

    def make(folder: Path, database: str) -> None:
        assert list(folder.iterdir()) == []
        assert not is_there(database)

    with pytest.raises(OSError, match="half made"):
        made_once("thing", fail)
    assert already_made("thing") is None
    assert made_once("thing", make)


def test_nothing_is_left_of_a_run_and_nothing_is_shared_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SHARED)
    assert made_once("thing", make_file) is None
    with shared_folder():
        found = made_once("thing", lambda _folder, database: copy_database("template1", database))
        assert found is not None
        with shared_folder():
            assert already_made("thing") == found[1], "whoever joins takes nothing away"
        assert is_there(found[1])
    assert not is_there(found[1])
    assert not found[0].parent.exists()
    assert already_made("thing") is None
