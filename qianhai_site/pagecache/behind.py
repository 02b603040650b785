"""Who renders a page anew while everybody is still shown what was a moment ago?"""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)

Job = Callable[[], None]


class Behind:
    """One thread that does one job at a time; none waits for another, whoever comes meanwhile does his own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._has_job = threading.Condition(self._lock)
        self._thread: threading.Thread | None = None

    def take(self, job: Job) -> bool:
        """Have `job` done at once, and say so; False where there is one already."""
        with self._lock:
            if self._job is not None:
                return False
            self._job = job
            # After a fork there is none, either.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="page cache renderer", daemon=True)
                self._thread.start()
            self._has_job.notify()
            return True

    def _run(self) -> None:
        while True:
            with self._lock:
                while self._job is None:
                    self._has_job.wait()
                job = self._job
            try:
                job()
            except Exception:
                logger.exception("A page could not be rendered anew; whoever asks for it next will try.")
            with self._lock:
                self._job = None
