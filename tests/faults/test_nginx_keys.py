"""The sample nginx: what it keeps for one request is never the answer to another one."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from qianhai_site.local.front import Front
from qianhai_site.local.webserver import find
from tests.faults.nginx import asked

pytestmark = pytest.mark.fault

TO_BE_SET = "set $readers_scheme $scheme;"


class Site(BaseHTTPRequestHandler):
    """Stands in for the site: says what it was asked, may be kept for longer than the tests take, and wants HTTPS.

    Of an answer that says what it answers, a test sees at once whether it was another one's.
    """

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        encoding = self.headers.get("Accept-Encoding", "").partition(",")[0]
        body = f"{self.path} in {encoding or 'nothing'}".encode()
        packed = gzip.compress(body) if encoding == "gzip" else body
        is_safe = self.headers["X-Forwarded-Proto"] == "https"
        self.send_response(200 if is_safe else 301)
        self.send_header("X-Accel-Expires", "3600")
        self.send_header("Content-Length", str(len(packed)))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(packed)

    def log_message(self, *said: object) -> None:
        pass


@pytest.fixture
def behind_tls(tmp_path: Path) -> Iterator[Front]:
    """Give the sample as it stands behind a machine that ends TLS, before the stand-in."""
    with ExitStack() as stack:
        site = stack.enter_context(served())
        front = Front(find(), site_port=site.server_port, data=tmp_path, home=tmp_path / "nginx")
        file = front.home / "nginx.conf"
        assert file.read_text().count(TO_BE_SET) == 1
        file.write_text(file.read_text().replace(TO_BE_SET, "set $readers_scheme $http_x_forwarded_proto;"))
        stack.callback(front.stop)
        front.start()
        yield front


@contextmanager
def served() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("encoding", ["gzip", "br"])
@pytest.mark.parametrize("packed_first", [True, False], ids=["packed-first", "plain-first"])
def test_an_address_that_ends_like_an_encoding_is_another_one(behind_tls, encoding, packed_first):
    path, longer = "/search/?q=harbour", f"/search/?q=harbour{encoding}"
    asks = [(path, encoding), (longer, "identity")]
    for asking, takes in asks if packed_first else reversed(asks):
        for _ in range(2):  # the second is nginx's own
            answer = asked(behind_tls.port, asking, Accept_Encoding=takes, X_Forwarded_Proto="https")
            packed = answer.headers.get("content-encoding", "")
            assert packed == takes.replace("identity", "")
            body = gzip.decompress(answer.body) if packed == "gzip" else answer.body
            assert body == f"{asking} in {packed or 'nothing'}".encode()


def test_who_came_without_tls_is_not_given_what_is_kept_for_who_came_with_it(behind_tls):
    for scheme, status in (("https", 200), ("http", 301), ("https", 200), ("https,http", 200), ("", 301)):
        for _ in range(2):
            assert asked(behind_tls.port, "/", X_Forwarded_Proto=scheme).status == status, scheme


def test_what_a_reader_writes_into_the_scheme_makes_no_address_of_it(behind_tls):
    address = "/search/?q=a"
    forged = f"https://127.0.0.1{address}"
    assert asked(behind_tls.port, "/evil", X_Forwarded_Proto=forged).status == 301
    answer = asked(behind_tls.port, f"{address}://127.0.0.1/evil", X_Forwarded_Proto="https")
    assert answer.body == f"{address}://127.0.0.1/evil in nothing".encode()
