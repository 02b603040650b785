"""What of a request, its letters, links and counts tells of a person, and how is it emptied?"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db.models import DateTimeField, F, Func, QuerySet, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from partners.brochures.consent_message import ConsentConfirmation, let_ask_again
from partners.brochures.consent_record import ConsentRecord
from partners.brochures.downloads import BrochureDownload
from partners.brochures.forgetting import register_eraser
from partners.brochures.limits import Allowance, keyed_hashes
from partners.brochures.link import BrochureLink
from partners.brochures.message import BrochureMessage
from partners.brochures.person import words_about
from partners.brochures.spam import counted_for
from partners.brochures.submission import Submission
from partners.delivery.forget import forget_messages

# Of the tags of an address, those that tell campaigns apart. The others may be made for one recipient.
KEPT_TAGS = ("utm_source", "utm_medium", "utm_campaign")


def register() -> None:
    """Name what hangs on requests to every erasure."""
    register_eraser("letters", _("Letters"), forget_letters, count=_count_letters)
    register_eraser("links", _("Links to brochures"), forget_links, count=_count_links)
    register_eraser("openings", _("Days on which a link was opened"), forget_openings, count=_count_openings)
    register_eraser("consents", _("Consents (kept without the person)"), _count_consents, count=_count_consents)
    register_eraser("limits", _("Counts against misuse"), forget_limits, count=_count_limits)


def forget_letters(submission_ids: Sequence[int], address: str) -> int:
    """Empty the letters, their attempts and reports, and cancel those that are open; return how many there were."""
    brochures, questions = (letters.values_list("pk", flat=True) for letters in _letters_of(submission_ids))
    ids = list(questions.order_by("pk"))
    let_ask_again(ids)
    return forget_messages([*brochures, *ids])


def _count_letters(submission_ids: Sequence[int], address: str) -> int:
    return sum(letters.count() for letters in _letters_of(submission_ids))


def _letters_of(submission_ids: Sequence[int]) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Return the messages to the person: brochures, and questions to confirm. Notices to the staff name nobody."""
    # One by one: of both at once, all messages would be read.
    brochures = BrochureMessage.objects.filter(submission__in=submission_ids)
    return brochures, ConsentConfirmation.objects.filter(record__submission__in=submission_ids)


def forget_links(submission_ids: Sequence[int], address: str) -> int:
    """Revoke the links and give them other keys, so that what stands in letters leads nowhere; return how many."""
    links = BrochureLink.objects.filter(submission__in=submission_ids)
    return links.update(revoked_at=Coalesce("revoked_at", Now()), key=RandomUUID())


def forget_openings(submission_ids: Sequence[int], address: str) -> int:
    """Keep how often links were opened on which day, and forget at what time; return how many days there were."""
    day = Func(
        Value(settings.TIME_ZONE),
        F("day"),
        template="timezone(%(expressions)s::timestamp)",  # the day's beginning in the zone that it is a day of
        output_field=DateTimeField(),
    )
    return BrochureDownload.objects.filter(link__submission__in=submission_ids).update(first_at=day, last_at=day)


def forget_limits(submission_ids: Sequence[int], address: str) -> int:
    """Delete what was counted of the person's mailboxes and texts; return how many. Others' requests keep theirs."""
    return _limits(submission_ids, address).delete()[0]


def forget_rows(submission_ids: Sequence[int]) -> int:
    """Empty the requests themselves, last of all; return how many. The key goes too: it was made with the address."""
    requests = Submission.objects.filter(pk__in=submission_ids, erased_at=None)
    for submission in requests.exclude(campaign={}):
        words = words_about([submission.pk])
        tags = {tag: value for tag, value in submission.campaign.items() if tag in KEPT_TAGS}
        kept = {tag: value for tag, value in tags.items() if not words.stand_in(str(value))}
        Submission.objects.filter(pk=submission.pk).update(campaign=kept)
    return requests.update(email="", name="", company="", answers=[], key=RandomUUID(), erased_at=Now())


def _count_links(submission_ids: Sequence[int], address: str) -> int:
    return BrochureLink.objects.filter(submission__in=submission_ids).count()


def _count_openings(submission_ids: Sequence[int], address: str) -> int:
    return BrochureDownload.objects.filter(link__submission__in=submission_ids).count()


def _count_consents(submission_ids: Sequence[int], address: str) -> int:
    """Say how many there are; a record holds the sentence, its version and times, and nothing of the person."""
    return ConsentRecord.objects.filter(submission__in=submission_ids).count()


def _count_limits(submission_ids: Sequence[int], address: str) -> int:
    return _limits(submission_ids, address).count()


def _limits(submission_ids: Sequence[int], address: str) -> QuerySet[Allowance]:
    if not address:
        return Allowance.objects.none()
    requests = Submission.objects.filter(pk__in=submission_ids, erased_at=None)
    counted = {pair for submission in requests for pair in counted_for(submission)}
    hashes = [digest for scope, subject in counted for digest in keyed_hashes(scope, subject)]
    return Allowance.objects.filter(subject__in=hashes)
