"""How does a worker stay alive: through a restarted database, and until it is told to stop?"""

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from asgiref.sync import sync_to_async
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from procrastinate.contrib.django import app, connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition
from procrastinate.psycopg_connector import PsycopgConnector

from partners.deferring import CLOCK_QUEUE
from partners.delivery.jobs import STALLED_AFTER_SECONDS
from partners.delivery.lease import keeper
from partners.delivery.memory import give_back
from partners.delivery.outage import give_up_waiting
from partners.delivery.pump import Pump
from partners.delivery.send import worker_name
from partners.delivery.timing import stop_seconds

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0
# How long the memory of a job that is done is kept for the next one.
TIDYING_SECONDS = 60.0
# How soon a job is found whose time has come, or whose notification was lost.
POLLING_SECONDS = 2.0
FIRST_WAIT = 0.5
LONGEST_WAIT = 5.0
# Drawing pictures and writing indexes take whole cores; mail does not wait for them.
JOBS_AT_A_TIME = 2
# Connections of procrastinate's own: two listen, the others write down what begins, goes on and ends.
_POOL = 6


def run_worker(concurrency: int, jobs: int = JOBS_AT_A_TIME, others: Sequence[Pump] = ()) -> None:
    """Send mail, `concurrency` messages at a time, run `jobs` other jobs at a time, and whatever `others` send.

    One more of the clock's runs when all of those are taken.

    SIGTERM or SIGINT asks for a graceful end. A second signal ends open conversations at once instead of after
    DELIVERY_STOP_SECONDS.
    """
    asyncio.run(_run([Pump(concurrency), *others], concurrency, jobs))


def in_one_line(record: logging.LogRecord) -> bool:
    """Take the traceback from what procrastinate says of a database that is away: it repeats what is known."""
    if record.exc_info and isinstance(record.exc_info[1], ConnectorException):
        record.msg, record.args = " ".join(record.getMessage().split()), ()
        record.exc_info = None
    return True


async def _run(pumps: Sequence[Pump], concurrency: int, jobs: int) -> None:
    loop = asyncio.get_running_loop()
    # Jobs run in the loop's threads, of which Python starts as many as there are cores, plus four. Beside the jobs
    # that of the clock, the probe, the end of the pump, name look-ups and tidying up need one each.
    loop.set_default_executor(ThreadPoolExecutor(jobs + 6, thread_name_prefix="job"))
    # The pool reports every attempt to reconnect; the supervisor below says it once.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    for name in (f"procrastinate.worker.{worker_name()}", "procrastinate.utils"):
        logging.getLogger(name).addFilter(in_one_line)
    stop = asyncio.Event()

    def ask_to_stop() -> None:
        if stop.is_set():
            _end_conversations()
        else:
            loop.call_later(stop_seconds(), _end_conversations)
        stop.set()
        for pump in pumps:
            pump.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask_to_stop)
    logger.info("Worker %s starts with %s messages and %s jobs at a time.", worker_name(), concurrency, jobs)
    for pump in pumps:
        pump.start()
    tidying = asyncio.create_task(_tidy_up(stop))
    await _supervise(jobs, stop)
    await tidying
    for pump in pumps:
        await asyncio.to_thread(pump.join)
    logger.info("Worker %s has stopped.", worker_name())


async def _tidy_up(stop: asyncio.Event) -> None:
    """Give back the memory that jobs took, until the worker stops."""
    while not await _unless(stop, TIDYING_SECONDS):
        await asyncio.to_thread(give_back)


async def _supervise(jobs: int, stop: asyncio.Event) -> None:
    """Run procrastinate's worker again and again: it ends when the database restarts."""
    while await _database_is_there(stop):
        working = asyncio.create_task(_work(jobs))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            # procrastinate takes a cancellation as a wish: no new jobs, then wait for those that run.
            working.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await working
            return
        stopping.cancel()
        # The worker's own errors of any kind end here: the next one starts afresh.
        if error := working.exception():
            logger.warning("The worker lost its queue (%s) and starts again.", type(error).__name__)
        else:
            logger.warning("The worker ended by itself and starts again.")
        await _unless(stop, FIRST_WAIT)


async def _work(jobs: int) -> None:
    """Run procrastinate on a pool of its own, until it fails or is cancelled.

    In two workers: one takes any job, the other those of the clock alone, which have a place when all others are taken.
    """
    pool = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=_POOL, timeout=10.0)
    with app.replace_connector(pool):
        async with app.open_async():
            workers = [asyncio.create_task(_take(jobs)), asyncio.create_task(_take(1, queues=[CLOCK_QUEUE]))]
            try:
                await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
            finally:
                # Of whichever ends, or where both are to end: no new jobs, and those that run are waited for.
                for worker in workers:
                    worker.cancel()
                await asyncio.wait(workers)
            for worker in workers:
                if not worker.cancelled() and (error := worker.exception()):
                    raise error


async def _take(jobs: int, **options: Any) -> None:
    """Run one worker of procrastinate, `jobs` jobs at a time; `options` as of its own, such as `queues`."""
    await app.run_worker_async(
        name=worker_name(),
        concurrency=jobs,
        fetch_job_polling_interval=POLLING_SECONDS,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=STALLED_AFTER_SECONDS,
        # Then a job of many steps, which asks `should_abort`, is told that the worker ends.
        shutdown_graceful_timeout=stop_seconds(),
        delete_jobs=DeleteJobCondition.SUCCESSFUL.value,
        install_signal_handlers=False,
        **options,
    )


def _end_conversations() -> None:
    """Cut what is still being said; the messages go back into the queue."""
    keeper.end_all()
    give_up_waiting()


async def _database_is_there(stop: asyncio.Event) -> bool:
    """Wait until the database answers and return True, or until `stop` and return False."""
    wait = FIRST_WAIT
    while not stop.is_set():
        try:
            await sync_to_async(_with_fresh_connection, thread_sensitive=False)(_ask_database)
        except DatabaseError as error:
            if wait == FIRST_WAIT:
                logger.warning("The database is away (%s); waiting for it.", type(error).__name__)
            await _unless(stop, wait)
            wait = min(2 * wait, LONGEST_WAIT)
        else:
            if wait > FIRST_WAIT:
                logger.warning("The database is back.")
            return True
    return False


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _with_fresh_connection[T](call: Callable[[], T]) -> T:
    """Call in a thread of the executor, whose connection may have died since its last use."""
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


async def _unless(stop: asyncio.Event, seconds: float) -> bool:
    """Wait for `seconds` or until `stop`; say whether it was the latter."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
