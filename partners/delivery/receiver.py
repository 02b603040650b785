"""How does a provider tell us what became of a message? By a signed or authenticated POST, as often as it likes."""

import hashlib
import json
import logging
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType
from anymail.urls import urlpatterns as anymail_patterns
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, path
from django.utils import timezone

from partners.delivery.event import EventKind
from partners.delivery.provider import KEY_NAME
from partners.delivery.record_event import Report, record_event

logger = logging.getLogger(__name__)

# A report of one event is a kilobyte or two; some providers send hundreds at once.
LONGEST_BODY = 1024 * 1024
LONGEST_ID = 200
COMPLAIN_EVERY_SECONDS = 3600.0

# What else a provider can say is none of our business: who opened a letter, or followed a link.
KINDS = {
    EventType.DEFERRED: EventKind.DEFERRED,
    EventType.DELIVERED: EventKind.DELIVERED,
    EventType.BOUNCED: EventKind.BOUNCED,
    EventType.REJECTED: EventKind.BOUNCED,
    EventType.FAILED: EventKind.BOUNCED,
    EventType.COMPLAINED: EventKind.COMPLAINED,
}
# What comes of a body that is not what the provider's documentation says.
_MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
    OSError,
    SuspiciousOperation,
    MultiPartParserError,
)


class _Strangers:
    """Says that calls are refused, but not for each: anybody may call."""

    def __init__(self) -> None:
        self._said_at: dict[str, float] = {}

    def refuse(self, reason: str) -> None:
        """Write `reason` into the log, unless that was done within the hour."""
        if monotonic() - self._said_at.get(reason, float("-inf")) >= COMPLAIN_EVERY_SECONDS:
            self._said_at[reason] = monotonic()
            logger.warning("Refused a provider's report: %s. Further ones are not logged for an hour.", reason)


strangers = _Strangers()


class QuietReceiver:
    """Put in front of a webhook view of django-anymail: takes its events, and refuses without a traceback.

    Answers 200 to whatever was understood, also where the message is unknown, so that the provider does not come
    again; 403 to a wrong secret or signature, 400 to what cannot be read, 413 to what is too long.
    """

    esp_name: str

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the events in the body."""
        if _length(request) > LONGEST_BODY:
            return HttpResponse(status=413)
        view: Any = self
        try:
            view.run_validators(request)
        except AnymailWebhookValidationFailure:
            strangers.refuse("the secret or the signature is wrong")
            return HttpResponseForbidden()
        except _MALFORMED:
            return HttpResponseBadRequest()
        try:
            reports = [report for event in view.parse_events(request) if (report := as_report(event, self.esp_name))]
        except (*_MALFORMED, ImproperlyConfigured) as error:
            # It was the provider, so somebody should look: another kind of webhook may be set to this address.
            strangers.refuse(f"it cannot be read ({type(error).__name__})")
            return HttpResponseBadRequest()
        for report in reports:
            record_event(report)
        return HttpResponse()


def as_report(event: Any, provider: str) -> Report | None:
    """Return what django-anymail's `event` says to us; None where it is none of our business."""
    kind = KINDS.get(event.event_type)
    if kind is None or not isinstance(event, AnymailTrackingEvent):
        return None
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    return Report(
        provider=provider,
        event_id=_event_id(event),
        kind=kind,
        occurred_at=_time(event.timestamp),
        key=_text(metadata.get(KEY_NAME)),
        provider_id=_text(event.message_id),
        text=_text(event.mta_response) or _text(event.description),
    )


def patterns(provider: str) -> list[URLPattern]:
    """Return the address to which `provider`, as MAIL_PROVIDER names it, sends its reports: <provider>/."""
    view: Any = next(
        pattern.callback.view_class
        for pattern in anymail_patterns
        if pattern.name in {f"{provider}_tracking_webhook", f"{provider}_webhook"}
    )
    receiver: Any = type(f"Quiet{view.__name__}", (QuietReceiver, view), {})
    return [path(f"{provider}/", receiver.as_view(), name=f"mail_events_{provider}")]


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return LONGEST_BODY + 1


def _event_id(event: AnymailTrackingEvent) -> str:
    """Return the provider's id of `event`; where it gives none, a digest, the same when it is sent again."""
    given = _text(event.event_id)
    if given and len(given) <= LONGEST_ID:
        return given
    raw = event.esp_event if isinstance(event.esp_event, dict) else {"text": repr(event.esp_event)}
    return hashlib.sha256(json.dumps(raw, sort_keys=True, default=str).encode()).hexdigest()


def _time(told: Any) -> datetime:
    """Return the provider's time, which some give without a zone; now, where there is none."""
    if not isinstance(told, datetime):
        return timezone.now()
    return told if timezone.is_aware(told) else told.replace(tzinfo=UTC)


def _text(value: Any) -> str:
    """Return `value` where it is text (or a number) that the database takes, else nothing; '?' for half a character."""
    if not isinstance(value, str | int):
        return ""
    return str(value).replace("\0", "").encode(errors="replace").decode()


app_name = "mail_events"
urlpatterns = patterns(settings.MAIL_PROVIDER) if settings.MAIL_PROVIDER else []
