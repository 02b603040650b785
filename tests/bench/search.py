"""How long does a search take with 100,000 articles, beside one with a hundred?

`DATABASE_URL=postgresql://.../any python -m tests.bench.search [--rows 100000]`: makes two databases of its own on that
server, and asks each for searches, in a process of its own. Nothing of it stays.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.databases import bulk_site

FEW = 100
TRIES = 20
ASKED = {
    "a word of all articles": {"q": "qianhai"},
    "two words of many": {"q": "harbour finance"},
    "a word of one": {"q": "unique77x"},
    "a word of none": {"q": "zyxwvuts"},
    "a mistyped word": {"q": "harbuor finance"},
    "two Chinese characters of all": {"q": "前海"},
    "five Chinese characters": {"q": "港口金融區"},
    "one Chinese character": {"q": "海"},
    "narrowed by language and kind": {"q": "harbour", "language": "en", "kind": "paid"},
    "suggestions": {"q": "harb", "suggest": "1"},
}


def measure() -> None:
    """Ask for everything in ASKED, and print for each the milliseconds of every try, as JSON."""
    import django

    django.setup()
    from django.test import Client

    client = Client()
    found = {}
    for name, asked in ASKED.items():
        parameters = {key: value for key, value in asked.items() if key != "suggest"}
        address = "/search/suggestions/" if "suggest" in asked else "/search/"
        times = []
        for _ in range(TRIES + 1):
            began = time.monotonic()
            answer = client.get(f"{address}?{urlencode(parameters)}")
            times.append(1000 * (time.monotonic() - began))
            assert answer.status_code == 200
        # The first one reads what the others find read.
        found[name] = times[1:]
    print(json.dumps(found))


def in_a_database_of(rows: int, server_url: str, folder: Path) -> dict[str, list[float]]:
    """Make a database with so many articles, and measure in it."""
    with bulk_site(f"bench_search_{rows}", server_url, folder, articles=rows, is_searched=True) as (_url, process):
        measuring = [sys.executable, "-m", "tests.bench.search", "--measure"]
        return json.loads(subprocess.run(measuring, **process, stdout=subprocess.PIPE).stdout)


def main() -> None:
    """Measure in both databases, and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        return measure()
    with tempfile.TemporaryDirectory() as folder:
        few, many = (in_a_database_of(rows, os.environ["DATABASE_URL"], Path(folder)) for rows in (FEW, arguments.rows))
    print(f"{'median and 95th percentile':32}{FEW:>8} articles   {arguments.rows:>8} articles   ratio")
    for name, times in many.items():
        before, after = statistics.median(few[name]), statistics.median(times)
        last, latest = (statistics.quantiles(tries, n=20)[-1] for tries in (few[name], times))
        print(f"{name:32}{before:6.0f} {last:6.0f} ms {after:9.0f} {latest:6.0f} ms {after / before:7.2f}")


if __name__ == "__main__":
    main()
