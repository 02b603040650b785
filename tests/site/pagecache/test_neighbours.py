"""Is a page that one process renders shown by its neighbours, exactly as long as it is as true as one of their own?"""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from qianhai_site.pagecache import neighbours
from qianhai_site.pagecache.keys import Key
from qianhai_site.pagecache.listening import SURE
from qianhai_site.pagecache.neighbours import PLACES, Neighbours
from qianhai_site.pagecache.part import Part, PartKey
from qianhai_site.pagecache.store import SITE
from tests.faults.waiting import wait_until
from tests.site.pagecache.standing_in import HOST, Site, at_once

KEY = Key(HOST, False, "/", "")
PAGE = frozenset({"page:1"})


@pytest.fixture
def pair(settings, tmp_path) -> tuple[Site, Site]:
    """Give two processes' page caches that leave each other what they render, and have heard of nothing yet."""
    settings.PAGE_CACHE_FOLDER = str(tmp_path)
    both = Site(), Site()
    for site in both:
        site.store.clear()
    both[1].pages.body = b"a neighbour's own"
    return both


def hears(site: Site, *tags: str) -> None:
    site.store.drop(frozenset(tags), stale_until=0.0)


def test_what_one_renders_another_shows(pair):
    one, other = pair
    first, second = one.ask("/", HTTP_ACCEPT_ENCODING="br"), other.ask("/", HTTP_ACCEPT_ENCODING="br")
    assert first == second
    assert one.ask("/") == other.ask("/")
    etag = first[1]["etag"]
    assert one.ask("/", HTTP_IF_NONE_MATCH=etag) == other.ask("/", HTTP_IF_NONE_MATCH=etag)
    assert (one.pages.renders, other.pages.renders) == (1, 0)


def test_where_no_place_can_be_read_everybody_renders_his_own(settings, tmp_path):
    """A disk that fails, here by what cannot be read at a place."""
    settings.PAGE_CACHE_FOLDER = str(tmp_path)
    for number in range(PLACES):
        os.mkfifo(tmp_path / str(number))
    assert Site().ask("/")[0] == "200 OK"


@pytest.mark.parametrize("error", [BlockingIOError, OSError])
def test_a_lock_that_cannot_be_had_is_waited_for_by_nobody(pair, monkeypatch, error):
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(neighbours.fcntl, "flock", fail)
    assert pair[0].body("/") == b"rendering 1"


def test_what_was_taken_is_dropped_by_its_own_changes(pair):
    one, other = pair
    assert other.body("/") == b"a neighbour's own"
    assert one.body("/") == b"a neighbour's own"
    hears(one, "page:2", "tx:1")
    assert one.pages.renders == 0
    hears(one, *PAGE, "tx:2")
    assert one.body("/") == b"rendering 1"


def test_those_who_ask_at_once_wait_for_one_rendering(pair):
    one, other = pair
    begun, may_end = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        assert may_end.wait(10)

    one.pages.while_rendering = wait
    answers: list[bytes] = []
    threads = [threading.Thread(target=lambda: answers.append(one.body("/")))]
    threads[0].start()
    assert begun.wait(10)
    threads.append(threading.Thread(target=lambda: answers.extend(at_once(20, lambda: other.body("/")))))
    threads[1].start()
    wait_until(lambda: other.cache._renderings, 10, "somebody asks the neighbour")
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert answers == [b"rendering 1"] * 21
    assert other.pages.renders == 0


@pytest.mark.parametrize("by_whom", ["both, the renderer first", "both, the neighbour first", "the renderer alone"])
def test_a_change_that_the_renderer_knew_of_is_no_news(pair, by_whom):
    one, other = pair
    if by_whom == "both, the neighbour first":
        hears(other, *PAGE, "tx:7")
    hears(one, *PAGE, "tx:7")
    one.body("/")
    if by_whom == "both, the renderer first":
        hears(other, *PAGE, "tx:7")
    assert other.body("/") == b"rendering 1"


def test_a_change_that_the_renderer_had_not_heard_of_is_news(pair):
    one, other = pair
    one.body("/")
    hears(other, *PAGE, "tx:8")
    assert other.body("/") == b"a neighbour's own"


def test_one_change_of_two_that_were_heard_of_together_is_news(pair):
    one, other = pair
    hears(one, *PAGE, "tx:7")
    one.body("/")
    hears(other, *PAGE, "tx:7", "tx:8")
    assert other.body("/") == b"a neighbour's own"


def test_a_change_without_a_transaction_is_news(pair):
    """A campaign's end by the clock, a connection that was lost."""
    one, other = pair
    one.body("/")
    hears(other, "site")
    assert other.body("/") == b"a neighbour's own"


def test_a_change_of_something_else_is_no_news(pair):
    one, other = pair
    one.body("/")
    hears(other, "page:2", "tx:8")
    assert other.body("/") == b"rendering 1"


def test_a_process_that_has_just_begun_takes_nothing_older_than_its_hearing(pair):
    one, other = pair
    one.body("/")
    other.store.clear()
    assert other.body("/") == b"a neighbour's own"


def test_whoever_has_forgotten_changes_takes_nothing_from_before(pair):
    one, other = pair
    one.body("/")
    for number in range(2000):
        hears(other, f"page:{number + 7}")
    assert other.body("/") == b"a neighbour's own"


def test_what_may_not_be_kept_is_left_for_nobody(pair):
    one, other = pair
    one.pages.while_rendering = lambda: hears(one, *PAGE)
    one.body("/")
    assert other.body("/") == b"a neighbour's own"


def test_whoever_is_not_certain_takes_nothing(pair):
    one, other = pair
    one.body("/")
    other.store.certain_until = 0.0
    assert other.body("/") == b"a neighbour's own"


def test_nothing_is_left_while_everything_is_to_be_dropped_once_more(pair):
    one, other = pair
    one.store.is_settled = False
    one.body("/")
    assert other.body("/") == b"a neighbour's own"


def test_a_persons_page_is_left_for_nobody(pair):
    one, other = pair
    one.pages.is_for_everybody = False
    assert (one.body("/"), other.body("/")) == (b"rendering 1", b"a neighbour's own")


def test_another_page_is_not_waited_for(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(neighbours, "PLACES", 1)
    one, other = Neighbours(str(tmp_path)), Neighbours(str(tmp_path))
    with one.place(KEY, 10.0) as place:
        assert place is not None
        assert place.found() is None
        began = time.monotonic()
        with other.place(KEY._replace(path="/another/"), 10.0) as second:
            assert second is None
        assert time.monotonic() - began < 5


def test_a_neighbour_that_hangs_is_given_up(tmp_path):
    one, other = Neighbours(str(tmp_path)), Neighbours(str(tmp_path))
    with one.place(KEY, 10.0) as place:
        assert place is not None
        assert place.found() is None
        with other.place(KEY, 0.1) as second:
            assert second is None


HOLDER = """
import sys
from qianhai_site.pagecache.neighbours import Neighbours
from qianhai_site.pagecache.keys import Key
with Neighbours(sys.argv[1]).place(Key(*eval(sys.argv[2])), 10.0) as place:
    place.found()
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_place_of_a_killed_process_is_free(tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path), repr(tuple(KEY))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with Neighbours(str(tmp_path)).place(KEY, 0.05) as place:
            assert place is None
        holder.kill()
        holder.wait()
        with Neighbours(str(tmp_path)).place(KEY, 10.0) as place:
            assert place is not None


@pytest.mark.parametrize("kept", [10, neighbours.HEAD, neighbours.HEAD + 100, -1])
def test_a_file_that_ends_too_soon_is_nothing(pair, tmp_path, kept):
    one, other = pair
    one.body("/")
    (file,) = tmp_path.iterdir()
    os.truncate(file, kept if kept >= 0 else file.stat().st_size - 1)
    assert other.body("/") == b"a neighbour's own"


def test_made_up_addresses_take_no_more_places(pair, tmp_path):
    one, _other = pair
    one.pages.body = os.urandom(20_000)
    for number in range(3 * PLACES):
        one.body(f"/{number}")
    files = list(tmp_path.iterdir())
    assert PLACES // 2 < len(files) <= PLACES
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_large_page_is_left_for_nobody(pair, tmp_path):
    one, other = pair
    one.pages.body = os.urandom(neighbours.LARGEST)
    one.body("/")
    assert sum(file.stat().st_size for file in Path(tmp_path).iterdir()) <= neighbours.HEAD
    assert other.body("/") == b"a neighbour's own"


def test_without_the_folder_each_renders_for_itself(settings, tmp_path):
    settings.PAGE_CACHE_FOLDER = str(tmp_path / "gone")
    one, other = Site(), Site()
    assert [site.body("/") for site in (one, other)] == [b"rendering 1"] * 2


def test_what_is_made_of_parts_says_from_when_they_are(pair, tmp_path):
    """Its process was not certain when it began; the answer to an older question came while it was made."""
    one, other = pair
    asked_at = time.monotonic()
    one.store.put(PartKey("value", "it"), Part("old", frozenset({SITE}), 1, asked_at + 60), one.store.mark())
    one.store.certain_until = 0.0

    def be_certain() -> None:
        one.store.certain_until = asked_at + SURE
        assert one.cache.parts.value("it", lambda: "new", since=one.store.mark()) == "old"

    one.pages.while_rendering = be_certain
    hears(other, *PAGE, "tx:8")
    one.body("/")
    with Neighbours(str(tmp_path)).place(KEY, 10.0) as place:
        assert place.found().since <= asked_at
    assert other.body("/") == b"a neighbour's own"
