"""In whose name are letters written? The front door knows, and tells it here: this package must not import it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Sender:
    """Who stands at the foot of every letter; `privacy_url` is absolute, empty where there is no notice."""

    organisation: str
    privacy_url: str = ""


SenderLookup = Callable[[str], Sender]
_look_up: list[SenderLookup] = []


def register_sender(look_up: SenderLookup) -> None:
    """Let `look_up` say who the sender is, in the language it is given; the last one registered counts."""
    _look_up[:] = [look_up]


def sender_in(language: str) -> Sender:
    """Return the sender for a letter in `language`: the site's name alone where nobody has registered."""
    return _look_up[0](language) if _look_up else Sender(settings.WAGTAIL_SITE_NAME)
