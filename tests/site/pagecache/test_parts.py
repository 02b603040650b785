"""Are parts of pages made once, used only while they are certain, and made anew when something of them has changed?"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import translation

from partners import keeping
from partners.keeping import KeepingMiddleware, is_kept, keep_with, markup, once, own_part
from qianhai_site.pagecache.showing import current_showing, recording
from qianhai_site.pagecache.store import SITE
from tests.site.pagecache.standing_in import Site, asked

LISTS = frozenset({"list:1"})


class Made:
    """Makes texts that say how often it was asked, and notes what a test says it has loaded."""

    def __init__(self, *tags: str) -> None:
        self.tags, self.times = set(tags), 0
        self.meanwhile: Callable[[], Any] = lambda: None

    def __call__(self) -> str:
        self.times += 1
        if (showing := current_showing()) is not None:
            showing.tags |= self.tags
        self.meanwhile()
        return f"made {self.times}"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site(keeps_pages=False)
    before = keep_with(site.cache.parts)
    yield site
    keep_with(before)


def answer[T](site: Site, ask: Callable[[], T], path: str = "/", *, method: str = "GET", cookie: str = "") -> T:
    """Return what `ask` gives while a reader's page is made, whose request nothing of the reader is left in."""
    found: list[T] = []
    request = getattr(RequestFactory(), method.lower())(path, HTTP_COOKIE=cookie)

    def page(request: Any) -> Any:
        showing = current_showing()
        assert showing is not None
        showing.lists, showing.is_for_everybody = LISTS, True
        showing.tags |= {SITE, *LISTS, "page:1"}
        found.append(ask())

    key = site.cache._key_of(asked(path))
    with recording(key, site.store.mark()):
        KeepingMiddleware(page)(request)
    return found[0]


def all_sorts(make: Callable[[], str]) -> list[Callable[[], str]]:
    return [lambda: once("it", make), lambda: markup("it", make), lambda: own_part("it", make)]


SORTS = pytest.mark.parametrize("number", range(3), ids=["value", "markup", "own"])


@SORTS
def test_a_part_is_made_once_for_all_pages(site, number):
    ask = all_sorts(Made())[number]
    assert {answer(site, ask) for _ in range(3)} == {"made 1"}


@SORTS
def test_what_it_loaded_makes_it_anew_and_nothing_else(site, number):
    ask = all_sorts(Made("page:7"))[number]
    answer(site, ask)
    site.store.drop(frozenset({"page:8"}), stale_until=time.monotonic() + 60)
    assert answer(site, ask) == "made 1"
    # Not even for a moment is what was shown again: it would get into a page that is new.
    site.store.drop(frozenset({"page:7"}), stale_until=time.monotonic() + 60)
    assert answer(site, ask) == "made 2"
    site.store.drop(frozenset({SITE}), stale_until=0.0)
    assert answer(site, ask) == "made 3"


@SORTS
def test_nothing_is_used_that_is_not_certain(site, number):
    made = Made()
    ask = all_sorts(made)[number]
    answer(site, ask)
    site.store.certain_until = time.monotonic() + 0.2  # what is left is for the page around it
    assert answer(site, ask) == "made 2"
    site.store.certain_until = 0.0
    assert answer(site, ask) == "made 3"
    site.hear()
    assert answer(site, ask) in {"made 1", "made 2"}
    assert made.times == 3


@SORTS
def test_what_changes_while_it_is_made_is_not_kept(site, number):
    made = Made("page:7")
    made.meanwhile = lambda: site.store.drop(frozenset({"page:7"}), stale_until=0.0)
    ask = all_sorts(made)[number]
    assert [answer(site, ask), answer(site, ask)] == ["made 1", "made 2"]


@SORTS
def test_what_changed_since_the_page_was_begun_is_not_kept(site, number):
    """The page may have loaded it before the part was begun."""
    made = Made("page:7")
    ask = all_sorts(made)[number]

    def late() -> str:
        site.store.drop(frozenset({"page:7"}), stale_until=0.0)
        return ask()

    assert [answer(site, late), answer(site, ask)] == ["made 1", "made 2"]


@SORTS
@pytest.mark.parametrize("of_somebody", [{"cookie": "sessionid=1"}, {"path": "/admin/pages/"}], ids=str)
def test_nobody_known_gets_or_leaves_a_part(site, number, of_somebody):
    ask = all_sorts(Made())[number]
    assert [answer(site, ask, **of_somebody) for _ in range(2)] == ["made 1", "made 2"]
    assert answer(site, ask) == "made 3"
    assert answer(site, ask, **of_somebody) == "made 4"


def test_an_own_part_is_of_its_address(site):
    made = Made()
    paths = ["/", "/latest/", "/"]
    assert [answer(site, lambda: own_part("it", made), path) for path in paths] == ["made 1", "made 2", "made 1"]


def test_markup_is_of_a_language(site):
    made = Made()
    with translation.override("zh-hant"):
        assert answer(site, lambda: markup("it", made)) == "made 1"
    assert answer(site, lambda: markup("it", made)) == "made 2"
    with translation.override("zh-hant"):
        assert answer(site, lambda: is_kept("it", is_markup=True))
        assert answer(site, lambda: markup("it", made)) == "made 1"


@pytest.mark.parametrize("is_steady", [False, True])
def test_an_own_part_depends_on_lists_unless_it_says_that_it_does_not(site, is_steady):
    made = Made()
    answer(site, lambda: own_part("it", made, of_lists=not is_steady))
    site.store.drop(LISTS, stale_until=0.0)
    assert answer(site, lambda: own_part("it", made, of_lists=not is_steady)) == ("made 1" if is_steady else "made 2")


@pytest.mark.parametrize("sort", [once, markup])
def test_what_is_shared_depends_on_no_lists(site, sort):
    made = Made()
    answer(site, lambda: sort("it", made))
    site.store.drop(LISTS, stale_until=0.0)
    assert answer(site, lambda: sort("it", made)) == "made 1"


def test_an_own_part_depends_on_what_the_page_has_loaded_before(site):
    made = Made()

    def page() -> str:
        current_showing().tags.add("page:7")
        return own_part("it", made, of_lists=False)

    answer(site, page)
    site.store.drop(frozenset({"page:7"}), stale_until=0.0)
    assert answer(site, page) == "made 2"


def test_what_is_shared_does_not_depend_on_the_page_that_it_is_made_for(site):
    made = Made("page:7")

    def page() -> str:
        current_showing().tags.add("page:6")
        return markup("it", made)

    answer(site, page)
    site.store.drop(frozenset({"page:6", "page:1"}), stale_until=0.0)
    assert answer(site, page) == "made 1"


def test_what_is_made_of_parts_depends_on_what_they_show(site):
    inner, outer = Made("page:7"), Made("page:8")
    outer.meanwhile = lambda: (once("value", inner), markup("inner", inner))

    def page() -> set[str]:
        markup("outer", outer)
        return current_showing().all_tags

    first, second = answer(site, page), answer(site, page)
    assert first == second >= {"page:7", "page:8", SITE}
    assert (inner.times, outer.times) == (2, 1)
    site.store.drop(frozenset({"page:7"}), stale_until=0.0)
    answer(site, page)
    assert (inner.times, outer.times) == (4, 2)


def test_a_value_is_shown_wherever_it_is_asked_for_again(site):
    """Asked for first beside a part and then within it, it is one thing that the part shows."""
    value, made = Made("page:7"), Made()
    made.meanwhile = lambda: once("value", value)

    def page() -> str:
        once("value", value)
        return markup("it", made)

    answer(site, page)
    assert value.times == 1
    site.store.drop(frozenset({"page:7"}), stale_until=0.0)
    assert answer(site, page) == "made 2"


def test_a_page_that_is_not_for_everybody_is_made_of_values_alone(site):
    made = Made()

    def personal() -> list[str]:
        current_showing().is_for_everybody = False
        return [once("it", made), markup("it", made), own_part("it", made)]

    assert answer(site, personal) == ["made 1", "made 2", "made 3"]
    assert answer(site, personal) == ["made 1", "made 4", "made 5"]


def test_a_form_that_is_sent_uses_what_is_kept(site):
    made = Made("page:7")
    assert answer(site, lambda: once("it", made)) == "made 1"
    found = []
    request = RequestFactory().post("/")
    KeepingMiddleware(lambda request: found.append(once("it", made)))(request)
    site.store.drop(frozenset({"page:7"}), stale_until=0.0)
    for _ in range(2):
        KeepingMiddleware(lambda request: found.append(once("it", made)))(request)
    assert found == ["made 1", "made 2", "made 2"]


def test_without_a_keeper_everything_is_made_each_time(site):
    keep_with(None)
    made = Made()
    for ask in all_sorts(made):
        answer(site, ask)
        answer(site, ask)
    assert made.times == 6


def test_nothing_is_kept_outside_a_readers_request(site):
    made = Made()
    with recording(site.cache._key_of(asked("/")), site.store.mark()) as showing:
        showing.is_for_everybody = True
        for ask in all_sorts(made):
            ask()
            ask()
    assert made.times == 6
    assert keeping._reading.get() is None


def test_parts_stay_within_their_share_of_the_memory():
    site = Site(2 * 1024 * 1024, keeps_pages=False)
    before = keep_with(site.cache.parts)
    try:
        for number in range(400):
            answer(site, lambda number=number: markup(number, lambda: "x" * 5000))
            assert site.store.bytes <= 1024 * 1024
        assert site.store.bytes > 256 * 1024
        assert len(site.store) == 0
    finally:
        keep_with(before)


def test_a_whole_page_depends_on_the_parts_in_it():
    site = Site()
    before = keep_with(site.cache.parts)
    made = Made("page:7")
    try:
        site.pages.while_rendering = lambda: KeepingMiddleware(lambda request: markup("it", made))(
            RequestFactory().get("/")
        )
        # Made for one page, and then found ready by another.
        site.body("/one")
        second = site.body("/two")
        assert made.times == 1
        assert site.body("/two") == second
        site.store.drop(frozenset({"page:7"}), stale_until=0.0)
        assert site.body("/two") != second
    finally:
        keep_with(before)
