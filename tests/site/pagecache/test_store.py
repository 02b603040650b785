"""Does memory stay within its bound, whatever is asked for?"""

import random
import time

from qianhai_site.pagecache.purging import Purger
from tests.site.pagecache.standing_in import HOST, Site

BOUND = 4 * 1024 * 1024


def test_a_crawl_of_made_up_addresses_stays_within_the_bound():
    site = Site(BOUND)
    site.pages.body = random.Random(1).randbytes(20_000)
    for number in range(600):
        site.body(f"/made/up/{number}")
        site.body("/", f"page={number}")
        assert site.store.bytes <= BOUND
    assert site.store.bytes > BOUND / 2
    kept = sum(len(keys) for keys in site.store._by_tag.values())
    assert kept == 2 * len(site.store)  # two tags each, and none of what is gone


def test_made_up_queries_push_no_page_out():
    site = Site(BOUND)
    site.pages.body = random.Random(1).randbytes(20_000)
    paths = [f"/{number}" for number in range(20)]
    for path in paths:
        site.body(path)
    for number in range(300):
        site.body("/", f"q=made-up-{number}")
    before = site.pages.renders
    for path in paths:
        site.body(path)
    assert site.pages.renders == before


def test_what_is_asked_for_stays_while_others_go():
    site = Site(BOUND)
    site.pages.body = random.Random(1).randbytes(20_000)
    site.body("/liked")
    before = site.pages.renders
    for number in range(300):
        site.body(f"/{number}")
        site.body("/liked")
    assert site.pages.renders == before + 300


def test_what_is_past_gives_its_memory_back():
    site = Site()
    site.body("/")
    site.store.drop(frozenset({"page:1"}), stale_until=time.monotonic())
    site.store.sweep()
    assert (len(site.store), site.store.bytes, site.store._by_tag) == (0, 0, {})


def test_a_rendering_older_than_the_remembered_changes_is_not_kept():
    site = Site()

    def much_happens() -> None:
        for number in range(2000):
            site.store.drop(frozenset({f"page:{number + 7}"}), stale_until=0.0)

    site.pages.while_rendering = much_happens
    site.body("/")
    assert len(site.store) == 0


def test_whatever_leaves_memory_is_purged_in_front(settings, monkeypatch):
    settings.WAGTAILFRONTENDCACHE = {"cdn": {"BACKEND": "none"}}
    purged: list[str] = []
    monkeypatch.setattr(Purger, "purge", lambda self, keys: purged.extend(key.url for key in keys))
    site = Site(BOUND)
    site.body("/a")
    site.body("/latest/", "page=2")
    assert purged == []
    site.store.drop(frozenset({"page:1"}), stale_until=0.0)
    assert sorted(purged) == [f"http://{HOST}/a", f"http://{HOST}/latest/?page=2"]
    purged.clear()
    site.body("/b")
    site.store.clear()
    assert f"http://{HOST}/b" in purged
    purged.clear()
    site.pages.body = random.Random(1).randbytes(100_000)
    for number in range(60):
        site.body(f"/{number}")
    assert f"http://{HOST}/0" in purged


def test_the_cache_in_front_is_told_by_another_thread(settings, monkeypatch):
    import threading

    told, done = [], threading.Event()

    def purge(urls: list[str]) -> None:
        told.extend(urls)
        done.set()

    monkeypatch.setattr("qianhai_site.pagecache.purging.purge_urls_from_cache", purge)
    settings.WAGTAILFRONTENDCACHE = {"cdn": {"BACKEND": "none"}}
    site = Site()
    site.body("/a")
    site.store.drop(frozenset({"page:1"}), stale_until=0.0)
    assert done.wait(5)
    assert told == [f"http://{HOST}/a"]
