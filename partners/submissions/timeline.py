"""What happened to a request, in order?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry

from partners.brochures.submission import Submission
from partners.delivery.attempt import DeliveryAttempt, Outcome
from partners.delivery.event import DeliveryEvent
from partners.delivery.message import OutgoingMessage, State
from partners.submissions.audit import RESEND
from partners.submissions.mail_words import EVENT_WORDS, WORDS


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


def timeline(submission: Submission) -> list[Event]:
    """Return what happened to `submission`: asked, then every letter with its attempts and how it ended.

    Costs four queries, however many letters there are.
    """
    events = [Event(at=submission.created_at, title=_("Asked for the brochure"), detail=submission.form_title)]
    resent_by = _who_resent(submission)
    messages = submission.messages.prefetch_related("attempts", "events").order_by("pk")
    for number, message in enumerate(messages):
        events.append(_queued(message, number, resent_by.get(message.pk)))
        events.extend(_attempt(attempt) for attempt in message.attempts.all())
        events.extend(_report(event) for event in message.events.all())
        events.extend(_standing(message))
    return events


def _who_resent(submission: Submission) -> dict[int, str]:
    """Return the name of the user by the id of the letter that he or she caused."""
    entries: list[ModelLogEntry] = list(
        registry.get_logs_for_instance(submission).filter(action=RESEND).select_related("user")
    )
    return {entry.data["message"]: entry.user_display_name for entry in entries if "message" in entry.data}


def _queued(message: OutgoingMessage, number: int, user_name: str | None) -> Event:
    if number == 0:
        return Event(at=message.created_at, title=_("Letter queued"), detail=message.to)
    if user_name is None:
        return Event(at=message.created_at, title=_("Sent again"), detail=message.to)
    return Event(at=message.created_at, title=_("Sent again by %(user)s") % {"user": user_name}, detail=message.to)


def _attempt(attempt: DeliveryAttempt) -> Event:
    code = "" if attempt.smtp_code is None else str(attempt.smtp_code)
    return Event(
        at=attempt.started_at + timedelta(milliseconds=attempt.duration),
        title=Outcome(attempt.outcome).label,
        detail=_("Attempt %(number)s, %(seconds)s s")
        % {"number": attempt.number, "seconds": f"{attempt.duration / 1000:.1f}"},
        said=f"{code} {attempt.smtp_text}".strip(),
        tone="good" if attempt.outcome == Outcome.ACCEPTED else "bad",
    )


def _report(event: DeliveryEvent) -> Event:
    words = EVENT_WORDS[event.kind]
    return Event(
        at=event.occurred_at,
        title=words.label,
        detail=_("Reported by %(provider)s") % {"provider": event.provider},
        said=event.text,
        tone=words.tone,
    )


def _standing(message: OutgoingMessage) -> Iterator[Event]:
    """Yield where the letter stands, as far as its attempts and the mail service's reports do not say so already."""
    tone = WORDS[message.state].tone
    match message.state:
        case State.QUEUED if message.attempts_count:
            yield Event(at=message.due_at, title=_("Next attempt"), tone=tone)
        case State.QUEUED:
            yield Event(at=None, title=_("Waiting for the mail worker"), tone=tone)
        case State.SENDING:
            yield Event(
                at=message.claimed_at,
                title=_("Being sent"),
                detail=_("Attempt %(number)s") % {"number": message.attempts_count},
                tone=tone,
            )
        case State.FAILED:
            yield Event(at=message.closed_at, title=_("Failed: it will not be tried again by itself"), tone=tone)
        case State.CANCELLED:
            yield Event(at=message.closed_at, title=WORDS[message.state].label, tone=tone)
        case State.DELIVERED | State.BOUNCED | State.COMPLAINED if all(
            event.kind != message.state for event in message.events.all()
        ):
            # The row does not keep when the mail service said so.
            yield Event(at=None, title=WORDS[message.state].label, tone=tone)
