"""Whoever looks at figures, and requests to look at."""

from tests.partners.submissions.conftest import (
    client_of,
    desk,
    desk_user,
    editor,
    editor_user,
    kept_offer,
    make_submission,
    offer,
    submission,
    superuser,
)

__all__ = [
    "client_of",
    "desk",
    "desk_user",
    "editor",
    "editor_user",
    "kept_offer",
    "make_submission",
    "offer",
    "submission",
    "superuser",
]
