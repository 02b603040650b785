"""Many readers send forms to one process at the same moment: some commits are shared, and each form is as if alone.

Among them are some that no commit may hold: sent twice, held back, refused; and a process that is killed meanwhile.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from partners.brochures.circumstances import TRAP_FIELD
from tests.faults.site import Site, running_site
from tests.faults.visitor import Answer, Visitor
from tests.faults.waiting import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

READERS = 24
ROUNDS = 4
# granian takes a process that dies within 5.5 seconds of its start for one that can never live, and gives up.
OLD_ENOUGH = 6.0


@pytest.mark.usefixtures("django_db_setup")
def test_forms_that_come_at_once(tmp_path: Path) -> None:
    with running_site(tmp_path, "inbox", "web", web_workers=1, web_module="tests.faults.patient_web") as site:
        began = time.monotonic()
        [process] = site.web_processes()
        first = opened(site, "first")
        assert [status(answer) for answer in all_send([first])] == [303]

        plain = [[opened(site, f"plain-{number}-{index}") for index in range(READERS)] for number in range(ROUNDS)]
        for visitors in plain:
            assert [status(answer) for answer in all_sent_before_it_goes_on(process, visitors)] == [303] * READERS
        rows, transactions = site.rows("SELECT count(*), count(DISTINCT xmin::text) FROM partners_submission")[0]
        assert rows == 1 + ROUNDS * READERS
        assert transactions <= rows / 2, "commits are not shared"

        mixed = [opened(site, f"mixed-{index}") for index in range(READERS)]
        twice = [again(visitor) for visitor in mixed[:4]]
        trapped, refused = mixed[4:6], mixed[6:8]
        for visitor in trapped:
            visitor.fields[TRAP_FIELD] = "https://robots.example"
        for visitor in refused:
            visitor.fields["email"] = "no address"
        answers = all_send([*mixed, *twice])
        assert [status(answer) for answer in answers] == [303] * 6 + [422] * 2 + [303] * (READERS - 8) + [303] * 4
        # Whoever has pressed twice is thanked for one request.
        assert [where(answer) for answer in answers[:4]] == [where(answer) for answer in answers[READERS:]]

        wait_until(lambda: time.monotonic() - began > OLD_ENOUGH, 30, "the process may be killed")
        last = [opened(site, f"last-{index}") for index in range(READERS)]
        with ThreadPoolExecutor(READERS) as pool:
            sent = [pool.submit(visitor.send) for visitor in last]
            wait_until(lambda: any(one.done() for one in sent), 30, "the first one is answered")
            process.kill()
            given = [one.result() for one in sent]
        for visitor in last:
            visitor.leave()
        thanked = [visitor for visitor, answer in zip(last, given, strict=True) if answer]
        assert {status(answer) for answer in given if answer} == {303}

        site.start("worker")
        site.wait_until_all_sent(60)
        stored, mails = site.message_ids(), site.mails()
        held = site.rows("SELECT email FROM partners_submission WHERE quarantined_at IS NOT NULL")

    assert sorted(held) == sorted((visitor.email,) for visitor in trapped)
    confirmed = {visitor.email for visitors in (*plain, mixed, thanked, [first]) for visitor in visitors}
    confirmed -= {visitor.email for visitor in refused}
    assert confirmed <= stored.keys(), "thanked, and not stored"
    assert stored.keys() - confirmed <= {visitor.email for visitor in last}
    letters = [ids for email, ids in stored.items() if email not in {visitor.email for visitor in trapped}]
    assert [ids for ids in letters if len(ids) != 1 or ids[0] is None] == []
    assert mails == dict.fromkeys([ids[0] for ids in letters], 1)


def opened(site: Site, name: str) -> Visitor:
    visitor = site.visitor(name)
    visitor.open_form()
    return visitor


def again(visitor: Visitor) -> Visitor:
    """Return the same reader, who sends the same form over a line of its own."""
    return Visitor(visitor.port, visitor.path, visitor.email, fields=visitor.fields, cookie=visitor.cookie)


def all_sent_before_it_goes_on(process: psutil.Process, visitors: list[Visitor]) -> list[Answer]:
    """Let the visitors send while `process` stands still: a quick one on a busy machine would take one by one."""
    process.suspend()
    try:
        for visitor in visitors:
            visitor.post()
    finally:
        process.resume()
    answers = [visitor.answer() for visitor in visitors]
    for visitor in visitors:
        visitor.leave()
    return answers


def all_send(visitors: list[Visitor]) -> list[Answer | None]:
    with ThreadPoolExecutor(len(visitors)) as pool:
        answers = list(pool.map(Visitor.send, visitors))
    for visitor in visitors:
        visitor.leave()
    return answers


def status(answer: Answer | None) -> int | None:
    return answer.status if answer else None


def where(answer: Answer | None) -> str:
    assert answer is not None
    return answer.headers["location"]
