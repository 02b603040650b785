"""How do pictures reach a browser where no web server in front serves them?"""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, cast
from wsgiref.headers import Headers
from wsgiref.util import FileWrapper

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from whitenoise import WhiteNoise

from qianhai_site.file_answers import PIECE, Answering, File

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

PICTURES = "/media/images/"
# Opened by its address a picture runs nothing, and loads nothing: a drawing (SVG) may hold scripts and links.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


class Pictures(Answering, WhiteNoise):
    """The renditions of MEDIA_ROOT/images, with the headers that the settings give every answer."""

    # Nothing is gained by packing a picture.
    copies: ClassVar[dict[str, str]] = {}

    def __init__(self, application: Application) -> None:
        super().__init__(
            application,
            root=str(settings.MEDIA_ROOT / "images"),
            prefix=PICTURES,
            # Looked for when it is asked for: renditions are made while the site runs.
            autorefresh=True,
            # No two pictures ever have one name (partners/brochures/storage.py): a changed picture has another address.
            immutable_file_test="^",
            allow_all_origins=False,
            add_headers_function=self._add_headers,
        )
        self._safety, self._transport = _safety()

    def serve(self, static_file: File, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer (PEP 3333)."""
        answer = static_file.get_response(environ["REQUEST_METHOD"], environ)
        headers = answer.headers
        if self._transport and _Scheme(environ).is_secure():
            headers = [*headers, *self._transport]
        start_response(f"{answer.status} {answer.status.phrase}", headers)
        return [answer.body] if isinstance(answer.body, bytes) else FileWrapper(cast("Any", answer.body), PIECE)

    def _add_headers(self, headers: Headers, path: str, url: str) -> None:
        headers["Content-Security-Policy"] = _POLICY
        for name, value in self._safety:
            headers[name] = value


class _Scheme(HttpRequest):
    """Of a request no more than what it is asked by: is it over HTTPS, as the settings tell?"""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.META = environ

    def _get_scheme(self) -> str | None:
        return str(self.META["wsgi.url_scheme"])


def _safety() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what Django puts on each answer that passes through it, and what it adds over HTTPS."""

    def put(scheme: str) -> list[tuple[str, str]]:
        response = HttpResponse()
        del response.headers["Content-Type"]
        SecurityMiddleware(lambda _: response).process_response(_Scheme({"wsgi.url_scheme": scheme}), response)
        return list(response.items())

    plain = put("http")
    return plain, [header for header in put("https") if header not in plain]


def with_pictures(application: Application) -> Application:
    """Return `application` with the renditions of MEDIA_ROOT/images before it, in byte ranges and to be kept for ever.

    Only that folder: uploaded originals and documents beside it are not for visitors. What is not there is the
    application's to answer. Before Django, since a page has many pictures and none of them is anybody's own.
    """
    files = Pictures(application)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PICTURES):
            return application(environ, start_response)
        try:
            return files(environ, start_response)
        except (OSError, ValueError):  # such as a name that no file system can hold, or a picture that has just gone
            return application(environ, start_response)

    return answer
