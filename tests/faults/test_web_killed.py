"""The web server is killed while it takes forms in: what it has confirmed is stored, once, with one letter."""

import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.faults.site import LONG, Site, running_site
from tests.faults.visitor import Answer, Visitor
from tests.faults.waiting import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(3600 if LONG else 600)]

KILLS = 200 if LONG else 8
# Readers who send at the same moment: a kill may meet several forms in one process, and the others are served on.
TOGETHER = 4
WEB_WORKERS = 6
# Who sends before the first kill.
USUAL = "usual"
# granian takes a process that dies within 5.5 seconds of its start for one that can never live, and gives up.
OLD_ENOUGH = 6.0


@pytest.mark.usefixtures("django_db_setup")
def test_killed_while_taking_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random()
    answered: list[Visitor] = []
    lost: list[Visitor] = []
    with running_site(tmp_path, "inbox", "web", web_workers=WEB_WORKERS) as site:
        latest = usual = seconds_of_a_post(site)
        began = time.monotonic()
        for number in range(KILLS):
            visitors = [site.visitor(f"reader-{number}-{index}") for index in range(TOGETHER)]
            answers = send_and_kill(site, visitors, after=chance.uniform(0, latest))
            assert {answer.status for answer in answers if answer} <= {303}
            # What a POST takes changes with what else the machine does: the moments follow, or none meets a form.
            latest = latest / 2 if all(answers) else min(1.5 * latest, 2 * usual)
            for visitor, answer in zip(visitors, answers, strict=True):
                (answered if answer else lost).append(visitor)
        lasted = time.monotonic() - began
        assert site.processes["web"].poll() is None, "the web server has given up"
        stored_unanswered = site.message_ids().keys() & {visitor.email for visitor in lost}
        # Some who got no answer press reload, and once more when the thank-you is there.
        retried = lost[::4]
        for visitor in retried:
            first, second = reload(visitor), reload(visitor)
            visitor.leave()
            assert first.status == second.status == 303
            assert first.headers["location"] == second.headers["location"]
        stored = site.message_ids()
        warming_up = stored.pop(f"{USUAL}@example.com")
        site.start("worker")
        drained = site.wait_until_all_sent(60)
        mails = site.mails()

    confirmed = {visitor.email for visitor in answered + retried}
    assert confirmed <= stored.keys(), "thanked, and not stored"
    assert stored.keys() - confirmed <= stored_unanswered, "stored, and never sent"
    assert [ids for ids in stored.values() if len(ids) != 1 or ids[0] is None] == []
    assert mails == dict.fromkeys([ids[0] for ids in stored.values()] + warming_up, 1)
    assert len(lost) >= KILLS / 4, "the kills have missed the forms"
    with capsys.disabled():
        print(
            f"\n  web process killed -9 {KILLS} times in {lasted:.0f} s, a POST takes {usual * 1000:.0f} ms: "
            f"{len(answered)} of {len(answered) + len(lost)} forms answered, all stored;\n"
            f"    {len(lost)} without an answer ({len(stored_unanswered)} of them stored), {len(retried)} of these "
            f"sent again: stored once each; a mail for each of {len(mails)} requests within {drained:.1f} s"
        )


def reload(visitor: Visitor) -> Answer:
    """Press reload until there is an answer: the process that was killed last may still hold the line."""
    answers: list[Answer | None] = []

    def answered() -> bool:
        answers.append(visitor.send())
        return answers[-1] is not None

    wait_until(answered, 30, "somebody answers")
    assert answers[-1] is not None
    return answers[-1]


def seconds_of_a_post(site: Site) -> float:
    """Return how long a reader waits for the answer to the form while `TOGETHER` of them send."""

    def measure(visitor: Visitor) -> float:
        started = time.monotonic()
        assert visitor.send() is not None
        visitor.leave()
        return time.monotonic() - started

    took: list[float] = []
    for _ in range(4):
        visitors = [site.visitor(USUAL) for _ in range(TOGETHER)]
        for visitor in visitors:
            visitor.open_form()
        with ThreadPoolExecutor(TOGETHER) as pool:
            took += pool.map(measure, visitors)
    return statistics.median(took)


def send_and_kill(site: Site, visitors: list[Visitor], after: float) -> list[Answer | None]:
    """Let the visitors send at once, and `after` seconds kill a process that one of them talks to."""
    victims: list[psutil.Process] = []

    def found() -> bool:
        old = [process for process in site.web_processes() if is_old(process)]
        for visitor in visitors if old else []:
            visitor.leave()
            try:
                visitor.open_form()
            except OSError:  # The process that was killed a moment ago has held this line.
                return False
        victims[:] = [process for process in old if talks_to(process, visitors)]
        return bool(victims)

    wait_until(found, 30, "a process that lives for a while has a visitor")
    with ThreadPoolExecutor(len(visitors)) as pool:
        answers = [pool.submit(visitor.send) for visitor in visitors]
        time.sleep(after)  # The moment of the kill is what is drawn by lot.
        victims[0].kill()
        result = [answer.result() for answer in answers]
    for visitor in visitors:
        visitor.leave()
    return result


def is_old(process: psutil.Process) -> bool:
    """Tell whether the web server will start `process` again when it dies."""
    return time.time() - process.create_time() > OLD_ENOUGH


def talks_to(process: psutil.Process, visitors: list[Visitor]) -> bool:
    """Tell whether one of the visitors' lines ends at `process`."""
    ours = {visitor.line.sock.getsockname() for visitor in visitors if visitor.line and visitor.line.sock}
    try:
        return any(tuple(line.raddr) in ours for line in process.net_connections("tcp") if line.raddr)
    except psutil.NoSuchProcess:  # Killed a moment ago, and not yet buried by its parent.
        return False
