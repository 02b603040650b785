"""An editor who publishes the article of a path: `python -m tests.bench.editor PATH COUNT PAUSE [PORT]`.

With a port, he looks each time until every one of LOOKS new connections shows the new title, and prints after how many
seconds after the commit that was.
"""

import http.client
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django

LOOKS = 24
# The title stays what it is but for this, so that the demo is as it was when the last word is taken away.
MARK = " · edition "


def main() -> None:
    """Publish so often, so many seconds apart, and put the title back."""
    django.setup()
    from partners.articles.article_page import PartnerArticlePage

    path, count, pause = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    port = int(sys.argv[4]) if len(sys.argv) > 4 else None
    article = PartnerArticlePage.objects.live().get(slug=path.strip("/").split("/")[-1], locale__language_code="en")
    # Without what an editor who was killed has left there.
    title = article.title.split(MARK)[0]
    try:
        for number in range(count):
            if port:
                _look(port, path)
            began = time.monotonic()
            article.title = f"{title}{MARK}{number}"
            article.save_revision().publish()
            committed = time.monotonic()
            if port:
                while not all(f"{MARK}{number}".encode() in body for body in _look(port, path)):
                    pass
                print(f"{time.monotonic() - committed:.3f}", flush=True)
            time.sleep(max(began + pause - time.monotonic(), 0))
    finally:
        article.title = title
        article.save_revision().publish()


def _look(port: int, path: str) -> list[bytes]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: _page(port, path), range(LOOKS)))


def _page(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


if __name__ == "__main__":
    main()
