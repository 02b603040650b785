"""Is a request one that can be read at all? What cannot is answered with a page, before anything trips over it."""

import codecs
import logging
import re
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.http import parse_header_parameters

logger = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

# In the environment of a request: its Content-Type was taken away, since it cannot be parsed.
_UNREADABLE = "qianhai.unreadable_content_type"
# What Django says of an id that is no number.
_NO_ID = re.compile(r"Field '\w+' expected a number but got ['\"]")
_OURS = frozenset({"home", "partners", "qianhai_site"})
# The only encodings that browsers send forms to a UTF-8 page in.
_ENCODINGS = frozenset({"utf-8", "ascii"})


def guarded(application: Application) -> Application:
    """Return `application` such that a Content-Type that cannot be read reaches it as a mark instead.

    Django parses the header, and decodes the query with the charset that it names, before its first middleware,
    where an error has nobody to answer it.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not _is_readable(environ.get("CONTENT_TYPE", "")):
            environ = {**environ, "CONTENT_TYPE": "", _UNREADABLE: True}
        return application(environ, start_response)

    return answer


class MalformedRequestMiddleware:
    """Answers 400 to what cannot be read and 413 to a body that no public form needs, and reads neither.

    - A Content-Type that cannot be parsed, or a charset that is none: Django would look it up when a view first
      asks for GET or POST, and fail there.
    - A NUL in the path: PostgreSQL refuses it in the query that looks for the page. In the admin also one in the query
      string, which lists search and filter by; public pages look at theirs themselves.
    - Behind proxies, an X-Forwarded-For that is not ASCII: granian gives it as empty, what the proxies wrote into it
      included, and whoever sent it would be held to no limit of a network.
    - A body longer than DATA_UPLOAD_MAX_MEMORY_SIZE outside the admin: Django puts files of any size on the disk
      before the view is asked whether it wants them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember what answers the requests that can be read."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass on."""
        status = _refusal(request)
        return self.get_response(request) if status is None else _page(request, status)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 400 where a view took for granted what its own form always sends, as some of Wagtail's do."""
        if isinstance(exception, MultiValueDictKeyError):
            return _page(request, 400)
        if _is_of_admin(request) and _is_about_what_was_sent(exception) and not _has_passed_us(exception):
            # No words of it: they hold what was sent.
            view = request.resolver_match.view_name if request.resolver_match else ""
            logger.warning("The view %s could not read what was sent (%s).", view, type(exception).__name__)
            return _page(request, 400)
        return None


def _is_about_what_was_sent(exception: Exception) -> bool:
    """Say whether it is of an id that is no number, or of a day that no calendar has: somebody has sent it."""
    words = str(exception)
    if isinstance(exception, OverflowError):
        return words == "date value out of range"
    return isinstance(exception, ValueError) and _NO_ID.match(words) is not None


def _has_passed_us(exception: Exception) -> bool:
    """Say whether code of this site had a part in it: then it is a mistake of ours, which must be heard of."""
    frames = traceback.walk_tb(exception.__traceback__)
    return any(frame.f_globals.get("__name__", "").partition(".")[0] in _OURS for frame, _line in frames)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request, check_path=True)):
        return render(request, "400.html", {"code": status}, status=status)


def _refusal(request: HttpRequest) -> int | None:
    if _UNREADABLE in request.META or "\x00" in request.path_info or not _names_its_way(request):
        return 400
    if "%00" in request.META.get("QUERY_STRING", "") and _is_of_admin(request):
        return 400
    if not _is_readable(request.META.get("CONTENT_TYPE", "")):
        # Nobody after this, the page included, may decode with it.
        request.encoding = settings.DEFAULT_CHARSET
        return 400
    if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and not _is_of_admin(request):
        return 413
    return None


def _is_readable(content_type: str) -> bool:
    """Say whether the header can be parsed, and names an encoding that forms come in, if it names one."""
    try:
        charset = parse_header_parameters(content_type)[1].get("charset")
        return charset is None or codecs.lookup(charset).name in _ENCODINGS
    except (ValueError, LookupError):
        return False


def _names_its_way(request: HttpRequest) -> bool:
    """Say whether what proxies wrote of the visitor can be read, if there are any, and one has written."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
    return not settings.TRUSTED_PROXIES or forwarded is None or bool(forwarded.strip() and forwarded.isascii())


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _is_of_admin(request: HttpRequest) -> bool:
    """Say whether it is, where editors send files."""
    return request.path_info.startswith(settings.ADMIN_CSP_PATHS)
