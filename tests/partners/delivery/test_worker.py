"""What the supervisor does while the database is away. The real command is tried in `tests/faults`."""

import asyncio
import logging

import pytest
from django.db import OperationalError
from procrastinate.exceptions import ConnectorException

from partners.delivery import worker


def test_a_database_that_is_away_is_waited_for_with_two_lines(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = []

    def away_at_first() -> None:
        asked.append(True)
        if len(asked) < 4:
            raise OperationalError("connection refused")

    monkeypatch.setattr(worker, "_ask_database", away_at_first)
    monkeypatch.setattr(worker, "FIRST_WAIT", 0.01)

    async def wait() -> bool:
        return await worker._database_is_there(asyncio.Event())

    assert asyncio.run(wait())
    lines = [record.getMessage() for record in caplog.records if record.name == worker.logger.name]
    assert lines == ["The database is away (OperationalError); waiting for it.", "The database is back."]


def test_a_worker_that_waits_for_its_database_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(worker, "_ask_database", away)

    async def wait_and_stop() -> bool:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, stop.set)
        return await asyncio.wait_for(worker._database_is_there(stop), 5)

    assert not asyncio.run(wait_and_stop())


@pytest.mark.parametrize(
    ("error", "line", "traceback"),
    [
        (ConnectorException("Database\nerror."), "Side task failed: Database error., stopping", False),
        (KeyError("x"), "Side task failed: 'x', stopping", True),
    ],
)
def test_what_is_known_is_said_in_one_line(error: Exception, line: str, traceback: bool) -> None:
    record = logging.LogRecord(
        "procrastinate.worker",
        logging.ERROR,
        "",
        1,
        f"Side task failed: {error}, stopping",
        (),
        (type(error), error, None),
    )
    assert worker.in_one_line(record)
    assert record.getMessage() == line
    assert bool(record.exc_info) is traceback
