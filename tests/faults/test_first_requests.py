"""A thousand readers open a page at the same moment that nobody has rendered yet: how often is it rendered?"""

import asyncio
from typing import Any

import pytest

from tests.faults.page_answers import A_PERSON, ask, everybody_asks
from tests.faults.site import running_site
from tests.faults.waiting import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

READERS, PROCESSES = 1000, 2


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


@pytest.fixture
def site(django_db_setup: None, django_db_blocker: Any, tmp_path: Any) -> Any:
    """Give the demo, as it is served, with its renderings of the page of a path counted."""
    counted = {"RENDERINGS": str(tmp_path / "renderings"), "RENDERED_PATH": "/latest/"}
    with (
        django_db_blocker.unblock(),
        running_site(tmp_path, web_workers=PROCESSES, PAGE_CACHE="true", **counted) as site,
    ):
        site.run("seed_demo", "--width", "192")
        command = site.command
        site.command = lambda name: [*command(name)[:-1], "tests.faults.counted:application"]
        site.start("web")
        yield site


def test_a_thousand_first_requests_are_one_rendering_in_each_process(site, tmp_path):
    # Every process listens for changes, and has read what all pages share.
    wait_until(lambda: all(status == 200 for status, _body in everybody_asks(site, "/")), 30, "everybody answers")
    # A person's page comes from no memory and goes into none, but its pictures are made.
    ask(site, "/latest/", **A_PERSON)
    before = len((tmp_path / "renderings").read_bytes())
    assert before == 1
    answers = asyncio.run(_all_at_once(site.port, "/latest/"))
    assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 200 OK"}
    assert {answer.partition(b"\r\n\r\n")[2] for answer in answers} == {ask(site, "/latest/")[2]}
    assert 1 <= len((tmp_path / "renderings").read_bytes()) - before <= PROCESSES
