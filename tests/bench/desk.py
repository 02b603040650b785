"""How long does the desk's list take with a million requests, beside the same list with a hundred?

`DATABASE_URL=postgresql://.../any python -m tests.bench.desk [--rows 1000000]`: makes two databases of its own on that
server, and asks each for pages, filters and searches, in a process of its own. Nothing of it stays.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from tests.bench.databases import bulk_site

FEW = 100
TRIES = 5
ASKED = {
    "first page": "",
    "page 300": "?p=300",
    "oldest first": "?ordering=created_at",
    "accepted letters": "?mail_state=sent",
    "failed letters (there are none)": "?mail_state=failed",
    "one language": "?language=zh-hant",
    "two days": "?created_at_from=2026-09-01&created_at_to=2026-09-02",
    "search of a name that is everywhere": "?q=reader",
    "search of one address": "?q=reader77%40",
    "search of two Chinese characters": f"?q={quote('大文')}",
    "search that finds nothing": "?q=nobodyhere",
}


def measure() -> None:
    """Ask for everything in ASKED, and print for each the fewest milliseconds, and the queries, as JSON."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    user = User.objects.create_superuser("desk", password=None)
    client = Client()
    client.force_login(user)
    found = {}
    for name, query in ASKED.items():
        times = []
        for _ in range(TRIES):
            with CaptureQueriesContext(connection) as queries:
                began = time.monotonic()
                answer = client.get(reverse("brochure_requests:index") + query)
                times.append(1000 * (time.monotonic() - began))
            assert answer.status_code == 200
        found[name] = (min(times), len(queries))
    print(json.dumps(found))


def in_a_database_of(rows: int, server_url: str, folder: Path) -> dict[str, tuple[float, int]]:
    """Make a database with so many requests, and measure in it."""
    with bulk_site(f"bench_desk_{rows}", server_url, folder, requests=rows) as (_url, process):
        measuring = [sys.executable, "-m", "tests.bench.desk", "--measure"]
        return json.loads(subprocess.run(measuring, **process, stdout=subprocess.PIPE).stdout)


def main() -> None:
    """Measure in both databases, and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        return measure()
    with tempfile.TemporaryDirectory() as folder:
        few, many = (in_a_database_of(rows, os.environ["DATABASE_URL"], Path(folder)) for rows in (FEW, arguments.rows))
    print(f"{'':38}{FEW:>10} requests {arguments.rows:>10} requests   ratio   queries")
    for name, (milliseconds, queries) in many.items():
        floor = few[name][0]
        print(f"{name:38}{floor:16.0f} ms {milliseconds:16.0f} ms {milliseconds / floor:7.2f} {queries:9}")


if __name__ == "__main__":
    main()
