"""Who gets a fresh link for one that has run out, and how often?"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from partners.brochures.limits import LimitReached, mailbox_takings, take_all
from partners.brochures.link import BrochureLink, key_of
from partners.brochures.message import BrochureMessage
from partners.brochures.quarantine import is_without_letter
from partners.brochures.sending import FRESH_LINK_KIND, send_brochure
from partners.brochures.submission import Submission
from partners.delivery.message import in_seconds

PER_HOUR, PER_DAY = 1, 3
_HOUR = 3600


def send_fresh_link(token: str) -> BrochureMessage | None:
    """Queue a letter with a new link to the version that the expired link of `token` opened; return it, or None.

    It goes to the address of the request and to no other. There is none for a token that this site did not sign, a
    link that still works, one that the desk revoked or whose request had a link revoked since the last letter was
    made, a request that was erased or closed as spam, beyond PER_HOUR and PER_DAY for one request, and where the
    mailbox had as many letters today as any may get. The request's row is locked while they are counted, so two buttons
    pressed at once send one letter.
    """
    with transaction.atomic():
        link = BrochureLink.objects.filter(key=key_of(token)).first()
        if link is None or link.revoked_at is not None or link.expires_at > timezone.now():
            return None
        submission = Submission.objects.select_for_update(no_key=True).filter(pk=link.submission_id).first()
        if submission is None or not submission.email or is_without_letter(submission):
            return None
        if _is_shut(submission) or _had_enough(submission):
            return None
        try:
            take_all(mailbox_takings(submission.email, submission.brochure_id))
        except LimitReached:
            return None
        return send_brochure(submission, kind=FRESH_LINK_KIND)


def _is_shut(submission: Submission) -> bool:
    """Say whether the desk has revoked a link of `submission` and sent none since: its last act decides."""
    links = submission.links.aggregate(revoked=Max("revoked_at"), made=Max("created_at"))
    return links["revoked"] is not None and links["revoked"] >= links["made"]


def _had_enough(submission: Submission) -> bool:
    fresh = BrochureMessage.objects.filter(submission=submission, kind=FRESH_LINK_KIND)
    return (
        fresh.filter(created_at__gt=in_seconds(-_HOUR)).count() >= PER_HOUR
        or fresh.filter(created_at__gt=in_seconds(-timedelta(days=1).total_seconds())).count() >= PER_DAY
    )
