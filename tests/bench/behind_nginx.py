"""What does the sample nginx make of a page, against a file with the same bytes that it serves from disk?

One nginx, one run, the same headers asked for; the program that asks is `page_cache`'s.
"""

import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from qianhai_site.local import LocalError, front, places, webserver
from tests.bench import page_cache, pages

ROUNDS, PUBLICATIONS = 7, 8


def bench() -> int:
    """Print what was measured; return 0. Raises LocalError where the site runs already or no nginx starts."""
    nginx = webserver.find()
    with ExitStack() as stack:
        it = page_cache.Bench(stack)
        warm = it.start()
        latest = it.get(warm.port, "/latest/").decode()
        it.path = article = pages._first_link(r'href="(/partners/[^/"]+/[^/"]+/)"', latest, "article")
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qianhai-nginx-", dir=_in_memory())))
        files = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qianhai-files-")))
        (files / "article.html").write_bytes(it.get(warm.port, article))
        more = f"        location = /bench/article.html {{ root {files}; rewrite ^ /article.html break; }}\n"
        before = front.Front(nginx, site_port=warm.port, data=places.data_dir(), home=home / "nginx", more=more)
        stack.callback(before.stop)
        before.start()
        print(f"{article}, {(files / 'article.html').stat().st_size} bytes, behind nginx")
        print(f"{'middle of so many rounds: ' + str(ROUNDS):52}{'answers/s':>10}{'p50 ms':>9}{'p99 ms':>9}", flush=True)
        server = page_cache.Server(before.port)
        asked = {"/bench/article.html": "nginx, the same bytes from disk", article: "nginx, the article"}
        found: dict[str, list[page_cache.Figures]] = {path: [] for path in asked}
        for number in range(-1, ROUNDS):
            for it.path in list(asked)[:: -1 if number % 2 else 1]:
                figures = it.measure(server)
                if number >= 0:  # before, it only gets warm
                    found[it.path].append(figures)
        for path, label in asked.items():
            page_cache._print(label, page_cache._middle(found[path]))
        disk, site = found.values()
        ratios = sorted(mine.rate / theirs.rate for mine, theirs in zip(site, disk, strict=True))
        said = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
        print(f"\nbehind nginx / from its disk, middle of {said}: {statistics.median(ratios):.2f}   goal 0.8 at least")
        it.path = article
        seconds = [float(line) for line in it.publish(PUBLICATIONS, 0.0, before.port).communicate()[0].split()]
        print(
            f"published to fresh behind nginx, {len(seconds)} times: middle {statistics.median(seconds):.3f},"
            f" longest {max(seconds):.3f} s   goal below 1 s"
        )
    return 0


def _in_memory() -> str | None:
    """Return the folder that the sample keeps pages below, where this machine has it."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


if __name__ == "__main__":
    try:
        sys.exit(bench())
    except LocalError as error:
        sys.exit(str(error))
