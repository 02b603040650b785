"""What happened to a request, in order?"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry

from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.consent_record import ConsentEvent, EventKind, Means
from partners.brochures.downloads import BrochureDownload, Who
from partners.brochures.quarantine import MARK_AS_SPAM, RELEASE
from partners.brochures.sending import FRESH_LINK_KIND
from partners.brochures.submission import Submission
from partners.delivery.attempt import DeliveryAttempt, Outcome
from partners.delivery.event import DeliveryEvent
from partners.delivery.message import OutgoingMessage, State
from partners.submissions.audit import RESEND, REVOKE_LINK
from partners.submissions.desk_events import DESK_ACTS, desk_events
from partners.submissions.mail_words import EVENT_WORDS, WORDS
from partners.submissions.timeline_event import Event

SHOWN_ACTS = [RESEND, RELEASE, MARK_AS_SPAM, REVOKE_LINK, *DESK_ACTS]


def timeline(submission: Submission) -> list[Event]:
    """Return what happened to `submission`: asked, then every letter with its attempts and how it ended.

    What was agreed to stands beside the asking; a later confirmation or withdrawal between the letters, by its time.
    Costs the same number of queries, however many letters, links and consents there are.
    """
    consent_events = list(
        ConsentEvent.objects.filter(record__submission=submission).select_related("record__wording", "user")
    )
    asked = Event(at=submission.created_at, title=_("Asked for the brochure"), detail=submission.form_title)
    later = [(event.at, [_consent(event)]) for event in consent_events if event.how != Means.FORM]
    entries = _entries(submission)
    held = [(event.at or submission.created_at, [event]) for event in _held(submission, entries)]
    told = [
        *held,
        *_letters(submission, entries),
        *_link_chapters(submission, entries),
        *later,
        *((event.at or submission.created_at, [event]) for event in desk_events(submission, entries)),
    ]
    chapters = sorted(told, key=lambda chapter: chapter[0])
    return [
        asked,
        *(_consent(event) for event in consent_events if event.how == Means.FORM),
        *(event for _, events in chapters for event in events),
    ]


def _letters(submission: Submission, entries: list[ModelLogEntry]) -> Iterator[tuple[datetime, list[Event]]]:
    """Yield when each letter was queued, with what happened to it."""
    resent_by = _who_resent(entries)
    letters = list(submission.messages.prefetch_related("attempts", "events").order_by("pk"))
    for number, message in enumerate(letters):
        yield message.created_at, [_queued(message, number, resent_by.get(message.pk)), *_fate(message)]
    confirmations = ConsentConfirmation.objects.filter(record__submission=submission)
    for confirmation in confirmations.prefetch_related("attempts", "events").order_by("pk"):
        queued = Event(at=confirmation.created_at, title=_("Asked to confirm the news"), detail=confirmation.to)
        # Both letters are queued by one act, whichever of them is written first: the one that was asked for leads.
        at = max([confirmation.created_at, *(letter.created_at for letter in letters[:1])])
        yield at, [queued, *_fate(confirmation)]


def _fate(message: OutgoingMessage) -> Iterator[Event]:
    yield from (_attempt(attempt) for attempt in message.attempts.all())
    yield from (_report(event) for event in message.events.all())
    yield from _standing(message)


def _consent(event: ConsentEvent) -> Event:
    tone = {EventKind.CONFIRMED: "good", EventKind.WITHDRAWN: "bad"}.get(EventKind(event.kind), "plain")
    purpose, kind = event.record.get_purpose_display(), event.get_kind_display()
    details = [event.get_how_display(), _("version %(number)s") % {"number": event.record.wording.version}]
    if event.user:
        details.append(str(event.user))
    return Event(at=event.at, title=f"{purpose}: {kind}", detail=", ".join(details), tone=tone)


def _entries(submission: Submission) -> list[ModelLogEntry]:
    """Return what the desk did to `submission`, oldest first."""
    acts = registry.get_logs_for_instance(submission).filter(action__in=SHOWN_ACTS)
    return list(acts.select_related("user").order_by("timestamp", "pk"))


def _who_resent(entries: list[ModelLogEntry]) -> dict[int, str]:
    """Return the name of the user by the id of the letter that he or she caused."""
    return {
        entry.data["message"]: entry.user_display_name
        for entry in entries
        if entry.action == RESEND and "message" in entry.data
    }


def _held(submission: Submission, entries: list[ModelLogEntry]) -> Iterator[Event]:
    """Yield that `submission` was held back, and what was decided about it."""
    if submission.quarantined_at is None:
        return
    yield Event(at=submission.quarantined_at, title=_("Held back"), tone="waiting")
    for entry in entries:
        if entry.action == MARK_AS_SPAM:
            title = _("Closed as spam by %(user)s") % {"user": entry.user_display_name}
        elif entry.action == RELEASE and entry.user_id:
            title = _("Released by %(user)s") % {"user": entry.user_display_name}
        elif entry.action == RELEASE:
            title = _("Released by itself")
        else:
            continue
        # The log's own entry is written behind the letter; the letter follows from the release.
        at = submission.released_at if entry.action == RELEASE else entry.timestamp
        yield Event(at=at or entry.timestamp, title=title)


def _link_chapters(submission: Submission, acts: list[ModelLogEntry]) -> Iterator[tuple[datetime, list[Event]]]:
    """Yield when links were opened, by whom and how often on each day, and when somebody revoked one."""
    for act in acts:
        if act.action == REVOKE_LINK:
            title = _("Link revoked by %(user)s") % {"user": act.user_display_name}
            yield act.timestamp, [Event(at=act.timestamp, title=title)]
    for row in BrochureDownload.objects.filter(link__submission=submission):
        yield row.first_at, [_opened(row)]


def _opened(row: BrochureDownload) -> Event:
    is_person = row.who == Who.PERSON
    times = ngettext("%(number)s time that day", "%(number)s times that day", row.count) % {"number": row.count}
    return Event(
        at=row.first_at,
        title=_("Link opened") if is_person else _("Link looked at by a robot or scanner"),
        detail=times if row.count > 1 else "",
        tone="good" if is_person else "plain",
    )


def _queued(message: OutgoingMessage, number: int, user_name: str | None) -> Event:
    if message.kind == FRESH_LINK_KIND:
        return Event(at=message.created_at, title=_("Fresh link asked for by the reader"), detail=message.to)
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
