"""Does the virtual environment hold what the requirements files name?

Run with its own Python, which has nothing but the standard library yet.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from . import LocalError

REPOSITORY = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
# Of a person's settings for pip only those that say how packages are reached are kept. Others (user, target,
# constraint, no-deps, ...) would put packages elsewhere or change which ones are installed.
KEPT = (
    "cert",
    "client-cert",
    "default-timeout",
    "extra-index-url",
    "find-links",
    "index-url",
    "keyring-provider",
    "proxy",
    "retries",
    "timeout",
    "trusted-host",
    "cache-dir",
    "no-cache-dir",
)


def main() -> None:
    """Install the requirements with their hashes, unless that was done since they last changed."""
    stamp = Path(sys.prefix) / ".requirements"
    # Two commands started at once: the second waits, and then finds nothing to do.
    with (Path(sys.prefix) / ".requirements.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = _fingerprint()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        print("Installing the requirements into .venv (a minute or two the first time) ...", flush=True)
        stamp.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary=:all:"]
        for name in REQUIREMENTS:
            command += ["-r", str(REPOSITORY / name)]
        done = subprocess.run(command, env=_environment(), cwd=REPOSITORY, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise LocalError("pip could not install the requirements; its words are above. Mend that and try again.")
        stamp.write_text(wanted)


def _fingerprint() -> str:
    seen = hashlib.sha256(sys.version.encode())
    for name in REQUIREMENTS:
        seen.update((REPOSITORY / name).read_bytes())
    return seen.hexdigest()


def _environment() -> dict[str, str]:
    """Return the environment for pip: how packages are reached comes from the person's settings, nothing else does."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    settings: dict[str, str] = {}
    # From the weakest to the strongest: the files' [global], their [install], the environment.
    for section in ("global.", "install.", ":env:."):
        for line in listed.splitlines():
            name, _, value = line.partition("=")
            key = name.removeprefix(section)
            if name.startswith(section) and key in KEPT:
                settings[f"PIP_{key.upper().replace('-', '_')}"] = value.strip("'\"").replace("\\n", " ")
    others = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHONPATH"))}
    return {
        **others,
        **settings,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }


if __name__ == "__main__":
    try:
        main()
    except LocalError as error:
        sys.exit(str(error))
