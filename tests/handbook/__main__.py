"""How do the handbook's pictures come about? `python -m tests.handbook` runs the site on made-up people and takes them.

The server of DATABASE_URL is used, in a database of its own, else one that is thrown away. Nothing of it stays but
docs/images/handbook/*.webp.
"""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import sync_playwright

from qianhai_site.local import browser, postgres
from tests.handbook import pictures
from tests.journeys.conftest import CHROMIUM_FLAGS
from tests.journeys.stack import ADMIN_PASSWORD, ROOT, Stack, wait_for


def fill() -> None:
    """Fill the database of this process's environment, and print the ids of what is shown, as JSON."""
    import django

    django.setup()
    from tests.handbook.demo import fill as fill_demo

    print(json.dumps(fill_demo()))


def main() -> int:
    """Take every picture; return 1 where they are too large together."""
    chromium = browser.find()
    with ExitStack() as stack:
        server = os.environ.get("DATABASE_URL") or stack.enter_context(postgres.throw_away_cluster()).url
        site = Stack(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qianhai-handbook-"))), server)
        # Of a few letters that are shown, one that came back is no alarm.
        site.environment |= {
            "MAIL_BOUNCE_MINIMUM": "1000",
            "HANDBOOK_PASSWORD": ADMIN_PASSWORD,
            "LOG_LEVEL": "CRITICAL",
        }
        stack.callback(site.close)
        site.prepare()
        filled = subprocess.run(
            [sys.executable, "-m", "tests.handbook", "fill"],
            cwd=ROOT,
            env=site.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        ids = json.loads(filled.stdout.splitlines()[-1])
        for name in ("inbox", "web", "worker"):
            site.start(name)
        # Else the pages about the mail would warn of it.
        wait_for(lambda: site.rows("SELECT 1 FROM partners_heartbeat"), "the worker's first periodic work", 120)
        with sync_playwright() as playwright:
            chrome = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
            passwords = dict.fromkeys((pictures.ADMIN, pictures.VIEWER), ADMIN_PASSWORD)
            size = pictures.take(chrome, site.url, passwords, ids)
            chrome.close()
    print(f"{len(pictures.PICTURES)} pictures, {size:,} bytes.")
    return int(size > pictures.LARGEST)


if __name__ == "__main__":
    if sys.argv[1:] == ["fill"]:
        fill()
    else:
        sys.exit(main())
