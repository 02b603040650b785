"""How do threads that answer from memory get their turns while another one of the process renders?"""

import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

# Seconds after which a thread that computes gives the interpreter to another, while something is rendered. Python's own
# 5 ms is twelve times what an answer from memory takes. Were turns always so short, threads that only answer would
# disturb each other.
TURN = 0.001


class GivingWay:
    """A WSGI application that calls another one, and has this process's threads take shorter turns meanwhile."""

    def __init__(self, application: Callable[[dict[str, Any], Any], Iterable[bytes]]) -> None:
        self._application = application
        self._lock = threading.Lock()
        self._going_on, self._usual = 0, 0.0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer (PEP 3333)."""
        with self._lock:
            self._going_on += 1
            if self._going_on == 1:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(min(TURN, self._usual))
        try:
            return self._application(environ, start_response)
        finally:
            with self._lock:
                self._going_on -= 1
                if not self._going_on:
                    sys.setswitchinterval(self._usual)
