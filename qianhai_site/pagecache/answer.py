"""What does an application answer: the status and headers that it says, and a body that may come in parts?"""

from collections.abc import Callable, Iterable
from typing import Any

from qianhai_site.pagecache.entry import Headers

# A larger answer is passed on as it comes, and not kept.
LARGEST_BODY = 2 * 1024 * 1024


class Said:
    """What an application says before it gives the body."""

    def __init__(self) -> None:
        self.status, self.headers, self.failure = "", list[tuple[str, str]](), tuple[Any, ...]()

    def __call__(self, status: str, headers: Headers, *failure: Any) -> Callable[[bytes], None]:
        self.status, self.headers, self.failure = status, headers, failure
        return self._refuse

    def _refuse(self, data: bytes) -> None:
        raise NotImplementedError("Django gives its body as an iterable.")


class Rest:
    """The parts of a body that were read already, and those that were not."""

    def __init__(self, read: list[bytes], parts: Iterable[bytes], iterator: Any) -> None:
        self._read, self._parts, self._iterator = read, parts, iterator

    def __iter__(self) -> Any:
        yield from self._read
        yield from self._iterator

    def close(self) -> None:
        """Pass on that the server is done."""
        close(self._parts)


def whole(parts: Iterable[bytes]) -> tuple[bytes, Rest | None]:
    """Return a body as one, or what gives it in parts where it is too large to be kept."""
    read, size, iterator = list[bytes](), 0, iter(parts)
    try:
        for part in iterator:
            read.append(part)
            size += len(part)
            if size > LARGEST_BODY:
                return b"", Rest(read, parts, iterator)
    except BaseException:
        close(parts)
        raise
    close(parts)
    return b"".join(read), None


def close(parts: Iterable[bytes]) -> None:
    """Tell `parts` that nobody wants more of them."""
    if end := getattr(parts, "close", None):
        end()
