"""What does everything cost with 100,000 articles and a million requests, beside what it costs with a hundred?

`python -m tests.bench.scale [--articles 100000] [--requests 1000000] [--only lists search] [--rounds 6] [--plans]
[--nothing-kept]`: makes a small and a large site of each, in a PostgreSQL of its own or, as a superuser, on the server
of DATABASE_URL; asks both in turns, and prints medians side by side. Nothing of it stays.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from qianhai_site.local import postgres
from tests.bench.asking import NOTHING_KEPT
from tests.bench.databases import ROOT, bulk_site, environment
from tests.bench.questions import ASKED

FEW_ARTICLES, FEW_REQUESTS = 100, 1_000
ROUNDS = 6
GOAL = 1.2
HEAD = (
    f"{'medians in ms, of the server (of the database)':46}{'small':>14}{'large':>16}   ratio        p95  queries"
    "  processor's, ratio    shown       KB"
)


class Asked:
    """A process that answers for one database."""

    def __init__(self, process: dict[str, Any], *, nothing_kept: bool = False) -> None:
        """Start it; `nothing_kept` asks as in the first moment of a process."""
        command = [sys.executable, "-m", "tests.bench.asking", *([NOTHING_KEPT] if nothing_kept else [])]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.child = subprocess.Popen(command, **{key: process[key] for key in ("env", "cwd")}, **pipes)

    def ask(self, group: str, name: str, *, with_plan: bool = False) -> dict[str, Any]:
        """Return the tries of one asking: milliseconds of the server, of the database, queries, and milliseconds of a
        processor of each; and how many hits, entries and the like were shown, in how many bytes.
        """
        self.child.stdin.write(json.dumps([group, name, with_plan]) + "\n")
        self.child.stdin.flush()
        said = self.child.stdout.readline()
        if not said:
            raise SystemExit(f"{name}: no answer; what the process said is above.")
        return json.loads(said)

    def end(self) -> None:
        """End it."""
        self.child.stdin.close()
        self.child.wait(10)


def compare(group: str, name: str, small: Asked, large: Asked, *, rounds: int, plans: bool) -> float:
    """Ask both in turns, print a line, and return the ratio of a processor's time."""
    tries: tuple[list[Any], list[Any]] = ([], [])
    shown: list[tuple[int, float]] = [(0, 0.0)] * 2
    for _ in range(rounds):
        for place, asked in enumerate((small, large)):
            said = asked.ask(group, name)
            tries[place].extend(said["tries"])
            shown[place] = said["shown"][0], said["shown"][1] / 1024
    (few, few_in_database, _, few_spent), (many, many_in_database, queries, many_spent) = (
        [statistics.median(column) for column in zip(*found, strict=True)] for found in tries
    )
    late = statistics.quantiles([one[0] for one in tries[1]], n=20)[-1]
    in_database = many_in_database / few_in_database if few_in_database else 1
    ratio = many_spent / few_spent
    print(
        f"{name:46}{few:7.1f} ({few_in_database:4.1f}) {many:8.1f} ({many_in_database:4.1f}){many / few:8.2f}"
        f" ({in_database:4.2f}){late:7.1f}{queries:8.0f}"
        f"{few_spent:8.1f}{many_spent:6.1f}{ratio:6.2f}{' *' if ratio > GOAL else '  '}"
        f"{shown[0][0]:6} {shown[1][0]:5}{shown[0][1]:5.0f}{shown[1][1]:4.0f}",
        flush=True,
    )
    if plans:
        print(large.ask(group, name, with_plan=True)["plan"], file=sys.stderr)
    return ratio


def _pair(
    stack: ExitStack, server: str, folder: Path, kind: str, sizes: tuple[dict[str, int], dict[str, int]], **how: bool
) -> Any:
    """Make the small and the large database, and start a process for each."""
    asked = []
    for size in sizes:
        began = time.monotonic()
        name = f"bench_{kind}_{max(size.values())}"
        _url, process = stack.enter_context(bulk_site(name, server, folder, is_searched=True, **size))
        print(f"{name}: made in {time.monotonic() - began:.0f} s", file=sys.stderr)
        asked.append(Asked(process, **how))
        stack.callback(asked[-1].end)
    return asked


def main() -> None:
    """Make what is asked, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="+", choices=ASKED, default=list(ASKED))
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="turns of each, of some answers")
    parser.add_argument("--plans", action="store_true", help="print the plan of each page's slowest query as well")
    parser.add_argument(NOTHING_KEPT, action="store_true", help="keep no parts of pages either")
    parser.add_argument("--in", nargs=2, dest="urls", metavar="URL", help="two databases that there are: small, large")
    arguments = parser.parse_args()
    how = {"nothing_kept": arguments.nothing_kept}
    with ExitStack() as stack:
        folder = Path(os.environ.get("TEST_DATA_DIR") or stack.enter_context(tempfile.TemporaryDirectory()))
        server = os.environ.get("DATABASE_URL", "")
        if not server and not arguments.urls:
            server = stack.enter_context(postgres.throw_away_cluster()).url
        print(HEAD)
        for kind, groups in (("articles", [name for name in ASKED if name != "desk"]), ("requests", ["desk"])):
            wanted = [group for group in groups if group in arguments.only]
            if not wanted:
                continue
            with ExitStack() as databases:
                few = FEW_ARTICLES if kind == "articles" else FEW_REQUESTS
                if arguments.urls:
                    pair = [Asked({"env": environment(url, folder), "cwd": ROOT}, **how) for url in arguments.urls]
                    for one in pair:
                        databases.callback(one.end)
                else:
                    sizes = ({kind: few}, {kind: getattr(arguments, kind)})
                    pair = _pair(databases, server, folder, kind, sizes, **how)
                for group in wanted:
                    once = {"rounds": arguments.rounds, "plans": arguments.plans}
                    ratios = [compare(group, name, *pair, **once) for name in ASKED[group]]
                    above = sum(ratio > GOAL for ratio in ratios)
                    load = os.getloadavg()[0]
                    print(f"{group}: {above} of {len(ratios)} above {GOAL}, marked with a star; load {load:.1f}\n")


if __name__ == "__main__":
    main()
