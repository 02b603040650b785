"""Who else has to know what becomes of a request? Whoever registered here, in the transaction in which it happens."""

from collections.abc import Callable

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

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
# Whether a listener may have something to do where a request of the form of this page was accepted.
Interest = Callable[[Page], bool]
_listeners: dict[Listener, Interest] = {}


def register_listener(listener: Listener, interest: Interest = lambda _page: True) -> None:
    """Let `listener` hear of every event; registered twice, it hears once. It must not speak to the outside world.

    Of a request that is accepted as it comes it is told where its `interest` in the form says so, by what is kept.
    """
    _listeners[listener] = interest


def is_anybodys_news(form_page: Page) -> bool:
    """Say whether somebody may have to hear that a request of this form was accepted."""
    return any(interest(form_page) for interest in _listeners.values())


def tell(submission: Submission, event: RequestEvent, purpose: Purpose | None = None) -> None:
    """Tell every listener what became of `submission`, inside the transaction that writes it.

    ERASED is told before the request's data and consents are removed: who has to hear of it is read from them.
    """
    for listener in _listeners:
        listener(submission, event, purpose)
