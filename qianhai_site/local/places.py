"""Where does the local run keep its things?"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
# Where root keeps what the account that runs PostgreSQL has to reach, when the repository lies where that account
# may not go. Only root can write here, so nobody can plant a file in our way, and no cleaner of old files comes by.
ROOTS_OWN = Path("/var/lib/qianhai")
# PostgreSQL refuses to run as root.
UNPRIVILEGED = "nobody"


def is_root() -> bool:
    """Tell whether this process may become another user."""
    return os.geteuid() == 0


def data_dir() -> Path:
    """Return the folder of everything that the local run stores, made if need be."""
    folder = Path(os.environ.get("DATA_DIR") or REPOSITORY / "var").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def can_reach(folder: Path, user: str = UNPRIVILEGED) -> bool:
    """Tell whether `user` may enter `folder`; asks as that user, which sees modes, lists and mounts alike."""
    asked = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
        user=user,
        group=group_of(user),
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return asked.returncode == 0


def group_of(user: str) -> int:
    """Return the number of the first group of `user`."""
    import pwd  # noqa: PLC0415  not on every platform, and needed by root alone

    return pwd.getpwnam(user).pw_gid


def database_home(data: Path) -> Path:
    """Return the folder of the local run's PostgreSQL.

    `data`/postgres, unless root runs us and the account that runs PostgreSQL cannot enter `data`, for instance in a
    repository below /root: then a folder below /var/lib named after `data`. The choice is written down in `data`, so
    a later start finds the same rows whatever has become of the permissions.
    """
    record = data / "postgres-lies-in"
    if record.exists():
        return Path(record.read_text().strip())
    home = data / "postgres"
    if is_root() and not home.exists() and not can_reach(data):
        home = ROOTS_OWN / f"postgres-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"
        record.write_text(f"{home}\n")
    return home


def leashed(signal_number: int, command: list[str], *, user: str = "-") -> list[str]:
    """Return `command` such that its process is sent `signal_number` when ours is gone; see `leash`."""
    leash = Path(__file__).with_name("leash.py")
    return [sys.executable, "-I", "-S", str(leash), str(int(signal_number)), str(os.getpid()), user, *command]
