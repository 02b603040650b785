"""Which Debian packages does a test need that are not there? They are installed where that is allowed."""

import os
import subprocess

from . import LocalError


def install(*packages: str, instead: str) -> None:
    """Install `packages` with apt-get; needs root.

    Raises LocalError where that fails, after its words were printed; `instead` says what a person can do.
    """
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stdout[-2000:], done.stderr[-2000:], sep="\n", flush=True)
            raise LocalError(f"apt-get {command[0]} failed; its words are above. {instead}")
