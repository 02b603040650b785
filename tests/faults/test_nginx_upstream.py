"""The sample nginx where the site behind it ends a connection, and where it answers by itself."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from qianhai_site.local.front import Front
from qianhai_site.local.webserver import find
from tests.faults.nginx import asked

pytestmark = pytest.mark.fault

SAFETY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
}


class Dying:
    """Stands in for the site: reads a request on each connection and ends the first `deaths` without a word."""

    def __init__(self) -> None:
        self.deaths = 1
        self.methods: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _who = self._listening.accept()
                with line:
                    request = b""
                    while b"\r\n\r\n" not in request and (more := line.recv(65536)):
                        request += more
                    self.methods.append(request.split(b" ", 1)[0].decode())
                    if len(self.methods) > self.deaths:
                        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nwhole")

    def close(self) -> None:
        """Listen no more."""
        self._listening.close()


@pytest.fixture
def dying() -> Iterator[Dying]:
    site = Dying()
    yield site
    site.close()


@pytest.fixture
def front(dying: Dying, tmp_path: Path) -> Iterator[Front]:
    """Give the sample before the stand-in, with a file and a folder of each kind."""
    for folder in ("static/css", "media/images/share"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.txt").write_text("a")
    front = Front(find(), site_port=dying.port, data=tmp_path, home=tmp_path / "nginx")
    front.start()
    yield front
    front.stop()


def test_a_page_is_asked_for_again_where_a_process_dies_over_it(front, dying):
    answer = asked(front.port, "/latest/")
    assert (answer.status, answer.body) == (200, b"whole")
    assert dying.methods == ["GET", "GET"]


def test_what_changes_something_is_sent_once(front, dying):
    """Nobody knows whether it was done before the process died."""
    assert asked(front.port, "/form/", "POST", b"name=Reader").status == 502
    assert dying.methods == ["POST"]


def test_a_site_that_is_away_is_not_asked_for_ever(front, dying):
    dying.deaths = 100
    assert asked(front.port, "/latest/").status == 502
    assert len(dying.methods) == 2


@pytest.mark.parametrize("path", ["/static/css", "/media/images/share"])
def test_to_what_lacks_its_slash_the_reader_is_led_by_the_scheme_that_he_came_with(front, path):
    answer = asked(front.port, path, X_Forwarded_Proto="https")
    assert (answer.status, answer.headers["location"]) == (301, f"{path}/")


@pytest.mark.parametrize("folder", ["/static/css", "/media/images/share"])
def test_errors_of_files_are_as_safe_as_they_and_kept_by_nobody(front, folder):
    found, missing = asked(front.port, f"{folder}/a.txt"), asked(front.port, f"{folder}/b.txt")
    refused = asked(front.port, f"{folder}/a.txt", "POST", b"x")
    assert [answer.status for answer in (found, missing, refused)] == [200, 404, 405]
    for answer in (found, missing, refused):
        assert {name: answer.headers.get(name) for name in SAFETY} == SAFETY
        assert answer.headers["content-security-policy"] == found.headers["content-security-policy"]
    assert [("cache-control" in answer.headers) for answer in (found, missing, refused)] == [True, False, False]
