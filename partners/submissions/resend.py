"""How is a brochure sent again, once, and with a record of who did it?"""

from typing import cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from partners.brochures.brochure import BrochureFile
from partners.brochures.correcting import correct_address
from partners.brochures.message import BrochureMessage
from partners.brochures.quarantine import WITHOUT_LETTER
from partners.brochures.sending import send_brochure
from partners.brochures.submission import Submission
from partners.delivery.message import OutgoingMessage
from partners.submissions.audit import CORRECT_ADDRESS, RESEND
from partners.submissions.mail_words import Words


class ResendRefused(Exception):  # noqa: N818  named for what happened
    """The brochure was not sent again; `reason` says why, in words for the desk."""

    reason: Words = ""


class StillOnItsWay(ResendRefused):
    """The last letter waits or is being sent."""

    reason = _("The last letter is still on its way. Wait until it has been accepted or has failed.")


class AlreadyResent(ResendRefused):
    """Another letter was made after the one that the user saw: a double click, or a colleague."""

    reason = _("It has been sent again in the meantime.")


class HeldBack(ResendRefused):
    """The request looked bad, and nobody has released it."""

    reason = _("The request is held back. Release it instead: that sends the brochure.")


class Erased(ResendRefused):
    """The person was forgotten: there is no address."""

    reason = _("The personal data of this request were erased: there is no address to send to.")


class NothingToSend(ResendRefused):
    """The brochure has no file."""

    reason = _("The brochure has no file. Add one to the brochure, then send it again.")


def newest_message(submission: Submission) -> OutgoingMessage | None:
    """Return the letter that was made last for `submission`."""
    return submission.messages.order_by("-pk").first()


class SameAddress(ResendRefused):
    """The corrected address is the one that the request has."""

    reason = _("This is the address that the request has. Resend the brochure, or type another address.")


def check_resend(submission: Submission) -> None:
    """Raise Erased, HeldBack, StillOnItsWay or NothingToSend where the brochure cannot be sent again as things are.

    Costs no query for an erased one; pass the row as it is now.
    """
    if not submission.email:
        raise Erased
    if Submission.objects.filter(WITHOUT_LETTER, pk=submission.pk).exists():
        raise HeldBack
    newest = newest_message(submission)
    if newest is not None and newest.is_open:
        raise StillOnItsWay
    if submission.brochure_file is None and _file_by_now(submission) is None:
        raise NothingToSend


def resend_brochure(
    submission: Submission, by: AbstractBaseUser, seen: int | None, address: str = ""
) -> BrochureMessage:
    """Queue a new letter to the address of `submission`, with a new link, and write into the log that `by` did it.

    With `address` it goes there, and so does whatever follows: see `correct_address`.

    `seen` is the id of the newest letter that `by` knew of (None: of none), so one decision makes one letter.
    The version of the file stays the one that was asked for; where the brochure had none then, it is the one of now.
    Letter, job and log entry are one transaction. Raises ResendRefused, and nothing is written.
    """
    with transaction.atomic():
        locked = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        newest = newest_message(locked)
        if (newest.pk if newest else None) != seen:
            raise AlreadyResent
        check_resend(locked)
        if locked.brochure_file is None:
            locked.brochure_file = _file_by_now(locked)
            locked.save(update_fields=["brochure_file"])
        if address:
            _correct(locked, address, by)
        message = send_brochure(locked)
        log(instance=locked, action=RESEND, user=by, data={"message": message.pk})
        return message


def _correct(locked: Submission, address: str, by: AbstractBaseUser) -> None:
    if address.casefold() == locked.email.casefold():
        raise SameAddress
    correction = correct_address(locked, address, cast(User, by))
    # By the number of the correction: addresses do not stand in the log.
    log(instance=locked, action=CORRECT_ADDRESS, user=by, data={"correction": correction.pk})


def _file_by_now(submission: Submission) -> BrochureFile | None:
    return submission.brochure.file_for(submission.language) if submission.brochure else None
