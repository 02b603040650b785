"""Pictures and static files: the same with nginx and without, and nobody held up by who reads them slowly."""

import contextlib
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.nginx import Answer, Fronted, asked, running_fronted

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

OLD_DATE, LATER_DATE = "Sun, 06 Nov 1994 08:49:37 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
# More than there are threads of any kind that answer, in both processes.
SLOW_READERS = 40
LARGE = "/media/images/large.0a1b2c3d.width-4000.webp"
LARGE_BYTES = 40 * 1024 * 1024

# @tag and @date are the file's own, @last its last byte.
ASKED = [
    {},
    *(
        {"Range": f"bytes={wanted}"}
        for wanted in ("0-0", "-1", "@last-", "0-", "5-9", "5-99999999", "-99999999", "-0", "99999999-")
    ),
    {"Range": "Bytes=0-3"},
    {"Range": "bytes=0-9", "If_Range": "@tag"},
    {"Range": "bytes=0-9", "If_Range": "@date"},
    {"Range": "bytes=0-9", "If_Range": '"other"'},
    {"Range": "bytes=0-9", "If_Range": "W/@tag"},
    {"Range": "bytes=0-9", "If_Range": OLD_DATE},
    *({"If_None_Match": tags} for tags in ("@tag", '"other", @tag', "*", "W/@tag", '"other"')),
    {"If_None_Match": '"other"', "If_Modified_Since": "@date"},
    *({"If_Modified_Since": date} for date in ("@date", OLD_DATE, LATER_DATE, "yesterday")),
    *({"If_Match": tags} for tags in ("@tag", "*", '"other"', "W/@tag")),
    *({"If_Unmodified_Since": date} for date in ("@date", OLD_DATE, LATER_DATE)),
    *(
        {"Accept_Encoding": accepted}
        for accepted in ("gzip", "GZIP", "gzip, deflate", "gzip;q=0.5", "gzip;q=0", "foo-gzip", "identity", "deflate")
    ),
    {"Accept_Encoding": "gzip", "If_None_Match": "@tag"},
    {"Accept_Encoding": "gzip", "Range": "bytes=0-9"},
    {"Accept_Encoding": "gzip", "Range": "bytes=0-9", "If_Range": "@tag"},
]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Fronted]:
    """Give the demo behind nginx, with a picture beside its own that is larger than any is made."""
    with django_db_blocker.unblock(), running_fronted(tmp_path_factory.mktemp("files")) as fronted:
        with (fronted.site.folder / LARGE.removeprefix("/")).open("wb") as file:
            file.truncate(LARGE_BYTES)
        yield fronted


@pytest.fixture(scope="module", params=["picture", "static file"])
def path(demo: Fronted, request: Any) -> str:
    """Give the address of a file, small enough to be sent whole."""
    pattern = {"picture": r'/media/images/[^" ]+\.avif', "static file": r"/static/css/site\.[0-9a-f]{12}\.css"}
    found = re.search(pattern[request.param], demo.ask("/").body.decode())
    assert found
    return found[0]


@pytest.mark.parametrize("headers", ASKED, ids=str)
def test_with_nginx_and_without_it_is_the_same(demo, path, headers):
    whole = demo.ask(path)
    own = {
        "@tag": whole.headers["etag"],
        "@date": whole.headers["last-modified"],
        "@last": str(len(whole.body) - 1),
    }
    headers = {name: re.sub("@[a-z]+", lambda found: own[found[0]], value) for name, value in headers.items()}
    assert told(demo.ask_site(path, **headers)) == told(demo.ask(path, **headers))


def told(answer: Answer) -> dict[str, Any]:
    named = ("etag", "content-range", "content-encoding", "content-security-policy", "cache-control")
    # What stands around an error is nginx's own.
    said = {name: answer.headers.get(name) for name in named[: 2 if answer.status >= 400 else 3]}
    if answer.status >= 400:
        del said["etag"]
    return {"status": answer.status, "body": answer.body if answer.status < 400 else b"", **said}


def test_who_reads_a_large_picture_slowly_holds_up_nobody(demo):
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(slow_reader(demo.site.port)) for _ in range(SLOW_READERS)]
        # Each has been begun with, not only as many as there are threads.
        assert {line.recv(12) for line in lines} == {b"HTTP/1.1 200"}
        for asked_for in ("/health/live", "/favicon.ico", "/search/?q=slow", "/nothing-here/"):
            # By both processes, most likely.
            assert {asked(demo.site.port, asked_for).status for _ in range(8)} <= {200, 404}, asked_for
        part = demo.ask_site(LARGE, Range="bytes=-5")
        assert (part.status, part.body) == (206, bytes(5))
        # And it comes whole, if somebody reads it.
        received = lines[0].makefile("rb")
        assert len(received.read().partition(b"\r\n\r\n")[2]) == LARGE_BYTES


@contextlib.contextmanager
def slow_reader(port: int) -> Iterator[socket.socket]:
    """Give a line on which a large picture has been asked for, and nothing is read but by the test."""
    with socket.socket() as line:
        # Before it connects: the machine would take megabytes in for him.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(20)
        line.connect(("127.0.0.1", port))
        line.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        yield line
