"""Who may wait for a rendition to be encoded? An editor, a command and the worker; never a reader.

Encoding a large picture takes seconds of a processor. So the request of a reader shows what is there, and whoever is
logged in reads the site as everybody does. Everything else may make what it lacks: previews, which are made within a
request for the admin, commands, and jobs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

from partners.of_admin import is_of_admin

# None outside of any request.
_may_make: ContextVar[bool | None] = ContextVar("may make renditions", default=None)


def may_make_renditions() -> bool:
    """Say whether what is being done now may make a rendition that is missing."""
    return _may_make.get() is not False


@contextmanager
def renditions_are_made(*, here: bool = True) -> Iterator[None]:
    """Let missing renditions be made meanwhile, in the requests of readers too; or, without `here`, in none."""
    token = _may_make.set(here)
    try:
        yield
    finally:
        _may_make.reset(token)


class ReadersWaitForNoPictureMiddleware:
    """Forbids the requests of readers to make renditions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Remember what answers."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        # A preview is a request of its own for the page's address, inside of one for the admin.
        with renditions_are_made(here=is_of_admin(request) or _may_make.get() is True):
            return self.get_response(request)
