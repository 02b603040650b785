"""How is a request answered: from memory, by whoever renders the same page already, or by Django?"""

import io
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from partners.keeping import keep_with
from qianhai_site.pagecache.behind import Behind
from qianhai_site.pagecache.entry import Entry, Headers, best_encoding, is_for_all, last_moment, make_entry
from qianhai_site.pagecache.keys import Key, Keys
from qianhai_site.pagecache.listening import SURE, Listener
from qianhai_site.pagecache.parts import Parts
from qianhai_site.pagecache.purging import purger
from qianhai_site.pagecache.showing import Showing, recording
from qianhai_site.pagecache.store import Store

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

# Seconds. What shows nothing older than that is given to others as well who wait for it.
SHARED_FOR = 0.9
# Seconds that somebody waits for another's rendering before he begins his own.
PATIENCE = 10.0
# Seconds for which an address whose answer was not for everybody is asked of Django at once, and how many are known.
PERSONAL_FOR, MOST_PERSONAL = 10.0, 4096
# A larger answer is passed on as it comes, and not kept.
LARGEST_BODY = 2 * 1024 * 1024
# What a web server in front says that repeats answers within a second of the clock (deploy/nginx.conf).
SHARED_CACHE = "HTTP_X_SHARED_CACHE"


class Rendering:
    """One that goes on: others wait for `done`, and share `entry` where there is one."""

    def __init__(self, shows_since: float) -> None:
        # Nothing in it is older than that (monotonic).
        self.shows_since = shows_since
        self.done = threading.Event()
        self.entry: Entry | None = None


class PageCache:
    """A WSGI application that answers from memory what is the same for everybody, and asks another for the rest.

    `keeps_pages` is False where only parts of pages are kept.
    """

    def __init__(self, application: Application, *, keeps_pages: bool = True) -> None:
        self.store = Store(settings.PAGE_CACHE_BYTES, forgotten=purger())
        self.listener = Listener(self.store)
        self.parts = Parts(self.store, self.listener)
        self._application = application
        self._keeps_pages = keeps_pages
        self._key_of = Keys().of
        self._policy = _policy()
        self._lock = threading.Lock()
        self._renderings: dict[Key, Rendering] = {}
        self._personal: dict[Key, float] = {}
        self._behind = Behind()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer (PEP 3333)."""
        key = self._key_of(environ)
        if key is None:
            return self._application(environ, start_response)
        if not self._keeps_pages:
            self.listener.ensure_running()
            with recording(key, self.store.mark()):
                return self._application(environ, start_response)
        # Before the entry is looked for: it is as true as that, whatever is heard meanwhile.
        second = self.store.proven_second
        entry = self.store.get(key)
        if entry is not None and entry.is_fresh:
            now = time.monotonic()
            if now < self.store.certain_until and now < entry.good_until:
                entry.is_used = True
                return _send(entry, environ, start_response, second)
        return self._answer_unknown(key, environ, start_response)

    def _answer_unknown(self, key: Key, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.listener.ensure_running()
        now = time.monotonic()
        # A HEAD is not made a GET before it is known that the answer is for everybody.
        if environ["REQUEST_METHOD"] == "HEAD" or self._personal.get(key, 0.0) > now:
            return self._application(environ, start_response)
        until = now + PATIENCE
        while True:
            with self._lock:
                if (entry := self._fresh(key)) is not None:
                    return _send(entry, environ, start_response)
                rendering = self._renderings.get(key)
                is_mine = rendering is None
                if rendering is None:
                    rendering = self._renderings[key] = Rendering(self._shows_since())
            stale = self._stale(key)
            if is_mine and (stale is None or not self._render_behind(key, rendering, environ)):
                return self._render(key, rendering, environ, start_response)
            if stale is not None:
                return _send(stale, environ, start_response)
            if not rendering.done.wait(max(until - time.monotonic(), 0.0)) or rendering.entry is None:
                return self._application(environ, start_response)
            if time.monotonic() < rendering.shows_since + SHARED_FOR:
                return _send(rendering.entry, environ, start_response)

    def _shows_since(self) -> float:
        """Return the moment (monotonic) of which an answer made now is true at least: that of the last proof, since it
        may be made of parts that were.
        """
        return min(time.monotonic(), self.store.certain_until - SURE) if self.parts.are_used else time.monotonic()

    def _fresh(self, key: Key) -> Entry | None:
        entry, now = self.store.get(key), time.monotonic()
        if entry is None or not entry.is_fresh or now >= entry.good_until or now >= self.store.certain_until:
            return None
        return entry

    def _stale(self, key: Key) -> Entry | None:
        """Return what was shown before a change of less than a second ago; not what has run out by the clock."""
        entry, now = self.store.get(key), time.monotonic()
        if entry is None or entry.is_fresh or now >= entry.stale_until or now >= entry.good_until:
            return None
        return entry

    def _render_behind(self, key: Key, rendering: Rendering, environ: dict[str, Any]) -> bool:
        """Have a page rendered while its last state is shown, and say so; False where another one is being so."""
        # What the server reads the request from ends with it.
        lasting = {**environ, "wsgi.input": io.BytesIO()}
        return self._behind.take(lambda: _close(self._render(key, rendering, lasting, _Answer())))

    def _render(self, key: Key, rendering: Rendering, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Have Django answer, keep what it says where that is for everybody, and let those go on who wait."""
        mark, changed_at = self.store.mark(), self.store.changed_at
        began = time.time()
        try:
            with recording(key, mark) as showing:
                answer = _Answer()
                parts = self._application(environ, answer)
                if showing.is_for_everybody and is_for_all(answer.status, answer.headers):
                    body, rest = _whole(parts)
                    if rest is None:
                        rendering.entry = self._made(answer.headers, body, showing, began - changed_at > 2)
                        self.store.put(key, rendering.entry, mark)
                        return _send(rendering.entry, environ, start_response)
                    parts = rest
                elif answer.status.startswith("200 "):
                    self._note_personal(key)
            start_response(answer.status, answer.headers, *answer.failure)
            return parts
        finally:
            with self._lock:
                self._renderings.pop(key, None)
            rendering.done.set()

    def _made(self, headers: Headers, body: bytes, showing: Showing, answers_dates: bool) -> Entry:
        return make_entry(
            headers,
            body,
            policy=self._policy,
            good_until=last_moment(),
            tags=frozenset(showing.all_tags),
            answers_dates=answers_dates,
        )

    def _note_personal(self, key: Key) -> None:
        with self._lock:
            if len(self._personal) >= MOST_PERSONAL:
                self._personal.clear()
            self._personal[key] = time.monotonic() + PERSONAL_FOR


class _Answer:
    """What an application says before it gives the body."""

    def __init__(self) -> None:
        self.status, self.headers, self.failure = "", list[tuple[str, str]](), tuple[Any, ...]()

    def __call__(self, status: str, headers: Headers, *failure: Any) -> Callable[[bytes], None]:
        self.status, self.headers, self.failure = status, headers, failure
        return self._refuse

    def _refuse(self, data: bytes) -> None:
        raise NotImplementedError("Django gives its body as an iterable.")


class _Rest:
    """The parts of a body that were read already, and those that were not."""

    def __init__(self, read: list[bytes], parts: Iterable[bytes], iterator: Any) -> None:
        self._read, self._parts, self._iterator = read, parts, iterator

    def __iter__(self) -> Any:
        yield from self._read
        yield from self._iterator

    def close(self) -> None:
        """Pass on that the server is done."""
        _close(self._parts)


def _whole(parts: Iterable[bytes]) -> tuple[bytes, _Rest | None]:
    """Return a body as one, or what gives it in parts where it is too large to be kept."""
    read, size, iterator = list[bytes](), 0, iter(parts)
    try:
        for part in iterator:
            read.append(part)
            size += len(part)
            if size > LARGEST_BODY:
                return b"", _Rest(read, parts, iterator)
    except BaseException:
        _close(parts)
        raise
    _close(parts)
    return b"".join(read), None


def _close(parts: Iterable[bytes]) -> None:
    if close := getattr(parts, "close", None):
        close()


def _send(entry: Entry, environ: dict[str, Any], start_response: Any, second: int = 0) -> Iterable[bytes]:
    """Answer with an entry; `second` is the one (of the epoch) in which it was proven, where that is known.

    A web server in front that asks for it is told, and may repeat the answer until that second of the clock is over:
    what was true at its beginning or later is shown for less than a second so. Without it nothing is to be repeated.
    """
    told = [("X-Accel-Expires", f"@{second}")] if second and SHARED_CACHE in environ else []
    if ("HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ) and entry.is_known_to(environ):
        start_response("304 Not Modified", entry.not_modified + told if told else entry.not_modified)
        return []
    accepted = environ.get("HTTP_ACCEPT_ENCODING")
    headers, body = getattr(entry, best_encoding(accepted)) if accepted else entry.identity
    start_response("200 OK", headers + told if told else headers)
    return body if environ["REQUEST_METHOD"] == "GET" else []


def _policy() -> str:
    """Return the Cache-Control of what is kept: browsers ask each time, shared caches after the configured seconds."""
    words = ["public", "max-age=0", f"s-maxage={settings.PAGE_CACHE_SHARED_SECONDS}"]
    if settings.PAGE_CACHE_SHARED_STALE_SECONDS:
        words.append(f"stale-while-revalidate={settings.PAGE_CACHE_SHARED_STALE_SECONDS}")
    return ", ".join(words)


def cached(application: Application) -> Application:
    """Return `application` behind a page cache, or as it is where neither pages nor parts of them are kept."""
    if not (settings.PAGE_CACHE or settings.PAGE_PARTS):
        return application
    cache = PageCache(application, keeps_pages=settings.PAGE_CACHE)
    if settings.PAGE_PARTS:
        keep_with(cache.parts)
    return cache
