"""How do threads that answer from memory get their turns while another one of the process renders?"""

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

# Seconds after which a thread that computes gives the interpreter to another, while something is rendered. Python's own
# 5 ms is twelve times what an answer from memory takes. Were turns always so short, threads that only answer would
# disturb each other.
TURN = 0.001


class Turns:
    """How long the turns of the threads are: short from the first that renders to the last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._going_on, self._usual = 0, 0.0

    @contextmanager
    def short(self) -> Iterator[None]:
        """Have them short until what is done within is done, and as long as somebody else is within."""
        with self._lock:
            self._going_on += 1
            if self._going_on == 1:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(min(TURN, self._usual))
        try:
            yield
        finally:
            with self._lock:
                self._going_on -= 1
                if not self._going_on:
                    sys.setswitchinterval(self._usual)

    def are_short(self) -> bool:
        """Tell whether somebody is within."""
        with self._lock:
            return self._going_on > 0


# Of the process, as the interpreter's turns are: of two doors, the one that closes first must not end the other's.
TURNS = Turns()


class GivingWay:
    """A WSGI application that calls another one, and has this process's threads take shorter turns meanwhile."""

    def __init__(self, application: Callable[[dict[str, Any], Any], Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer (PEP 3333)."""
        with TURNS.short():
            return self._application(environ, start_response)
