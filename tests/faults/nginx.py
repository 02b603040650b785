"""The demo behind the sample nginx, as a deployment has it: what a test asks, and how it is started."""

import contextlib
import http.client
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qianhai_site.local.front import Front
from qianhai_site.local.webserver import find
from tests.faults.site import Site, running_site


@dataclass(frozen=True)
class Answer:
    """Status, headers by their small names, and body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Fronted:
    """A site, and the nginx before it."""

    def __init__(self, site: Site, front: Front) -> None:
        self.site, self.front = site, front

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Return nginx's answer; underscores in names of headers stand for hyphens."""
        return asked(self.front.port, path, method, body, **headers)

    def ask_site(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Return granian's answer to what nginx would pass on."""
        return asked(self.site.port, path, method, None, **headers)

    def kept(self) -> list[bytes]:
        """Return every file that nginx keeps pages in."""
        return [file.read_bytes() for file in (self.front.home / "pages").rglob("*") if file.is_file()]


def asked(port: int, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """Return one answer, over a connection of its own."""
    one = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        one.request(method, path, body=body, headers={"Host": "127.0.0.1", **named})
        answer = one.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        one.close()


@contextlib.contextmanager
def running_fronted(folder: Path) -> Iterator[Fronted]:
    """Give the demo behind nginx with the settings of production, and leave nothing of it behind."""
    production = {"DJANGO_SETTINGS_MODULE": "qianhai_site.settings.production", "PAGE_CACHE": "true"}
    with running_site(folder, "web", demo=True, TRUSTED_PROXIES="1", **production) as site:
        named = os.environ.get("NGINX_PROGRAM") or find()
        front = Front(named, site_port=site.port, data=folder, home=folder / "nginx")
        front.start()
        try:
            yield Fronted(site, front)
        finally:
            front.stop()
