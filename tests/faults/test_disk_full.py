"""The database's disk is full: nobody is thanked for a form that was not stored, and all comes right with the space."""

import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.site import LONG, Site, running_site
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.visitor import Answer, Visitor
from tests.faults.waiting import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(3600 if LONG else 400)]

MEGABYTES = 256
ROUNDS = 10 if LONG else 1
# How long the server is away in every second round: beyond the lease of a mail that was sent and not written down.
LONG_OUTAGE_SECONDS = 20.0
REFUSALS = 12
OOPS = "Oops! Something went wrong while submitting the form"


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    """A database server whose disk can be filled."""
    # Not pytest's own folder: the server's account, which is not ours where we are root, may not enter that.
    with tempfile.TemporaryDirectory(prefix="qianhai-disk-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        with small_disk(Path(folder), MEGABYTES) as made:
            if made.problem:
                pytest.skip(made.problem)
            yield made


@pytest.mark.usefixtures("django_db_setup")
def test_disk_full_then_freed(disk: SmallDisk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_site(tmp_path, "inbox", "web", "worker", server_url=disk.url) as site:
        pids = {name: process.pid for name, process in site.processes.items()}
        lines = []
        for number in range(ROUNDS):
            lines.append(fill_and_free(site, disk, number))
        stored, mails = site.message_ids(), site.mails()
        assert {name: process.pid for name, process in site.processes.items()} == pids
        assert all(process.poll() is None for process in site.processes.values()), "somebody had to be started again"
        assert "@example.com" not in site.said()
    assert [ids for ids in stored.values() if len(ids) != 1 or ids[0] is None] == []
    assert mails.keys() == {ids[0] for ids in stored.values()}
    with capsys.disabled():
        print("\n  disk full for the database:", *lines, sep="\n    ")
        print(f"    {len(stored)} requests stored, each mailed; {mails.total() - len(mails)} mails came twice")


def fill_and_free(site: Site, disk: SmallDisk, number: int) -> str:
    """Fill the disk under the site, then free it, and say what happened in between."""
    # Their mails are with the mail server, which answers when the outcome cannot be written down any more.
    early = [site.visitor(f"early-{number}-{index}") for index in range(4)]
    site.processes["inbox"].send_signal(signal.SIGSTOP)
    assert [status_of(visitor) for visitor in early] == [303] * len(early)
    wait_until(lambda: count(site, "sending") == len(early), 20, "the first mails are under way")
    late = [site.visitor(f"late-{number}-{index}") for index in range(200)]
    for visitor in late[: 2 * REFUSALS]:
        visitor.open_form()
        visitor.leave()
    with psycopg.connect(disk.url, autocommit=True) as server:
        server.execute("CHECKPOINT")
    disk.fill()
    site.processes["inbox"].send_signal(signal.SIGCONT)

    thanked, refused = send_until_refused(late)
    for visitor, answer in refused:
        assert OOPS in answer.text
        assert visitor.fields["key"] in answer.text, "the form has lost what was filled in"
        assert "Kept &amp; Co" in answer.text
        assert visitor.email in answer.text
    assert {visitor.email for visitor in thanked} <= site.message_ids().keys()

    fill_the_journal(disk)
    for visitor, _ in refused[:4]:
        answer = visitor.send()
        assert answer is not None
        assert answer.status == 503
        assert OOPS in answer.text
        visitor.leave()

    if number % 2:
        time.sleep(LONG_OUTAGE_SECONDS)
    disk.free()
    freed_at = time.monotonic()
    wait_until(lambda: refused[0][0].send().status == 303, 60, "the site takes forms in again")
    back = time.monotonic() - freed_at
    for visitor, _ in refused:
        answer = visitor.send()
        assert answer is not None
        assert answer.status == 303
        visitor.leave()
    stored = site.message_ids()
    assert {visitor.email for visitor in early + thanked} <= stored.keys(), "thanked, and not stored"
    sent = site.wait_until_all_sent(90) + back
    return (
        f"{len(thanked)} forms still found room, {len(refused)} were refused with 503 and kept what was filled in; "
        f"journal full: server ended; space freed: forms taken after {back:.1f} s, all mail sent after {sent:.1f} s"
    )


def status_of(visitor: Visitor) -> int | None:
    """Open the form, send it, and return the answer's status."""
    visitor.open_form()
    answer = visitor.send()
    visitor.leave()
    return answer.status if answer else None


def send_until_refused(visitors: list[Visitor]) -> tuple[list[Visitor], list[tuple[Visitor, Answer]]]:
    """Let visitors send one after the other until enough were refused; return the thanked and the refused."""
    thanked: list[Visitor] = []
    refused: list[tuple[Visitor, Answer]] = []
    for visitor in visitors:
        if not visitor.fields:
            visitor.open_form()
        answer = visitor.send()
        visitor.leave()
        assert answer is not None
        assert answer.status in {303, 503}, answer.text
        if answer.status == 303:
            thanked.append(visitor)
        else:
            refused.append((visitor, answer))
            assert int(answer.headers["retry-after"]) > 0
        if len(refused) == REFUSALS:
            return thanked, refused
    raise AssertionError(f"only {len(refused)} of {len(visitors)} were refused on a full disk")


def fill_the_journal(disk: SmallDisk) -> None:
    """Write until the server has no room for its journal either, and ends."""
    starts = disk.starts()
    try:
        with psycopg.connect(disk.url, autocommit=True) as server:
            while True:
                server.execute("SELECT pg_logical_emit_message(true, 'filler', repeat('x', 1 << 20))")
    except psycopg.OperationalError:
        wait_until(lambda: disk.starts() > starts, 60, "the server has ended")


def count(site: Site, state: str) -> int:
    """Return how many messages are in `state`."""
    [(number,)] = site.rows("SELECT count(*) FROM partners_outgoingmessage WHERE state = %s", state)
    return int(number)
