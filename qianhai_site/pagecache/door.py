"""How is a request answered: from memory, by whoever renders the same page already, or by Django?"""

import io
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from partners.keeping import keep_with
from qianhai_site.pagecache.answer import Said, close, whole
from qianhai_site.pagecache.behind import Behind
from qianhai_site.pagecache.entry import Entry, Headers, is_for_all, make_entry
from qianhai_site.pagecache.giving_way import GivingWay
from qianhai_site.pagecache.in_front import Answer, answer_of, in_passing, needs_purge, policy
from qianhai_site.pagecache.keys import Key, Keys
from qianhai_site.pagecache.listening import Listener
from qianhai_site.pagecache.neighbours import Left, Neighbours, Place
from qianhai_site.pagecache.parts import Parts
from qianhai_site.pagecache.purging import purger
from qianhai_site.pagecache.rendering import Rendering
from qianhai_site.pagecache.showing import Showing, recording
from qianhai_site.pagecache.store import Store

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

# Seconds that somebody waits for another's rendering before he begins his own.
PATIENCE = 10.0
# Seconds for which an address whose answer was not for everybody is asked of Django at once, and how many are known.
PERSONAL_FOR, MOST_PERSONAL = 10.0, 4096


class PageCache:
    """A WSGI application that answers from memory what is the same for everybody, and asks another for the rest.

    `keeps_pages` is False where only parts of pages are kept.
    """

    def __init__(self, application: Application, *, keeps_pages: bool = True) -> None:
        self.store = Store(settings.PAGE_CACHE_BYTES, forgotten=purger())
        self.listener = Listener(self.store)
        keys = Keys()
        self.parts = Parts(self.store, self.listener, keys)
        self._application = GivingWay(application)
        self._neighbours = Neighbours(settings.PAGE_CACHE_FOLDER)
        self._keeps_pages = keeps_pages
        self._key_of = keys.of
        self._policy, self._is_purged = policy(), needs_purge()
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
            with recording(key, self.store.mark(), keeps_whole=False):
                return self._application(environ, start_response)
        if (answer := self._from_memory(key, environ)) is not None:
            return _say(answer, start_response)
        return self._answer_unknown(key, environ, start_response)

    def answer_at_once(self, environ: dict[str, Any]) -> Answer | None:
        """Return what can be said without waiting, or None; what was until a moment ago is rendered anew behind."""
        key = self._key_of(environ)
        if key is None:
            return None
        if (answer := self._from_memory(key, environ)) is not None:
            return answer
        stale = self._stale(key)
        if stale is None or environ["REQUEST_METHOD"] == "HEAD" or not self._renew_behind(key, environ):
            return None
        return in_passing(answer_of(stale, environ))

    def wait(self, environ: dict[str, Any], go_on: Callable[[Answer | None], None]) -> bool:
        """Have `go_on` called when whoever renders the same page now is done, and say so; False where nobody does.

        It is given what was rendered if that may be shown, else None, and must not raise: it is called in the thread
        of whoever rendered, or after PATIENCE in another. So nobody occupies a thread by waiting.
        """
        key = self._key_of(environ)
        if key is None or environ["REQUEST_METHOD"] == "HEAD" or self._personal.get(key, 0.0) > time.monotonic():
            return False

        def share(entry: Entry | None) -> None:
            go_on(None if entry is None else self._shown(key, entry, environ))

        with self._lock:
            rendering = self._renderings.get(key)
            if rendering is None:
                return False
            rendering.call_when_done(share, PATIENCE, lambda: self._end(key, rendering))
        return True

    def _from_memory(self, key: Key, environ: dict[str, Any]) -> Answer | None:
        # Before the entry is looked for: it is as true as that, whatever is heard meanwhile.
        second = self.store.proven_second
        entry = self.store.get(key)
        if entry is not None and entry.is_fresh:
            now = time.monotonic()
            if now < self.store.certain_until and now < entry.good_until:
                entry.is_used = True
                answer = answer_of(entry, environ, second)
                return self._by_its_address(key, answer, environ) if self._is_purged else answer
        return None

    def _shown(self, key: Key, entry: Entry, environ: dict[str, Any]) -> Answer:
        """Return what an entry answers, such that a cache in front keeps what this process has in memory alone."""
        answer = answer_of(entry, environ)
        return self._by_its_address(key, answer, environ) if self.store.get(key) is entry else in_passing(answer)

    def _by_its_address(self, key: Key, answer: Answer, environ: dict[str, Any]) -> Answer:
        """Return an answer such that a cache in front keeps it under the address that is purged, and no other one."""
        is_other = self._is_purged and environ.get("QUERY_STRING", "") != key.query
        return in_passing(answer) if is_other else answer

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
                    return _say(self._shown(key, entry, environ), start_response)
                rendering = self._renderings.get(key)
                is_mine = rendering is None
                if rendering is None:
                    rendering = self._renderings[key] = Rendering()
            stale = self._stale(key)
            if is_mine and (stale is None or not self._render_behind(key, rendering, environ)):
                return self._render(key, rendering, environ, start_response)
            if stale is not None:
                return _say(in_passing(answer_of(stale, environ)), start_response)
            if not rendering.done.wait(max(until - time.monotonic(), 0.0)) or rendering.entry is None:
                return self._application(environ, start_response)
            if (entry := rendering.shared()) is not None:
                return _say(self._shown(key, entry, environ), start_response)

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

    def _renew_behind(self, key: Key, environ: dict[str, Any]) -> bool:
        """Say whether somebody renders a page, having it done behind where nobody does."""
        with self._lock:
            if key in self._renderings:
                return True
            rendering = self._renderings[key] = Rendering()
        if self._render_behind(key, rendering, environ):
            return True
        self._end(key, rendering)
        return False

    def _render_behind(self, key: Key, rendering: Rendering, environ: dict[str, Any]) -> bool:
        """Have a page rendered while its last state is shown, and say so; False where another one is being so."""
        # What the server reads the request from ends with it.
        lasting = {**environ, "wsgi.input": io.BytesIO()}
        return self._behind.take(lambda: close(self._render(key, rendering, lasting, Said())))

    def _render(self, key: Key, rendering: Rendering, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Take what a neighbour has rendered or have Django answer, and let those go on who wait."""
        try:
            with self._neighbours.place(key, PATIENCE) as place:
                left = place.found() if place else None
                if left is not None and self.store.adopt(key, left.entry, left.since, left.heard):
                    rendering.entry, rendering.shows_since = left.entry, left.since
                    return _say(self._shown(key, left.entry, environ), start_response)
                return self._render_ourselves(key, rendering, place, environ, start_response)
        finally:
            self._end(key, rendering)

    def _render_ourselves(
        self, key: Key, rendering: Rendering, place: Place | None, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        """Have Django answer, and keep what it says where that is for everybody, for neighbours as well."""
        mark, changed_at = self.store.mark(), self.store.changed_at
        began, begun_at = time.time(), time.monotonic()
        with recording(key, mark) as showing:
            answer = Said()
            parts = self._application(environ, answer)
            if showing.is_for_everybody and is_for_all(answer.status, answer.headers):
                body, rest = whole(parts)
                if rest is None:
                    # It may be made of parts that were true a moment before, by whichever proof came meanwhile.
                    since = rendering.shows_since = min([begun_at, *showing.proofs])
                    entry = rendering.entry = self._made(answer.headers, body, showing, began, changed_at)
                    is_settled = self.store.is_settled
                    if self.store.put(key, entry, mark) and place is not None and is_settled:
                        place.leave(Left(entry, since, self.store.heard(mark)))
                    return _say(self._shown(key, entry, environ), start_response)
                parts = rest
            elif answer.status.startswith("200 "):
                self._note_personal(key)
        start_response(answer.status, answer.headers, *answer.failure)
        return parts

    def _end(self, key: Key, rendering: Rendering) -> None:
        """Let those go on who wait, once: a rendering that nobody waited for any longer may end later."""
        with self._lock:
            if self._renderings.get(key) is not rendering:
                return
            del self._renderings[key]
        rendering.finish()

    def _made(self, headers: Headers, body: bytes, showing: Showing, began: float, changed_at: float) -> Entry:
        return make_entry(
            headers,
            body,
            policy=self._policy,
            good_until=showing.good_until,
            tags=frozenset(showing.all_tags),
            # What changes while it is made may be in it or not, so its date is when that began.
            made_at=int(began),
            answers_dates=began - changed_at > 2,
        )

    def _note_personal(self, key: Key) -> None:
        with self._lock:
            if len(self._personal) >= MOST_PERSONAL:
                self._personal.clear()
            self._personal[key] = time.monotonic() + PERSONAL_FOR


def _say(answer: Answer, start_response: Any) -> Iterable[bytes]:
    status, headers, body = answer
    start_response(status, headers)
    return body


def cached(application: Application) -> Application:
    """Return `application` behind a page cache, or as it is where neither pages nor parts of them are kept."""
    if not (settings.PAGE_CACHE or settings.PAGE_PARTS):
        return application
    cache = PageCache(application, keeps_pages=settings.PAGE_CACHE)
    if settings.PAGE_PARTS:
        keep_with(cache.parts)
    return cache
