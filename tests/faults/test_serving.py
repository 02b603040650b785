"""How often is a page rendered that a thousand open at once, and does all else pass the real web server whole?"""

import asyncio
import hashlib
import http.client
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.faults.page_answers import A_PERSON, EVERYBODY, ask, everybody_asks
from tests.faults.site import Site, running_site
from tests.faults.waiting import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(400)]

READERS, PROCESSES = 1000, 2
COUNTED = "/"
LISTENERS = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'qianhai pagecache' AND datname = current_database()"
)
UPLOAD = 25 * 1024 * 1024


@pytest.fixture(scope="module")
def probes(tmp_path_factory: Any) -> Path:
    return tmp_path_factory.mktemp("probes")


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any, probes: Path) -> Iterator[Site]:
    """Give the site as it is served, with what `counted` adds."""
    with (
        django_db_blocker.unblock(),
        running_site(
            tmp_path_factory.mktemp("site"), web_workers=PROCESSES, PAGE_CACHE="true", PROBES=str(probes)
        ) as site,
    ):
        command = site.command
        site.command = lambda name: [*command(name)[:-1], "tests.faults.counted:application"]
        site.start("web")
        yield site


async def _all_at_once(port: int, path: str) -> list[bytes]:
    """Return what each reader gets, over as many connections, all of which are open before the first asks."""
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(READERS)]
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    for _reader, writer in lines:
        writer.write(request)
    answers = await asyncio.gather(*(reader.read() for reader, _writer in lines))
    for _reader, writer in lines:
        writer.close()
    return answers


def test_a_thousand_first_requests_are_one_rendering(site, probes):
    wait_until(lambda: _listen(site) == PROCESSES, 30, "every process hears of changes, and may keep what it renders")
    # A person's page comes from no memory and goes into none, but what is asked once is known.
    ask(site, COUNTED, **A_PERSON)
    before = len((probes / "renderings").read_bytes())
    assert before
    answers = asyncio.run(_all_at_once(site.port, COUNTED))
    assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 200 OK"}
    assert {answer.partition(b"\r\n\r\n")[2] for answer in answers} == {ask(site, COUNTED)[2]}
    # One, for all processes.
    assert len((probes / "renderings").read_bytes()) - before == 1


def _listen(site: Site) -> int:
    """Return how many processes listen, after everybody has asked for something that starts it."""
    assert {status for status, _body in everybody_asks(site, "/robots.txt")} == {200}
    return len(site.rows(LISTENERS))


def post(site: Site, body: bytes) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    try:
        connection.request("POST", "/-digest/", body=body, headers={"Content-Length": str(len(body))})
        return connection.getresponse().read()
    finally:
        connection.close()


def test_an_upload_arrives_whole(site):
    body = os.urandom(UPLOAD)
    assert post(site, body) == f"{UPLOAD} {hashlib.sha256(body).hexdigest()} {UPLOAD}".encode()


def _send_form(site: Site, body: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    try:
        connection.request("POST", "/-form/", body=body)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_forms_that_are_held_up_hold_up_nobody(site, probes):
    """Neither other forms, which are taken elsewhere, nor who reads from memory, by whichever process."""
    held, before = [f"held={number}" for number in range(4)], _forms(probes)
    with ThreadPoolExecutor(len(held)) as pool:
        waiting = [pool.submit(_send_form, site, form) for form in held]
        try:
            wait_until(lambda: len(_forms(probes)) == len(before) + len(held), 30, "the held ones are being taken")
            others = [f"name={number}" for number in range(20)]
            assert [_send_form(site, form) for form in others] == others
            assert {status for status, _body in everybody_asks(site, "/robots.txt")} == {200}
            assert not any(one.done() for one in waiting)
        finally:
            (probes / "forms may go").touch()
        assert [one.result(30) for one in waiting] == held
    assert sorted(_forms(probes)) == sorted([*before, *held, *others])


def test_half_a_form_is_given_to_nobody(site, probes):
    before = _forms(probes)
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        head = f"POST /-form/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nContent-Length: 40\r\n\r\n"
        line.sendall(head.encode() + b"email=reader@example.co")
    # Its process goes on, and takes what comes next.
    assert {_send_form(site, "name=next") for _ in range(EVERYBODY)} == {"name=next"}
    assert _forms(probes)[len(before) :] == ["name=next"] * EVERYBODY


def test_half_a_form_in_chunks_is_given_to_nobody(site, probes):
    before = _forms(probes)
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        head = f"POST /-form/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nTransfer-Encoding: chunked\r\n\r\n"
        line.sendall(head.encode() + b"10\r\nemail=reader@exa\r\n")
        # Nobody can tell that it is half of one, so that a whole one has to name its length, too.
        assert line.recv(65536).startswith(b"HTTP/1.1 411 ")
    assert {_send_form(site, "name=next") for _ in range(EVERYBODY)} == {"name=next"}
    assert _forms(probes)[len(before) :] == ["name=next"] * EVERYBODY


def _forms(probes: Path) -> list[str]:
    """Return what forms the application was given."""
    file = probes / "forms"
    return file.read_text().splitlines() if file.exists() else []


def test_a_reader_who_leaves_ends_what_is_sent_to_him(site, probes):
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        line.sendall(f"GET /-parts/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n\r\n".encode())
        assert line.recv(65536).startswith(b"HTTP/1.1 200 OK")
        assert not (probes / "closed").exists()
    wait_until((probes / "closed").exists, 20, "the body is closed")


def test_a_failure_is_a_500_and_said(site):
    assert ask(site, "/-failure/")[0] == 500
    log = site.folder / "web.log"
    wait_until(lambda: "ZeroDivisionError" in log.read_text(), 10, "the failure is logged")


def test_each_process_begins_with_the_site_also_in_the_place_of_a_dead_one(site):
    """Only a process that was forked after the site was loaded has its objects, set aside from what is collected."""
    before = _processes(site)
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: len(_processes(site) - before) == 1, 30, "another process stands in for the killed one")


def _processes(site: Site) -> set[int]:
    """Return the ids of the processes that answer, each of which has begun with the site; none while one dies."""
    try:
        said = [ask(site, "/-process/")[2].split() for _ in range(EVERYBODY)]
    except OSError:
        return set()
    assert {int(frozen) > 100_000 for _process, frozen in said} == {True}
    return {int(process) for process, _frozen in said}


def test_what_is_going_on_is_finished_when_the_server_is_told_to_end(site, probes):
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask, site, "/-slow/")
        wait_until((probes / "begun").exists, 20, "somebody waits for his answer")
        site.processes["web"].send_signal(signal.SIGTERM)
        wait_until(lambda: _is_refused(site), 20, "nobody else is let in")
        (probes / "go").touch()
        assert answer.result(30)[::2] == (200, b"done")
    assert site.processes.pop("web").wait(20) == 0
    site.start("web")  # for the other tests


def _is_refused(site: Site) -> bool:
    try:
        ask(site, "/health/live")
    except OSError:
        return True
    return False
