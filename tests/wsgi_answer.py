"""What a WSGI application says of a path, for what is answered before Django."""

from collections.abc import Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

from qianhai_site.media import with_pictures


class PictureAnswer:
    """What the site says of a picture's path: 418 where it would have asked Django."""

    def __init__(self, path: str, method: str = "GET", **headers: str) -> None:
        environ: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": method, **headers}
        setup_testing_defaults(environ)
        parts = with_pictures(self._next)(environ, self._begin)
        self.body = b"".join(parts)
        if close := getattr(parts, "close", None):
            close()

    def _next(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("418 Asked Django", [])
        return []

    def _begin(self, status: str, headers: list[tuple[str, str]], *rest: Any) -> None:
        self.status, self.headers = int(status[:3]), dict(headers)
