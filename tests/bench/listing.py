"""How long does the list of articles take with 100,000 of them, beside the same list with a hundred?

`DATABASE_URL=postgresql://.../any python -m tests.bench.listing [--articles 100000] [--plans]`: makes two databases of
its own on that server (as a superuser), asks each for pages in a process of its own, and prints the milliseconds that
the database needed for all queries and for the slowest one. Nothing of it stays.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.databases import bulk_site

FEW = 100
TRIES = 5
ASKED = {
    "first part": "/latest/",
    "deep part": "/latest/?page=100",
    "oldest articles": "/latest/?page=9999999",
    "a year": "/latest/?year=2023",
    "a kind": "/latest/?kind=contributed",
    "another language": "/latest/?language=zh-hant",
    "every language": "/latest/?language=all",
    "a topic of half of them": "/latest/?topic=bulk-topic-0",
    "a topic of a few": "/latest/?topic=bulk-topic-23",
    "a partner with a tenth": "/latest/?partner=bulk-partner-0",
    "a partner whose articles are old": "/latest/?partner=bulk-partner-{last}",
    "partner and topic": "/latest/?partner=bulk-partner-2&topic=bulk-topic-5",
    "kind, topic and year": "/latest/?kind=paid&topic=bulk-topic-3&year=2024",
    "a partner's page": "/partners/bulk-partner-0/",
    "an article with related ones": "article",
}


def measure(plans: bool) -> None:
    """Ask for everything in ASKED; print for each the milliseconds of the slowest query and of all, as JSON."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from partners.articles.article_page import PartnerArticlePage
    from partners.articles.partner_page import PartnerPage

    settings.ALLOWED_HOSTS = ["*"]
    last = PartnerPage.objects.filter(locale__language_code="en", slug__startswith="bulk-partner").count() - 1
    article = PartnerArticlePage.objects.filter(locale__language_code="en").order_by("pk")[30]
    client, found = Client(), {}
    for name, address in ASKED.items():
        url = article.url if address == "article" else address.format(last=last)
        if "page=" in url:
            url = client.get(url).headers["Location"]
        for counted in (True, False) if url.startswith("/latest/") else (False,):
            runs = []
            for _ in range(TRIES):
                if counted:
                    cache.clear()
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(url).status_code == 200, url
                times = [1000 * float(query["time"]) for query in queries]
                runs.append((sum(times), max(times), len(times)))
                slowest = max(queries.captured_queries, key=lambda query: float(query["time"]))["sql"]
            found[f"{name}, counts asked anew" if counted else name] = min(runs)
            if plans:
                with connection.cursor() as cursor:
                    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {slowest.replace('%', '%%')}", [])
                    print(f"--- {name}\n", "\n".join(row[0] for row in cursor.fetchall()), file=sys.stderr)
    print(json.dumps(found))


def in_a_database_of(articles: int, url: str, folder: Path, plans: bool) -> dict[str, list[float]]:
    """Make a database with so many articles, and measure in it."""
    with bulk_site(f"bench_listing_{articles}", url, folder, articles=articles) as (_url, process):
        command = [sys.executable, "-m", "tests.bench.listing", "--measure", *(["--plans"] if plans else [])]
        said = subprocess.run(command, stdout=subprocess.PIPE, **process)
        return json.loads(said.stdout.splitlines()[-1])


def main() -> None:
    """Measure in both databases, and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--plans", action="store_true", help="print the plan of each page's slowest query as well")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        return measure(arguments.plans)
    with tempfile.TemporaryDirectory() as folder:
        few, many = (
            in_a_database_of(articles, os.environ["DATABASE_URL"], Path(folder), arguments.plans)
            for articles in (FEW, arguments.articles)
        )
    print(f"milliseconds: all queries (slowest){'':22}{FEW:>14} articles {arguments.articles:>11} articles  queries")
    for name, (every, slowest, queries) in many.items():
        print(f"{name:56}{few[name][0]:8.0f} ({few[name][1]:4.0f}){every:14.0f} ({slowest:4.0f}){queries:13}")


if __name__ == "__main__":
    main()
