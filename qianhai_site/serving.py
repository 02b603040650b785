"""How does granian answer at once what is in memory, while threads of ours do what takes long?

`python -m qianhai_site.serving` takes what `python -m granian` does, and differs in one thing. granian calls a WSGI
application in one of its threads and waits there for the answer, so that a few slow pages hold up all that are in
memory. Its protocol asks less: whoever has the request may answer later, from another thread, unless it has a body,
which granian takes away when the call returns. So its threads answer from memory and take in what is sent; threads of
ours render pages, and nobody occupies one by waiting for a page that another renders. Decision 25 has the figures.

And its processes begin with a site that is set up: they are forked from one that has loaded it (decision 35).
"""

import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol, cast

import granian.cli
import granian.server.mp

from qianhai_site.form_lane import FormLane, is_form, read_form
from qianhai_site.pagecache.folder import folder_of_this_run
from qianhai_site.sending import Senders, Sent

if TYPE_CHECKING:
    from qianhai_site.pagecache.door import PageCache
    from qianhai_site.pagecache.in_front import Answer

logger = logging.getLogger(__name__)

# While one waits for the database another one runs.
THREADS = 4


class Request(Protocol):
    """What granian hands over beside the environment: the place for the answer, from whichever thread."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer; nothing happens where somebody has answered already."""


Handler = Callable[[Request, dict[str, Any]], Any]


class Door:
    """Takes every request: answers it at once, leaves it with whoever renders the same page, or has a thread do it."""

    def __init__(
        self, cache: "PageCache | None", handle: Handler, threads: int = THREADS, session_cookie: str = "sessionid"
    ) -> None:
        self._cache, self._session_cookie = cache, session_cookie
        senders = Senders()
        # Nobody who renders pages, or takes in what is sent, waits for a slow reader of a file.
        self._handle: Handler = lambda request, environ: handle(cast("Request", Sent(request, senders)), environ)
        # Bounded by what granian lets in (its backpressure).
        self._waiting: SimpleQueue[tuple[Request, dict[str, Any], bool]] = SimpleQueue()
        for number in range(threads):
            threading.Thread(target=self._work, name=f"request {number + 1}", daemon=True).start()
        self._forms = FormLane(self._handle_whole, lambda job: self._waiting.put((*job, False)))

    def __call__(self, request: Request, environ: dict[str, Any]) -> None:
        """Answer `request`, now or later."""
        if _has_no_length(environ):
            # Taken in, it would be a form that is empty or, where its sender has left, half of one.
            request.response_bytes(411, [("Content-Length", "0"), ("Connection", "close")], b"")
        elif is_form(environ, self._session_cookie):
            if read_form(environ):
                self._forms.put(request, environ)
            else:
                # Its sender has left, and half of a form is none.
                request.response_bytes(400, [], b"")
        elif _may_have_body(environ):
            self._handle(request, environ)
        elif not self._is_done(request, environ):
            self._waiting.put((request, environ, True))

    def _is_done(self, request: Request, environ: dict[str, Any]) -> bool:
        """Answer at once, or leave the request with whoever renders the same page, and say whether either was done."""
        if self._cache is None:
            return False
        if (answer := self._cache.answer_at_once(environ)) is not None:
            _respond(request, answer)
            return True

        def go_on(answer: "Answer | None") -> None:
            if answer is None:
                # It has waited once: whatever it finds now, a thread stays with it.
                self._waiting.put((request, environ, False))
            else:
                _respond(request, answer)

        return self._cache.wait(environ, go_on)

    def _work(self) -> None:
        while True:
            request, environ, is_new = self._waiting.get()
            # While it lay here somebody may have begun with the same page, or be done with it.
            self._handle_whole(request, environ, is_new=is_new)
            # Nothing of a request is held until the next.
            del request, environ

    def _handle_whole(self, request: Request, environ: dict[str, Any], *, is_new: bool = False) -> None:
        try:
            if not (is_new and self._is_done(request, environ)):
                self._handle(request, environ)
        except BaseException:
            logger.exception("A request could not be answered.")
            # Nor that, perhaps, for the same reason; the thread has others to take.
            with suppress(BaseException):
                request.response_bytes(500, [], b"")


def _has_no_length(environ: dict[str, Any]) -> bool:
    """Say whether a body comes in chunks (RFC 9112, 7.1), of which WSGI does not tell whether all have come. A server
    may ask for the length (RFC 9112, 6.3), which every browser gives; a proxy that takes bodies in gives it as well.
    """
    return "HTTP_TRANSFER_ENCODING" in environ and not environ.get("CONTENT_LENGTH")


def _may_have_body(environ: dict[str, Any]) -> bool:
    return (
        environ["REQUEST_METHOD"] not in {"GET", "HEAD"}
        or environ.get("CONTENT_LENGTH", "0") not in {"", "0"}
        or "HTTP_TRANSFER_ENCODING" in environ
    )


def _respond(request: Request, answer: "Answer") -> None:
    status, headers, body = answer
    request.response_bytes(int(status[:3]), headers, body[0] if body else b"")


# Not public, so that each version of granian is tried by the tests before it is taken.
_granian = cast("Any", granian.server.mp)
_granians_own = _granian._wsgi_call_wrap


def wrap(application: Any, options: dict[str, Any], access_log: str | None = None) -> Handler:
    """Return what granian calls with each request, in the process that answers it, as granian's own function does."""
    # Django is set up by what loaded the application, which may be the process that ours was forked from.
    from django.conf import settings  # noqa: PLC0415

    from qianhai_site.pagecache.door import PageCache  # noqa: PLC0415
    from qianhai_site.wsgi import page_cache  # noqa: PLC0415

    # What is answered at once is in no log of accesses: with one, threads do everything.
    cache = page_cache if isinstance(page_cache, PageCache) and not access_log else None
    handle = cast("Handler", _granians_own(application, options, access_log))
    return Door(cache, handle, session_cookie=settings.SESSION_COOKIE_NAME)


def set_up() -> None:
    """Load the site, its addresses and its templates into the process that starts those which answer.

    What is forked then answers at once, also in the place of one that died, and shares its memory. Nothing may be open
    that two processes cannot share: no thread is started, and no connection is left. Where processes are spawned, each
    loads the site by itself. A developer's mistake in a view or template is shown on the page that has it.
    """
    if multiprocessing.get_start_method() != "fork":
        return
    # What is loaded is there for good: to look through it again and again for what could go is a sixth of a start.
    gc.disable()
    try:
        is_loaded = _load()
    finally:
        gc.enable()
    if is_loaded:
        # Of what is here already, no process collects garbage: it would copy the pages of memory to look at them.
        gc.collect()
        gc.freeze()


def _load() -> bool:
    """Load what `set_up` says; return False where that is left to each process, for a developer."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415
    from django.template import Engine  # noqa: PLC0415
    from django.urls import get_resolver  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    import qianhai_site.wsgi  # noqa: F401, PLC0415  sets Django up

    if settings.DEBUG:
        return False
    get_resolver().url_patterns  # noqa: B018  loads the views
    templates = Engine.get_default()
    for folder in map(Path, templates.dirs):
        for file in folder.rglob("*.html"):
            templates.get_template(file.relative_to(folder).as_posix())
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("")
    connections.close_all()
    return True


# A process that is spawned, not forked, loads this module under the second name.
if __name__ in {"__main__", "__mp_main__"}:
    _granian._wsgi_call_wrap = wrap
if __name__ == "__main__":
    # What one process renders, the others need not: for as long as this one looks after them.
    with folder_of_this_run() as folder:
        os.environ.setdefault("PAGE_CACHE_FOLDER", folder)
        # Ended before granian listens to signals, it takes its folder away as well.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        set_up()
        cast("Any", granian.cli).entrypoint()
