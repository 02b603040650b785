"""A page cache whose pages are made by the test, and whose listener is the test."""

import io
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from partners.articles.partner_page import PartnerPage
from partners.keeping import keep_with
from qianhai_site.pagecache.door import PageCache
from qianhai_site.pagecache.showing import current_showing
from qianhai_site.pagecache.store import SITE

HOST = settings.SITE_URL.partition("//")[2]


def asked(path: str = "/", query: str = "", method: str = "GET", **headers: str) -> dict[str, Any]:
    """Return what a server hands over for a request."""
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "CONTENT_TYPE": "",
        "HTTP_HOST": HOST,
        "SERVER_NAME": HOST.partition(":")[0],
        "SERVER_PORT": HOST.partition(":")[2] or "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        **headers,
    }


class Pages:
    """An application whose answers say how often it was asked; what a test sets decides whom they are for."""

    def __init__(self) -> None:
        self.count = itertools.count(1)
        self.renders = 0
        self.headers: list[tuple[str, str]] = [("Content-Type", "text/html")]
        self.status = "200 OK"
        self.is_for_everybody = True
        self.tags = {"page:1"}
        self.body: bytes = b""
        self.while_rendering: Callable[[], Any] = lambda: None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        number = self.renders = next(self.count)
        if self.is_for_everybody and (showing := current_showing()):
            showing.is_for_everybody = True
            showing.tags |= {SITE, *self.tags}
        self.while_rendering()
        start_response(self.status, list(self.headers))
        return [self.body or f"rendering {number}".encode()]


class Site:
    """A page cache before `pages`, sure of itself until the test says otherwise."""

    def __init__(self, most_bytes: int = 8 * 1024 * 1024, *, keeps_pages: bool = True) -> None:
        settings.PAGE_CACHE_BYTES, before = most_bytes, settings.PAGE_CACHE_BYTES
        try:
            self.pages = Pages()
            self.cache = PageCache(self.pages, keeps_pages=keeps_pages)
        finally:
            settings.PAGE_CACHE_BYTES = before
        self.cache.listener.ensure_running = lambda: None  # type: ignore[method-assign]
        self.store = self.cache.store
        self.hear()

    def hear(self, seconds: float = 60.0) -> None:
        """Be certain for so many seconds from now."""
        self.store.certain_until = time.monotonic() + seconds

    def ask(self, *args: Any, **headers: str) -> tuple[str, dict[str, str], bytes]:
        """Return status, headers and body of an answer."""
        said: list[Any] = []
        parts = self.cache(asked(*args, **headers), lambda *answer: said.append(answer))
        status, given = said[0][:2]
        return status, {name.lower(): value for name, value in given}, b"".join(parts)

    def body(self, *args: Any, **headers: str) -> bytes:
        return self.ask(*args, **headers)[2]


@contextmanager
def before_the_real_site(*, keeps_pages: bool) -> Iterator[Site]:
    """Give a page cache before the real site, whose requests leave the test's connection open, as its client's do.

    Parts of pages are kept as well.
    """
    site = Site(keeps_pages=keeps_pages)
    site.cache._application = get_wsgi_application()
    keeper = keep_with(site.cache.parts)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield site
    finally:
        keep_with(keeper)
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def at_once(count: int, act: Callable[[], Any]) -> list[Any]:
    """Return what `count` threads get that begin together."""
    ready, results = threading.Barrier(count), [None] * count

    def one(number: int) -> None:
        ready.wait()
        results[number] = act()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def queries(site: Site, path: str, query: str = "") -> list[str]:
    """Return what is asked for while a page is made, from the first FROM on."""
    with CaptureQueriesContext(connection) as made:
        status, _headers, _body = site.ask(path, query)
    assert status == "200 OK", path
    return [f"… FROM {one['sql'].partition(' FROM ')[2]}" for one in made]


def announced(site: Site, *tags: str) -> None:
    """Let the site hear that `tags` have changed."""
    site.store.drop(frozenset(tags), stale_until=0.0)


def tags_of_page(page: Any) -> tuple[str, ...]:
    """Return what the database announces of a change of an article or partner."""
    own = (f"page:{page.pk}", f"key:{page.translation_key}", f"list:{page.locale_id}")
    return (*own, "partners") if isinstance(page, PartnerPage) else own
