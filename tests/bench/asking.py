"""What is asked of a site whatever its size, and how long does it take one process to answer?

A process of its own in each database (`python -m tests.bench.asking [--nothing-kept]`): a name on its input, a line of
JSON on its output. So that two can be asked in turns, and whatever else the machine does falls on both.

Readers' pages are asked for as a server asks: through the page cache, with its listener, on a connection that stays.
Whole pages are not kept, or there would be nothing to measure; parts of them are (menus, cards, names of topics). But
an article of the language asked for has always just been published: whatever depends on which articles there are, on
the pictures made or on what the search knows is announced as changed before each answer, and made anew. With
`--nothing-kept` not even parts are, as in the first moment of a process. The admin is asked by an editor's session, for
which nothing is kept.
"""

import contextlib
import io
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from tests.bench.questions import ASKED, RARE_LANGUAGE, RARE_TOPIC
from tests.bench.rarities import RARITIES

TIMES = 4  # an address is asked for in a row, each time that its name comes
DEEP = 5_000  # the part of 'latest post' that is asked for, or the last one where there are fewer
NOTHING_KEPT = "--nothing-kept"
# What begins each hit, card, suggestion, entry of a feed and address of a sitemap.
_SHOWN = re.compile(rb'<article class="(?:hit|card|partner)"|role="option"|<item>|<entry>|"date_published": |<url>')


def _places() -> dict[str, Any]:
    """Return what an address needs to know of the site."""
    from django.db.models import Count, F
    from django.utils import timezone

    from home.sitemap import SPAN
    from partners.articles.article_page import PartnerArticlePage
    from partners.articles.feeds.reading import ENTRIES, Cursor
    from partners.articles.listing import ARTICLES_PER_PAGE
    from partners.articles.paging import END, Place
    from partners.articles.partner_page import PartnerPage
    from partners.brochures.submission import Submission

    day = timezone.localdate()
    known = {"end": END.cursor, "today": day, "yesterday": day - timezone.timedelta(days=1), "deep": "", "fed": ""}
    if request := Submission.objects.order_by("-pk").first():
        known["request"] = request.pk
    bulk = PartnerPage.objects.filter(locale__language_code="en", slug__startswith="bulk-partner")
    known["last"] = bulk.count() - 1
    if not bulk.exists():
        return known
    articles = PartnerArticlePage.objects.newest_posts().filter(locale__language_code="en")
    article = articles.order_by("pk")[30]
    known |= {"article": article.url, "page": article.pk, "partner": bulk.get(slug="bulk-partner-0").pk}
    keys, there = articles.newest_first().values_list("publication_date", "pk"), articles.count()

    def before(part: int, size: int) -> Place:
        return Place(*keys[min((part - 1) * size, there - size) - 1])

    of_partner = articles.child_of(bulk.get(slug="bulk-partner-0")).newest_first().reverse()
    known["last_ten"] = str(Cursor(*of_partner.values_list("publication_date", "pk")[10]))
    rare = articles.filter(topics__slug=RARE_TOPIC).order_by("-pk").first()
    few = PartnerArticlePage.objects.newest_posts().filter(locale__language_code=RARE_LANGUAGE).order_by("pk").first()
    known |= {"rare_article": rare.url if rare else "", "few_article": few.url if few else ""}
    known["deep"] = f"?after={before(DEEP, ARTICLES_PER_PAGE).cursor}"
    place = before(1_000, ENTRIES) if there > ENTRIES else Place(*keys[there - 2])
    known["fed"] = str(Cursor(place.day, place.pk))
    spans = PartnerArticlePage.objects.live().annotate(span=F("pk") / SPAN).values("span").annotate(n=Count("pk"))
    fullest = max(spans.order_by(), key=lambda span: span["n"])
    return known | {"sitemap": f"/sitemaps/articles-{fullest['span']}.xml", "addresses": fullest["n"]}


class Reader:
    """Asks for public pages as a server does whose processes have been running for a while."""

    def __init__(self) -> None:
        from django.conf import settings
        from django.core.wsgi import get_wsgi_application

        from partners.keeping import keep_with
        from qianhai_site.pagecache.door import PageCache

        self.cache = PageCache(get_wsgi_application(), keeps_pages=False)
        keep_with(self.cache.parts)
        self.cache.listener.ensure_running()
        self._host = settings.SITE_URL.partition("//")[2]
        self._languages = _languages()

    def publish(self, address: str) -> None:
        """Announce what is announced when an article of the address's language is published, pictures made for it, and
        it is searched; and wait until parts are used.
        """
        language = next((code for code in self._languages if address.startswith(f"/{code}/")), "en")
        of_the_article = {"page:0", "key:00000000-0000-0000-0000-000000000000", f"list:{self._languages[language]}"}
        self.cache.store.drop(frozenset(of_the_article | {"search", "renditions"}), stale_until=0.0)
        until = time.monotonic() + 10
        while not self.cache.parts.are_used:
            assert time.monotonic() < until, "The listener is not certain."
            time.sleep(0.01)

    def ask(self, address: str, headers: dict[str, str]) -> tuple[int, dict[str, str], list[bytes]]:
        """Return status, headers and body of an answer."""
        asked = urlsplit(address)
        environ = {
            "REQUEST_METHOD": "GET",
            # As WSGI has it: the bytes of the path, each as a character.
            "PATH_INFO": unquote_to_bytes(asked.path).decode("latin-1"),
            "QUERY_STRING": asked.query,
            "SCRIPT_NAME": "",
            "CONTENT_TYPE": "",
            "HTTP_HOST": self._host,
            "SERVER_NAME": self._host.partition(":")[0],
            "SERVER_PORT": self._host.partition(":")[2] or "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        }
        said: list[Any] = []
        body = self.cache(environ, lambda *answer: said.append(answer))
        try:
            sent = list(body)
        finally:
            getattr(body, "close", lambda: None)()
        return int(said[0][0][:3]), dict(said[0][1]), sent


class Visitor:
    """Asks through Django's test client, for whom nothing is kept: somebody with a session, or anybody."""

    def __init__(self, user: Any = None) -> None:
        from django.test import Client

        self._client = Client()
        if user is not None:
            self._client.force_login(user)

    def publish(self, address: str) -> None:
        """Do nothing: nothing is kept."""

    def ask(self, address: str, headers: dict[str, str]) -> tuple[int, dict[str, str], list[bytes]]:
        """Return status, headers and body of an answer."""
        answer: Any = self._client.get(address, headers=headers)
        sent = list(answer.streaming_content) if answer.streaming else [answer.content]
        return answer.status_code, dict(answer.headers), sent


def _languages() -> dict[str, int]:
    from wagtail.models import Locale

    return dict(Locale.objects.values_list("language_code", "pk"))


def main() -> None:
    """Answer with what was measured of each name: milliseconds, of the database, queries, of a processor; and with how
    many hits, entries and the like were shown, in how many bytes.
    """
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.db import connection

    user = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench", password=None)
    editor = Visitor(user)
    places = _places()
    anybody = Visitor()
    reader = anybody if NOTHING_KEPT in sys.argv[1:] else Reader()
    statements: list[tuple[float, str, Any]] = []
    prepared: set[str] = set()

    def noted(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            statements.append((1000 * (time.perf_counter() - began), sql, parameters))

    for line in sys.stdin:
        group, name, with_plan = json.loads(line)
        _on_one_processor()
        if group in RARITIES and group not in prepared:
            RARITIES[group]()
            prepared.add(group)
            places = _places()
        address, _hash, is_conditional = ASKED[group][name].format(**places).partition("#")
        # Whether somebody knows an answer already, the page cache says of whole pages alone.
        who = editor if address.startswith("/admin/") else anybody if is_conditional else reader
        headers = {"If-None-Match": who.ask(address, {})[1]["ETag"]} if is_conditional else {}
        share = places["addresses"] / 100 if address.startswith("/sitemaps/") else 1
        # The first answer reads what the others find read.
        who.publish(address)
        assert who.ask(address, headers)[0] == (304 if headers else 200), address
        found = []
        for _ in range(TIMES):
            who.publish(address)
            statements.clear()
            before = _spent()
            with connection.execute_wrapper(noted):
                began = time.perf_counter()
                sent = who.ask(address, headers)[2]
                took = 1000 * (time.perf_counter() - began)
            spent = _spent() - before
            in_database = sum(one[0] for one in statements)
            found.append((took / share, in_database / share, len(statements), spent / share))
        plan = _plan(max(statements, key=lambda one: one[0])) if with_plan and statements else ""
        shown = len(_SHOWN.findall(b"".join(sent))), sum(map(len, sent)) / share
        print(json.dumps({"tries": found, "plan": plan, "shown": shown}), flush=True)


def _on_one_processor() -> None:
    """Have this thread and its process of the database share a processor: whoever is asked in turns with it, the same.

    Of a database on this machine, if it is Linux. Where each is put anywhere anew, what the caches of the processors
    hold for it is chance, and two runs differ by a third.
    """
    from django.db import connection

    if not hasattr(os, "sched_setaffinity"):
        return
    connection.ensure_connection()
    # The last of those that this process began with.
    last = {max(os.sched_getaffinity(os.getppid()))}
    os.sched_setaffinity(0, last)
    pid = connection.connection.info.backend_pid
    if Path(f"/proc/{pid}/comm").exists() and "postgres" in Path(f"/proc/{pid}/comm").read_text():
        with contextlib.suppress(OSError):
            os.sched_setaffinity(pid, last)


def _spent() -> float:
    """Return the milliseconds of a processor that this thread and its process of the database have had so far.

    Of a database on this machine, if it is Linux. What else the machine does makes answers late, but has no part in it.
    """
    from django.db import connection

    connection.ensure_connection()
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return 1000 * time.thread_time() + (int(told.read_text().split()[0]) / 1e6 if told.exists() else 0)


def _plan(statement: tuple[float, str, Any]) -> str:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor, contextlib.suppress(Exception):
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement[1]}", statement[2])
        return "\n".join([statement[1], *(row[0] for row in cursor.fetchall())])
    return statement[1]


if __name__ == "__main__":
    main()
