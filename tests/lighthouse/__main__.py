"""What does Lighthouse say about the site's pages? `python -m tests.lighthouse [WORD…]` asks about those with a WORD.

Each page on a phone and on a desktop, three times: of the three the middle one counts. The versions of
package-lock.json are installed into var/lighthouse by npm, with their hashes. Returns 1 where accessibility, best
practices or search engines are below 100; performance is time on this machine, and only printed. The server of
DATABASE_URL is used, in a database of its own, else one that is thrown away.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from qianhai_site.local import LocalError, browser, postgres
from tests.journeys.stack import ROOT, Stack
from tests.lighthouse.reports import GROUPS, Report, middle, read

HERE = Path(__file__).parent
INSTALLED = ROOT / "var" / "lighthouse"
RUNS, TRIES = 3, 3
PAGES = {
    "home": "/",
    "article": "/partners/lanternbridge/two-legal-systems-one-table/",
    "listing": "/latest/",
    "form": "/partners/lanternbridge/drafting-guide/",
    "search": "/search/",
    "search, with hits": "/search/?q=port",
}
# Without a name it is a phone, by a line that is computed. The processors are those that draw, and no card.
SCREENS = {"phone": [], "desktop": ["--preset=desktop"]}
CHROMIUM = "--headless=new --disable-gpu"


def main(words: list[str]) -> int:
    """Ask about the pages, print a table; return 1 where a score that is no time is below 100."""
    program = install()
    chromium = browser.find()
    with ExitStack() as stack:
        server = os.environ.get("DATABASE_URL") or stack.enter_context(postgres.throw_away_cluster()).url
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qianhai-lighthouse-")))
        site = Stack(folder, server)
        # As the public site does, which search engines may read.
        site.environment |= {"LOG_LEVEL": "CRITICAL", "SEARCH_ENGINES": "true"}
        stack.callback(site.close)
        site.prepare()
        site.run("index_search")
        site.start("web")
        print(f"{'':28}{''.join(f'{name:>16}' for name in GROUPS.values())}{'FCP ms':>9}{'LCP ms':>9}", flush=True)
        failed = False
        for name, address in PAGES.items():
            if words and not any(word in name for word in words):
                continue
            for screen, flags in SCREENS.items():
                found = [ask(program, chromium, site.url + address, flags, folder) for _ in range(RUNS)]
                report = middle(found)
                failed = tell(f"{name}, {screen}", report) or failed
    return int(failed)


def install() -> Path:
    """Install what package-lock.json pins, unless that was done since it last changed; return Lighthouse's program.

    Raises LocalError where there is no npm, or it could not.
    """
    npm = shutil.which("npm")
    if not npm:
        raise LocalError("Lighthouse needs Node and npm: on Debian, the packages nodejs and npm.")
    program = INSTALLED / "node_modules" / "lighthouse" / "cli" / "index.js"
    wanted, stamp = (HERE / "package-lock.json").read_text(), INSTALLED / ".installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        INSTALLED.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, INSTALLED / name)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if subprocess.run(command, cwd=INSTALLED, stdin=subprocess.DEVNULL, check=False).returncode:
            raise LocalError("npm could not install Lighthouse; its words are above.")
        stamp.write_text(wanted)
    return program


def ask(program: Path, chromium: str, url: str, flags: list[str], folder: Path) -> Report:
    """Return Lighthouse's report of one page; where the machine was too busy for one, ask again.

    Raises LocalError where it does not come to one.
    """
    file = folder / "report.json"
    # Chromium's own walls do not stand for root.
    chrome = f"{CHROMIUM} --no-sandbox" if os.geteuid() == 0 else CHROMIUM
    command = ["node", str(program), url, "--quiet", "--output=json", f"--output-path={file}", *flags]
    for _ in range(TRIES):
        done = subprocess.run(
            [*command, f"--only-categories={','.join(GROUPS)}", f"--chrome-flags={chrome}"],
            env={**os.environ, "CHROME_PATH": chromium},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        if done.returncode == 0:
            return read(file)
    raise LocalError(f"Lighthouse came to no report of {url}:\n{done.stderr[-2000:]}")


def tell(name: str, report: Report) -> bool:
    """Print a page's line and what it might do better; return whether it fails."""
    scores = "".join(f"{round(report.scores[group] * 100):16}" for group in GROUPS)
    print(f"{name:28}{scores}{report.first_paint:9.0f}{report.largest_paint:9.0f}", flush=True)
    for audit in report.below:
        print(f"    {audit}", flush=True)
    return report.fails


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LocalError as error:
        sys.exit(str(error))
