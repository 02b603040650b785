"""Who ends a conversation that takes too long, while the thread that holds it waits for the other side?"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

# How long the thread waits for another deadline before it ends. A worker in the midst of its mail keeps one thread.
_IDLE_SECONDS = 5.0


class Deadlines:
    """Calls what is due, from one thread for all: a thread for each conversation costs more than the conversation.

    `clock` gives seconds, and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._watched: dict[object, tuple[float, Callable[[], None]]] = {}
        self._thread: threading.Thread | None = None
        self._wakes_at = 0.0

    @contextmanager
    def after(self, seconds: float, call: Callable[[], None]) -> Iterator[None]:
        """Call `call` once, from another thread, where the block has not ended in `seconds`. It must not raise."""
        key, ends_at = object(), self._clock() + seconds
        with self._changed:
            self._watched[key] = (ends_at, call)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
            elif ends_at < self._wakes_at:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._watched.pop(key, None)

    def _watch(self) -> None:
        while True:
            with self._changed:
                now = self._clock()
                due = [key for key, (ends_at, _) in self._watched.items() if ends_at <= now]
                calls = [self._watched.pop(key)[1] for key in due]
                if not calls:
                    is_idle = not self._watched
                    self._wakes_at = min(
                        (ends_at for ends_at, _ in self._watched.values()), default=now + _IDLE_SECONDS
                    )
                    self._changed.wait(self._wakes_at - now)
                    if is_idle and not self._watched:
                        self._thread = None
                        return
            for call in calls:
                call()


deadlines = Deadlines()
