"""Which Chromium do the journeys drive? One that is there, else one that is installed now."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from . import LocalError, debian, places

# First the one that has no window: the same engine, and journeys take three quarters of the time.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MACS_CHROME = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FONTS = "fonts-noto-cjk"


def find() -> str:
    """Return the path of a Chromium that starts, installed first if need be; prints what it does.

    Raises LocalError where none can be had: a journey is never left out silently.
    """
    named = os.environ.get("CHROMIUM", "")
    if named:
        if version := _version(named):
            return _chosen(named, version)
        raise LocalError(f"CHROMIUM is {named}, which does not start: name another one or leave it unset.")
    for candidate in _candidates():
        if version := _version(candidate):
            return _chosen(candidate, version)
    installed = _install_package() if places.is_root() and shutil.which("apt-get") else _install_playwrights()
    if version := _version(installed):
        return _chosen(installed, version)
    raise LocalError(
        f"No Chromium starts ({installed or 'none was found or installed'}): ask an administrator for "
        "`apt-get install chromium`, or name one with CHROMIUM=/path/to/chromium."
    )


def _chosen(path: str, version: str) -> str:
    print(f"Browser: {version} ({path})", flush=True)
    return path


def _candidates() -> Iterator[str]:
    for name in NAMES:
        if found := shutil.which(name):
            yield found
    if MACS_CHROME.exists():
        yield str(MACS_CHROME)
    yield _playwrights()


def _version(path: str) -> str:
    """Return what the browser calls itself, '' where it does not start (a missing library, a stand-in for a store)."""
    if not path:
        return ""
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _install_package() -> str:
    print(f"No Chromium found: installing the packages {SHELL} and {FONTS} ...", flush=True)
    try:
        debian.install(SHELL, FONTS, instead="The whole browser is tried.")
    except LocalError as error:
        # Older releases, and what comes of Debian, may have no such package.
        print(error, flush=True)
        debian.install("chromium", FONTS, instead="Or set CHROMIUM=/path/to/chromium.")
    return shutil.which(SHELL) or shutil.which("chromium") or ""


def _install_playwrights() -> str:
    print("No Chromium found: fetching Playwright's ...", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-2000:], sep="\n", flush=True)
    return _playwrights()


def _playwrights() -> str:
    """Return the path of the Chromium that Playwright has fetched, '' where it has not."""
    script = "from playwright.sync_api import sync_playwright as p\nwith p() as w: print(w.chromium.executable_path)"
    asked = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    path = asked.stdout.strip()
    return path if asked.returncode == 0 and Path(path).exists() else ""
