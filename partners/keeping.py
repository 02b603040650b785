"""What is kept from one reader's page to the next, and what is asked only once while one page is made?

Articles and forms say what may be kept, and this module asks a keeper for it, which vouches that it is as true as what
the database holds. The shell installs one (`keep_with`): the page cache. Where there is none, in commands, in the
worker and in most tests, everything is made each time.

Nothing is kept for whoever is logged in, for the admin, or for a preview, which a session goes with.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Protocol, cast

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language
from wagtail.models import Locale, Page

from partners.of_admin import is_of_admin

type Make[T] = Callable[[], T]


class Keeper(Protocol):
    """Keeps what it is told until something that it shows has changed; what `make` loads counts as shown."""

    def value(
        self,
        key: Hashable,
        make: Make[Any],
        shows: Iterable[Model],
        *,
        since: int,
        of_list: int | None,
        of_partners: bool,
        of_places: bool,
    ) -> Any:
        """Return what is kept under `key`, or what `make` loads now, or made of `shows`: nobody may change it."""

    def has(self, key: Hashable, *, is_markup: bool) -> bool:
        """Say whether a value or markup is kept under `key`."""

    def markup(self, key: Hashable, make: Make[str], shows: Iterable[Model]) -> str:
        """Return the markup kept under `key` for all pages, or what `make` renders now of nothing but `shows`."""

    def own(self, name: str, make: Make[str], *, of_lists: bool, of_partners: bool) -> str:
        """Return the part called `name` of the page that is being made, kept for this address, or rendered now."""

    def moment(self) -> int:
        """Return where in the changes that are heard of this moment is."""

    def for_visitors(self, environ: Mapping[str, Any], page: Page, since: int) -> AbstractContextManager[None]:
        """Keep parts of `page` meanwhile, which is made for one visitor after the other, of whom they show nothing.

        `since` is a `moment` before anything was asked for it. Keeps none where nobody vouches for the host that
        `environ` (a WSGI environment) names.
        """


class _Reading:
    """One request of a reader: what was asked for it already, and whether what is kept may be used for it."""

    def __init__(self, *, remembers: bool, is_anonymous: bool) -> None:
        self.known: dict[Hashable, Any] | None = {} if remembers else None
        self.is_anonymous = is_anonymous
        self.since = _keeper.moment() if _keeper is not None else 0


_keeper: Keeper | None = None
_reading: ContextVar[_Reading | None] = ContextVar("reading", default=None)


def keep_with(keeper: Keeper | None) -> Keeper | None:
    """Have `keeper` keep from now on, or nobody; return who did until now."""
    global _keeper
    before, _keeper = _keeper, keeper
    return before


def _keeper_here() -> Keeper | None:
    reading = _reading.get()
    return _keeper if reading is not None and reading.is_anonymous else None


class KeepingMiddleware:
    """Lets what is kept be used for a request of a reader, and `once` remember where nothing is written meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        if is_of_admin(request):
            return self.get_response(request)
        # A preview goes through here as well, as the page of its address, with the session of its editor.
        is_anonymous = settings.SESSION_COOKIE_NAME not in request.COOKIES
        token = _reading.set(_Reading(remembers=request.method in {"GET", "HEAD"}, is_anonymous=is_anonymous))
        try:
            return self.get_response(request)
        finally:
            _reading.reset(token)


def once[T](
    key: Hashable,
    ask: Make[T],
    shows: Iterable[Model] = (),
    *,
    of_list: int | None = None,
    of_partners: bool = False,
    of_places: bool = False,
) -> T:
    """Return what `ask` returns, asked once under `key` while one page is made, and kept for other readers' pages.

    `ask` may use nothing but what the key tells, and load what it shows of the site itself, or name it by `shows`:
    pages and pictures loaded for the same page; what it returns is shared, so nobody may change it. `of_list` says
    that it depends on which articles there are of a language (the key of its locale), `of_partners` on which partners
    there are and what stands in their rows, `of_places` on where in the tree pages stand, and at which addresses there
    are any; else it may depend on those pages that it loads, on sections, and on what is not a page.
    """
    reading = _reading.get()
    if reading is not None and (keeper := _keeper_here()) is not None:
        since = reading.since
        return cast(
            "T",
            keeper.value(key, ask, shows, since=since, of_list=of_list, of_partners=of_partners, of_places=of_places),
        )
    if reading is None or reading.known is None:
        return ask()
    if key not in reading.known:
        reading.known[key] = ask()
    return cast("T", reading.known[key])


def markup(key: Hashable, make: Make[str], shows: Iterable[Model] = ()) -> str:
    """Return what `make` renders, which all pages of a language may share: kept under `key` until a change.

    `shows` are pages and pictures loaded beforehand that it shows; what `make` loads is known anyway.
    """
    keeper = _keeper_here()
    return make() if keeper is None else keeper.markup(key, make, shows)


def is_kept(key: Hashable, *, is_markup: bool = False) -> bool:
    """Say whether `once`, or `markup`, is likely to find what is kept under `key`, for whoever would load many things
    at once where it does not.
    """
    keeper = _keeper_here()
    return keeper is not None and keeper.has(key, is_markup=is_markup)


def may_keep() -> bool:
    """Say whether what is made now may be kept, for whoever would load more for that."""
    return _keeper_here() is not None


def own_part(name: str, make: Make[str], *, of_lists: bool = True, of_partners: bool = False) -> str:
    """Return what `make` renders of the page that is being made: kept under `name` for its address until a change.

    It depends on all that was loaded for the page so far and, unless `of_lists` is False, on which pages there are;
    with `of_partners` on which partners there are.
    """
    keeper = _keeper_here()
    return make() if keeper is None else keeper.own(name, make, of_lists=of_lists, of_partners=of_partners)


def parts_for_visitors(request: HttpRequest, page: Page) -> AbstractContextManager[None]:
    """Have `own_part` and `markup` keep parts of `page` meanwhile, though all of it is made for the visitor of
    `request` alone. They have to be made of nothing that is his (`for_everybody.py`).
    """
    keeper, reading = _keeper_here(), _reading.get()
    if keeper is None or reading is None:
        return nullcontext()
    return keeper.for_visitors(request.META, page, reading.since)


@contextmanager
def asked_anew() -> Iterator[None]:
    """Have everything be asked anew meanwhile, for whoever has found out that what was kept is not true any more."""
    token = _reading.set(None)
    try:
        yield
    finally:
        _reading.reset(token)


def locales() -> dict[int, Locale]:
    """Return the languages of the site by their keys, in that order. Nobody may change them."""
    return once("locales", lambda: {locale.pk: locale for locale in Locale.objects.order_by("pk")})


def active_locale() -> Locale:
    """Return the locale of the active language."""
    return once(("locale", get_language()), Locale.get_active)
