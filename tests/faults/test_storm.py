"""Workers killed in mid-send, a mail server that refuses and hangs, a database that crashes: nothing is lost."""

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count, F

from partners.delivery.message import OutgoingMessage
from qianhai_site.local.ports import free as free_port
from tests.faults.database import OwnServer, working_on
from tests.faults.length import LONG, choose
from tests.faults.mail_server import FallSilent, Fault, LoseReply, MailServer, Received, Say, running_mail_server
from tests.faults.rows import all_sent, let_time_pass, queue
from tests.faults.waiting import wait_until
from tests.faults.worker import Worker

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1800 if LONG else 120)]

CONCURRENCY = 4
# Shorter than in production, so that a killed worker's message and a silent server cost a test seconds. Lasts longer
# than a restart of the database, as there.
TIMES = {"MAIL_TIMEOUT": "1", "DELIVERY_LEASE_SECONDS": "5", "DELIVERY_SWEEP_SECONDS": "1"}
DECK = 100
REFUSED = [Say("RCPT", "451 4.7.1 Greylisted"), Say("DATA", "451 4.3.0 Try again later")] * 15
SILENT = [FallSilent("MAIL"), FallSilent("RCPT"), FallSilent("RCPT"), FallSilent("DATA"), FallSilent("DATA")]


@dataclass(frozen=True)
class Storm:
    """How many requests it rains on, and what breaks; `lost` of a hundred messages lose the reply that accepts them."""

    requests: int
    kills: int
    crashes: int
    lost: int = 0


class Dealer:
    """The mail server's fate for each message, from a shuffled deck: of a hundred, so many are refused, and so on."""

    def __init__(self, chance: random.Random, lost: int) -> None:
        self.dealt: Counter[str] = Counter()
        self._chance = chance
        faults: list[Fault | None] = [*REFUSED, *SILENT, *[LoseReply()] * lost]
        self._deck = faults + [None] * (DECK - len(faults))

    def deal(self) -> Iterator[Fault | None]:
        """Yield fates without end."""
        while True:
            self._chance.shuffle(self._deck)
            for fault in self._deck:
                self.dealt[type(fault).__name__] += 1
                yield fault


class Requests(threading.Thread):
    """Visitors who ask for brochures: in portions, until enough of them were told that their request is accepted."""

    def __init__(self, url: str) -> None:
        super().__init__(name="requests", daemon=True)
        self.accepted: dict[str, str] = {}
        # The database broke off before it answered: nobody knows, and the visitor was not thanked.
        self.unanswered = 0
        self._url = url
        self._wanted = 0
        self._ended = False
        self._changed = threading.Condition()

    def ask(self, number: int) -> None:
        """Let `number` more visitors ask."""
        with self._changed:
            self._wanted += number
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Wait until all were accepted, and end."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.accepted) >= self._wanted, seconds)
            self._ended = True
            self._changed.notify_all()
        self.join(10)

    def run(self) -> None:
        with working_on(self._url):
            for number in count():
                with self._changed:
                    self._changed.wait_for(lambda: self._ended or len(self.accepted) < self._wanted)
                    if self._ended:
                        return
                try:
                    [message] = queue(f"reader-{number}")
                except (DatabaseError, InterfaceError):
                    self.unanswered += 1
                    connection.close()
                    time.sleep(0.1)  # A visitor's patience before trying again; nothing to wait for.
                    continue
                with self._changed:
                    self.accepted[message.to] = message.message_id
                    self._changed.notify_all()


def test_storm(own_server: OwnServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Requests come in, the worker is killed -9 again and again, mail is refused, the database crashes."""
    storm = choose(Storm(requests=150, kills=6, crashes=1), Storm(requests=1000, kills=50, crashes=3))
    said = weather(storm, own_server, tmp_path)
    with capsys.disabled():
        print(f"\n  {said}")


def test_storm_with_lost_replies(own_server: OwnServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same, and of a hundred messages that the server takes two lose the reply that says so."""
    storm = choose(Storm(requests=100, kills=2, crashes=1, lost=2), Storm(requests=1000, kills=50, crashes=3, lost=2))
    said = weather(storm, own_server, tmp_path)
    with capsys.disabled():
        print(f"\n  {said}")


def weather(storm: Storm, database: OwnServer, folder: Path) -> str:
    """Let `storm` rage, wait for calm, hold what came against what was promised, and return the figures."""
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    dealer = Dealer(random.Random(seed), storm.lost)
    port = free_port()
    visitors = Requests(database.url)
    visitors.start()
    started = time.monotonic()
    with running_mail_server(port) as server:
        server.do_by_turns(dealer.deal())
        worker = new_worker(folder, port)
        crash_rounds = set(chance.sample(range(storm.kills), storm.crashes))
        away = 0.0
        try:
            for number in range(storm.kills):
                portion = storm.requests // storm.kills + (number < storm.requests % storm.kills)
                visitors.ask(portion)
                wait_for_a_moment(server, portion, chance)
                if number in crash_rounds:
                    away += crash_and_restart(database)
                    wait_for_a_moment(server, portion // 2, chance)
                worker.kill()
                worker = new_worker(folder, port)
            visitors.wait(60)
            raged = time.monotonic() - started
            wait_until(calm, choose(60, 300), "every message was sent")
            lasted = time.monotonic() - started
            assert worker.process.poll() is None, worker.said()
        finally:
            if worker.process.poll() is None:
                worker.kill()
        received = list(server.received)
    assert "@example.com" not in worker.said()
    lost = dealer.dealt["LoseReply"]
    duplicates = check(visitors, received, storm.kills * CONCURRENCY, lost)
    attempts = OutgoingMessage.objects.aggregate(number=Count("attempts"))["number"]
    return (
        f"storm {seed}: {storm.kills} workers killed -9, {storm.crashes} crashes of the database ({away:.1f} s away), "
        f"{dealer.dealt['Say']} refusals (451), {dealer.dealt['FallSilent']} silences, {lost} replies lost:\n"
        f"    {len(visitors.accepted)} requests accepted, all delivered, 0 lost ({visitors.unanswered} visitors had no "
        f"answer from the database); {attempts} attempts\n"
        f"    {duplicates} duplicates, each with its Message-ID (at most {storm.kills} x {CONCURRENCY} in flight"
        f"{f' + {lost} lost replies' if storm.lost else ''}); raged {raged:.0f} s, calm after {lasted:.0f} s"
    )


def new_worker(folder: Path, port: int) -> Worker:
    """Start the worker, as its supervisor does at once when it is gone."""
    return Worker(folder / "worker.log", port, concurrency=CONCURRENCY, **TIMES)


def wait_for_a_moment(server: MailServer, portion: int, chance: random.Random) -> None:
    """Wait until some messages more came so far: to MAIL, to their data, or to be kept by the server.

    The last is the worst moment to be killed in: the message is taken and its row does not know.
    """
    so_far = chance.choice([lambda: server.reached.get("MAIL", 0), lambda: server.reached.get("DATA", 0), server.kept])
    wanted = so_far() + chance.randint(1, max(1, portion // 2))
    ends_at = time.monotonic() + 60
    while so_far() < wanted:
        let_time_pass()
        assert time.monotonic() < ends_at, f"the mail stands still: {server.reached}"
        server.pause(lambda: so_far() >= wanted, 0.2)


def crash_and_restart(database: OwnServer) -> float:
    """Crash the database under all who use it, start it again, and return how many seconds it was away."""
    crashed_at = time.monotonic()
    database.crash()
    database.start()
    connection.close()
    return time.monotonic() - crashed_at


def calm() -> bool:
    """Say whether all is sent; what waits for its next attempt need not wait so long."""
    let_time_pass()
    return all_sent()


def check(visitors: Requests, received: list[Received], in_flight: int, lost: int) -> int:
    """Hold what the server has taken against the rows and the promises; return how many messages came again."""
    rows = dict(OutgoingMessage.objects.values_list("to", "message_id"))
    assert visitors.accepted.items() <= rows.items(), "accepted, and no row"
    assert len(rows) - len(visitors.accepted) <= visitors.unanswered
    copies: dict[str, list[Any]] = defaultdict(list)
    for mail in received:
        copies[mail.recipient].append(mail.message["Message-ID"])
    assert rows.keys() - copies.keys() == set(), "lost"
    assert copies.keys() - rows.keys() == set(), "sent without a row"
    assert {to: set(ids) for to, ids in copies.items()} == {to: {message_id} for to, message_id in rows.items()}
    incomplete = OutgoingMessage.objects.annotate(logged=Count("attempts")).exclude(logged=F("attempts_count"))
    assert list(incomplete) == [], "an attempt is missing in the log"
    duplicates = len(received) - len(copies)
    assert lost <= duplicates <= in_flight + lost
    return duplicates
