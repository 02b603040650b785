"""What is one line of a request's timeline?"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True)
class Event:
    """One line of the timeline. `at` is None where nobody told the time; `tone` as in `mail_words`.

    `said` is the mail server's own reply, code first, to be shown as what it is: somebody else's text.
    """

    at: datetime | None
    title: str | Promise
    detail: str = ""
    said: str = ""
    tone: str = "plain"
