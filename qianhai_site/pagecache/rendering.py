"""Who waits for a page that somebody renders already, and what do they get?"""

import threading
import time
from collections.abc import Callable

from qianhai_site.pagecache.entry import Entry

Share = Callable[[Entry | None], None]

# Seconds. What shows nothing older than that is given to others as well who wait for it.
SHARED_FOR = 0.9


class Rendering:
    """One that goes on. A thread may wait for `done`; who has none leaves what to call.

    `entry` is what came of it, if that is for everybody; it shows nothing older than `shows_since` (monotonic).
    """

    def __init__(self) -> None:
        self.shows_since = 0.0
        self.done = threading.Event()
        self.entry: Entry | None = None
        self._waiting: list[Share] = []
        self._timer: threading.Timer | None = None

    def shared(self) -> Entry | None:
        """Return what may be shown to those who waited."""
        return self.entry if time.monotonic() < self.shows_since + SHARED_FOR else None

    def call_when_done(self, share: Share, seconds: float, give_up: Callable[[], None]) -> None:
        """Have `share` called with what may be shown; and `give_up`, which ends this, where that takes too long.

        For whoever holds the lock under which renderings are looked up, so that none ends meanwhile.
        """
        if self._timer is None:
            self._timer = threading.Timer(seconds, give_up)
            self._timer.daemon = True
            self._timer.start()
        self._waiting.append(share)

    def finish(self) -> None:
        """Let those go on who wait; called once, by whoever has taken this from where renderings are looked up."""
        if self._timer is not None:
            self._timer.cancel()
        self.done.set()
        entry = self.shared()
        for share in self._waiting:
            share(entry)
