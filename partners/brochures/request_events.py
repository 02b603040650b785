"""Who else has to know what becomes of a request? Whoever registered here, in the transaction in which it happens."""

from collections.abc import Callable

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.brochures.consent_wording import Purpose
from partners.brochures.submission import Submission


class RequestEvent(models.TextChoices):
    """What is told of a request: that it counts now, has another address, a consent withdrawn, or no data any more."""

    ACCEPTED = "accepted", _("Request accepted")
    CORRECTED = "corrected", _("Address corrected")
    WITHDRAWN = "withdrawn", _("Consent withdrawn")
    ERASED = "erased", _("Request erased")


# Those that are told with the request's data; the others by its reference alone.
WITH_DATA = (RequestEvent.ACCEPTED, RequestEvent.CORRECTED)

# `purpose` is the consent that was withdrawn; None for the other events.
Listener = Callable[[Submission, RequestEvent, Purpose | None], None]
_listeners: list[Listener] = []


def register_listener(listener: Listener) -> None:
    """Let `listener` hear of every event; registered twice, it hears once. It must not speak to the outside world."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(submission: Submission, event: RequestEvent, purpose: Purpose | None = None) -> None:
    """Tell every listener what became of `submission`, inside the transaction that writes it.

    ERASED is told before the request's data and consents are removed: who has to hear of it is read from them.
    """
    for listener in _listeners:
        listener(submission, event, purpose)
