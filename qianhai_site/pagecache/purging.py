"""How does a cache in front of the site (a CDN, Varnish) hear that it holds what is not right any more?

By `wagtail.contrib.frontend_cache`, whose backends WAGTAILFRONTENDCACHE names. Whatever leaves the memory of a process,
for whatever reason, is purged there: a cache in front then holds nothing that no process would hear about.
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterable

from django.conf import settings
from wagtail.contrib.frontend_cache.utils import purge_urls_from_cache

from qianhai_site.pagecache.keys import Key

logger = logging.getLogger(__name__)

# Addresses in one call; the services allow some hundred at most.
AT_ONCE = 100
# Addresses that may wait. More are left to their s-maxage, and said.
MOST_WAITING = 100_000


def purger() -> Callable[[Iterable[Key]], None] | None:
    """Return what purges the addresses of keys, from a thread of its own; None without a cache in front."""
    if not getattr(settings, "WAGTAILFRONTENDCACHE", None):
        return None
    return Purger().purge


class Purger:
    """Purges addresses one bundle after the other, so that nobody waits for another machine."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[str] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def purge(self, keys: Iterable[Key]) -> None:
        """Have the addresses of `keys` purged soon."""
        urls = [key.url for key in keys]
        if not urls:
            return
        try:
            for url in urls:
                self._waiting.put_nowait(url)
        except queue.Full:
            logger.error("Too many addresses wait to be purged; the cache in front keeps them until they run out.")
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="page cache purger", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            urls = {self._waiting.get()}
            while len(urls) < AT_ONCE:
                try:
                    urls.add(self._waiting.get_nowait())
                except queue.Empty:
                    break
            try:
                purge_urls_from_cache(sorted(urls))
            except Exception:
                logger.exception("%d addresses could not be purged.", len(urls))
