"""Which secrets does the local run use? Made once, kept in the data folder, readable by its owner alone."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from . import LocalError

# Neither 0 and o nor 1 and l: a person may have to type it.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Credentials:
    """What nobody else should know: Django's SECRET_KEY and the password of the user `admin`."""

    secret_key: str
    admin_password: str


def load(data: Path) -> Credentials:
    """Return the secrets kept in `data`, made now if there are none. Raises LocalError where the file is damaged."""
    file = data / "credentials.json"
    if not file.exists():
        _write(
            file,
            Credentials(
                secret_key=secrets.token_urlsafe(64),
                admin_password="-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3)),
            ),
        )
    try:
        return Credentials(**json.loads(file.read_text()))
    except (ValueError, TypeError):
        raise LocalError(f"{file} is damaged: delete it, and new secrets will be made.") from None


def _write(file: Path, content: Credentials) -> None:
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        json.dump(asdict(content), opened)
    draft.rename(file)
