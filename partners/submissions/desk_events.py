"""What did the desk do with a request beside its letters, who saw it, and into which exports did it go?"""

from collections.abc import Iterator

from django.db.models import Count, Max, Min
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import ModelLogEntry

from partners.brochures.correction import AddressCorrection
from partners.brochures.submission import Submission, WorkStatus
from partners.submissions.access_log import Way
from partners.submissions.audit import CANCEL_LETTER, CORRECT_ADDRESS, HOLD_LETTER
from partners.submissions.exporting.exported import exports_of
from partners.submissions.timeline_event import Event
from partners.submissions.working import ADD_NOTE, ASSIGN, SET_STATUS

# Consents that were withdrawn have events of their own.
DESK_ACTS = (CORRECT_ADDRESS, CANCEL_LETTER, HOLD_LETTER, ADD_NOTE, ASSIGN, SET_STATUS)
# What a single request is reached by; lists and searches are no look at one of them.
_LOOKS = (Way.DETAIL, Way.FILE, Way.API, Way.HAND_OVER)


def desk_events(submission: Submission, entries: list[ModelLogEntry]) -> Iterator[Event]:
    """Yield what `entries` of the audit log, the log of accesses and the exports tell of `submission`, in any order."""
    yield from _acts(submission, entries)
    yield from _looks(submission)
    for export in exports_of(submission):
        who = str(export.user.get_full_name() or export.user) if export.user else "–"
        yield Event(
            at=export.closed_at,
            title=_("Exported by %(user)s") % {"user": who},
            detail=export.partner_name or export.get_format_display(),
        )


def _acts(submission: Submission, entries: list[ModelLogEntry]) -> Iterator[Event]:
    corrections = {correction.pk: correction for correction in AddressCorrection.objects.filter(submission=submission)}
    for entry in entries:
        user = {"user": entry.user_display_name}
        if entry.action == CORRECT_ADDRESS:
            correction = corrections.get(entry.data.get("correction"))
            words = f"{correction.before} → {correction.after}" if correction else ""
            yield Event(at=entry.timestamp, title=_("Address corrected by %(user)s") % user, detail=words)
        elif entry.action == CANCEL_LETTER:
            yield Event(at=entry.timestamp, title=_("Letter cancelled by %(user)s") % user)
        elif entry.action == HOLD_LETTER:
            words = _("It may have gone out since the backup was made.")
            yield Event(at=entry.timestamp, title=_("Letter held after a restore"), detail=words, tone="waiting")
        elif entry.action == ADD_NOTE:
            yield Event(at=entry.timestamp, title=_("Note by %(user)s") % user)
        elif entry.action == ASSIGN:
            yield Event(at=entry.timestamp, title=_("Assignment changed by %(user)s") % user)
        elif entry.action == SET_STATUS:
            status = entry.data.get("new", "")
            label = str(WorkStatus(status).label) if status in WorkStatus.values else ""
            yield Event(at=entry.timestamp, title=_("Status set by %(user)s") % user, detail=label)


def _looks(submission: Submission) -> Iterator[Event]:
    """Yield one event for each who saw the request and each way, at the last time, however often it was."""
    looks = submission.accesses.filter(way__in=_LOOKS).order_by().values("user__username", "via", "way")
    for look in looks.annotate(times=Count("pk"), first=Min("at"), last=Max("at")):
        who = look["user__username"] or look["via"] or "–"
        since = formats.date_format(timezone.localtime(look["first"]), "DATETIME_FORMAT")
        times = ngettext("%(number)s time since %(first)s", "%(number)s times since %(first)s", look["times"])
        yield Event(
            at=look["last"],
            title=f"{Way(look['way']).label}: {who}",
            detail=times % {"number": look["times"], "first": since} if look["times"] > 1 else "",
        )
