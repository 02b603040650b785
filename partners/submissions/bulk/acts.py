"""What is done to one request, or to a few, of many: with the single act's own rules, limits and log entries?"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.brochures import quarantine
from partners.brochures.erasing import erase_requests
from partners.brochures.limits import Limit, LimitReached, mailbox_takings, take_all
from partners.brochures.message import BrochureMessage
from partners.brochures.quarantine import WITHOUT_LETTER, MailboxIsFull, NotReleased, close_as_spam, release
from partners.brochures.submission import Submission
from partners.delivery.message import State
from partners.submissions import resend
from partners.submissions.bulk.run import Act, BulkRun
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.resend import ResendRefused, resend_brochure

# The right that each act asks for: that of the single one.
RIGHTS: dict[str, str] = {Act.RESEND: "resend", Act.RELEASE: "resend", Act.SPAM: "resend", Act.ERASE: "erase"}


class Left(models.TextChoices):
    """Why a request was left alone."""

    UNSEEN = "unseen", _("You may not see it, or it does not exist.")
    ON_ITS_WAY = "on_its_way", resend.StillOnItsWay.reason
    RESENT = "resent", resend.AlreadyResent.reason
    COMPLAINED = "complained", _("The recipient has marked a letter of it as spam.")
    HELD = "held", resend.HeldBack.reason
    ERASED = "erased", _("The personal data of this request were erased.")
    NO_FILE = "no_file", resend.NothingToSend.reason
    MAILBOX = "mailbox", _("This mailbox has had as many letters as it may in a day.")
    DAY = "day", _("The desk has sent as many letters again as it may in a day (BULK_RESENDS_PER_DAY).")
    NOT_HELD = "not_held", quarantine.NotHeld.reason
    SPAM = "spam", quarantine.SpamAlready.reason
    FAILED = "failed", _("It went wrong; tell the operators, whose log says why.")


_REFUSALS: dict[type[Exception], Left] = {
    resend.StillOnItsWay: Left.ON_ITS_WAY,
    resend.AlreadyResent: Left.RESENT,
    resend.HeldBack: Left.HELD,
    resend.Erased: Left.ERASED,
    resend.NothingToSend: Left.NO_FILE,
    MailboxIsFull: Left.MAILBOX,
    quarantine.NotHeld: Left.NOT_HELD,
    quarantine.SpamAlready: Left.SPAM,
}


class LeftAlone(Exception):  # noqa: N818  named for what happened
    """Nothing was done to one request; `reason` says why."""

    def __init__(self, reason: Left) -> None:
        super().__init__(reason.value)
        self.reason = reason


def bulk_resend_limit() -> Limit:
    """Return how many letters the desk may send again in a day by acting upon many requests, all users together."""
    return Limit("bulk_resend", settings.BULK_RESENDS_PER_DAY, timedelta(days=1))


def possible(requests: SubmissionQuerySet, act: str) -> SubmissionQuerySet:
    """Return of `requests`, with their mail, those to which `act` can be done as things are."""
    if act == Act.RESEND:
        on_its_way = Q(mail_state__in=[State.QUEUED, State.SENDING])
        return requests.exclude(email="").exclude(WITHOUT_LETTER).exclude(on_its_way).exclude(_complained())
    if act == Act.RELEASE:
        return requests.exclude(email="").filter(WITHOUT_LETTER)
    if act == Act.SPAM:
        return requests.exclude(email="").filter(spam_at=None)
    return requests.filter(erased_at=None)


def _complained() -> Exists:
    """Return the condition on requests that whoever has their address now has marked one of their letters as spam."""
    letters = BrochureMessage.objects.filter(submission=OuterRef("pk"), to__iexact=OuterRef("email"))
    return Exists(letters.filter(state=State.COMPLAINED))


def act_upon(run: BulkRun, submission: Submission, by: User) -> None:
    """Do what `run` does to one request, in a transaction of its own. Raises LeftAlone.

    What was sent again since the page was shown, or the run was asked for, is not sent once more: so a run that was
    interrupted, and two of the desk who ask for the same, send each letter once.
    """
    try:
        with transaction.atomic():
            _DO[run.act](run, submission, by)
    except LimitReached as reached:
        raise LeftAlone(Left.DAY if reached.limit.scope == bulk_resend_limit().scope else Left.MAILBOX) from reached
    except (ResendRefused, NotReleased) as refusal:
        raise LeftAlone(_REFUSALS.get(type(refusal), Left.FAILED)) from refusal


def _resend(run: BulkRun, submission: Submission, by: User) -> None:
    # Mail that is called spam harms all that follows. A single resend is left to whoever has looked at the request.
    if Submission.objects.filter(_complained(), pk=submission.pk).exists():
        raise LeftAlone(Left.COMPLAINED)
    letters = submission.messages.filter(created_at__lte=run.created_at)
    if run.newest_letter is not None:
        letters = letters.filter(pk__lte=run.newest_letter)
    known = letters.order_by("-pk").first()
    message = resend_brochure(submission, by=by, seen=known.pk if known else None)
    # Behind the act, which says better why there is nothing to do; refused, the letter is undone with it.
    takings = mailbox_takings(message.to, submission.brochure_id)
    take_all([*takings, (bulk_resend_limit(), "")])


def _release(run: BulkRun, submission: Submission, by: User) -> None:
    release(submission, by)


def _spam(run: BulkRun, submission: Submission, by: User) -> None:
    close_as_spam(submission, by)


_DO: dict[str, Callable[[BulkRun, Submission, User], None]] = {
    Act.RESEND: _resend,
    Act.RELEASE: _release,
    Act.SPAM: _spam,
}


def erase_some(ids: Sequence[int], by: User) -> set[int]:
    """Erase the requests `ids`, which `by` may see; return those that were not erased before."""
    new = set(Submission.objects.filter(pk__in=ids, erased_at=None).values_list("pk", flat=True))
    if new:
        erase_requests(Submission.objects.filter(pk__in=new), by)
    return new


def label_of(reason: str) -> str | Promise:
    """Return the words for the code of a reason; the code itself where no release of the site knows it any more."""
    return Left(reason).label if reason in Left.values else reason
