"""How do pictures reach a browser where no web server in front serves them?"""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from whitenoise import WhiteNoise

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

PICTURES = "/media/images/"
# Opened by its address a picture runs nothing, and loads nothing: a drawing (SVG) may hold scripts and links.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


def with_pictures(application: Application) -> Application:
    """Return `application` with the renditions of MEDIA_ROOT/images before it, in byte ranges and to be kept for ever.

    Only that folder: uploaded originals and documents beside it are not for visitors. What is not there is the
    application's to answer. Before Django, since a page has many pictures and none of them is anybody's own.
    """
    files = WhiteNoise(
        application,
        root=str(settings.MEDIA_ROOT / "images"),
        prefix=PICTURES,
        # Looked for when it is asked for: renditions are made while the site runs.
        autorefresh=True,
        # No two pictures ever have one name (partners/brochures/storage.py): a changed picture has another address.
        immutable_file_test="^",
        allow_all_origins=False,
        add_headers_function=_add_headers,
    )

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PICTURES):
            return application(environ, start_response)
        try:
            return files(environ, start_response)
        except (OSError, ValueError):  # such as a name that no file system can hold, or a picture that has just gone
            return application(environ, start_response)

    return answer


def _add_headers(headers: Headers, path: str, url: str) -> None:
    headers["Content-Security-Policy"] = _POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Referrer-Policy"] = settings.SECURE_REFERRER_POLICY
