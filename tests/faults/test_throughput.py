"""Nothing is broken, and there is much to do: how quickly do one worker and eight send, beside a bare loop?"""

import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from django.db import transaction
from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateWorker

from partners.delivery.message import OutgoingMessage
from partners.delivery.queue import queue_message
from partners.delivery.watch import SIGNS_OF_A_WORKER
from tests.faults import bare_loop, letters
from tests.faults.bare_loop import Rate
from tests.faults.database import OwnServer
from tests.faults.length import LONG, choose
from tests.faults.rows import all_sent
from tests.faults.sink import running_sink
from tests.faults.waiting import wait_until
from tests.faults.worker import Worker, running_worker

pytestmark = [pytest.mark.fault, pytest.mark.measured, pytest.mark.timeout(1800 if LONG else 240)]

MESSAGES = choose(400, 5000)
WORKERS = 8
# Eight workers with production's eight senders each would want more connections than PostgreSQL gives by default.
SENDERS = 4
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


def test_eight_workers(own_server: OwnServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each message goes once, no deadlock comes; the figures stand beside a loop that promises nothing."""
    deadlocks = own_server.ask(DEADLOCKS)
    with running_sink() as sink:
        fresh, kept = bare_loop.measure(sink.port, MESSAGES)
        with ExitStack() as stack:

            def start(number: int) -> Worker:
                log = tmp_path / f"{number}.log"
                return stack.enter_context(running_worker(log, sink.port, concurrency=SENDERS))

            workers = [start(0)]
            await_start(workers)
            alone = drain(workers, "alone")
            workers += [start(number) for number in range(1, WORKERS)]
            await_start(workers)
            together = drain(workers, "together")
            connections = own_server.ask(CONNECTIONS)
            for worker in workers:
                worker.process.terminate()
            assert [worker.process.wait(60) for worker in workers] == [0] * WORKERS
    taken = [it for it in sink.taken if not it.startswith(bare_loop.PREFIX)]
    assert len(taken) == 2 * MESSAGES, "no duplicate"
    assert set(taken) == set(OutgoingMessage.objects.values_list("message_id", flat=True))
    assert not OutgoingMessage.objects.exclude(attempts_count=1).exists()
    # A backend reports its statistics at its end at the latest.
    wait_until(lambda: own_server.ask(CONNECTIONS) <= 2, 20, "the workers' connections are closed")
    assert own_server.ask(DEADLOCKS) == deadlocks
    busy = OutgoingMessage.objects.filter(to__startswith="together").values("attempts__worker").distinct().count()
    assert busy == WORKERS, "every worker took its share"
    lines = {
        "bare loop, a connection for each": fresh,
        "bare loop, one connection": kept,
        f"one worker, {SENDERS} senders": alone,
        f"{WORKERS} workers, {SENDERS} senders each": together,
    }
    with capsys.disabled():
        print(f"\n  {MESSAGES} messages, no faults: no duplicate, no deadlock")
        for name, rate in lines.items():
            print(f"    {name:34}{rate}")
        print(
            f"    for its CPU time one worker sends {alone.per_cpu_second / fresh.per_cpu_second:.2f} of the loop "
            f"with a connection for each,\n    {alone.per_cpu_second / kept.per_cpu_second:.2f} of the one with one "
            f"connection (goal: at least 0.50); {WORKERS} workers hold {connections} database connections"
        )


def await_start(workers: list[Worker]) -> None:
    """Wait until all have signed in: their start is no part of what is measured."""
    present = ProcrastinateWorker.objects.filter(last_heartbeat__gt=Now() - timedelta(seconds=5))
    wait_until(lambda: present.count() == SIGNS_OF_A_WORKER * len(workers), 90, "every worker has signed in")


def drain(workers: list[Worker], name: str) -> Rate:
    """Queue the messages, all with one commit, and return how quickly the workers sent them."""
    processes = [psutil.Process(worker.process.pid) for worker in workers]
    used = sum(cpu_seconds(process) for process in processes)
    with transaction.atomic():
        for number in range(MESSAGES):
            queue_message(OutgoingMessage(kind=letters.KIND, to=f"{name}-{number}@example.com"))
    started = time.monotonic()
    wait_until(all_sent, choose(60, 600), "all were sent")
    seconds = time.monotonic() - started
    return Rate(MESSAGES, seconds, sum(cpu_seconds(process) for process in processes) - used)


def cpu_seconds(process: psutil.Process) -> float:
    """Return how long the process was on a processor so far."""
    times = process.cpu_times()
    return float(times.user + times.system)
