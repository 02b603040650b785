"""How does an editor get a letter into the own mailbox, to see it as readers do?"""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction

from partners.delivery.letters import Letter, LetterCannotBeBuilt, register_letter
from partners.delivery.message import OutgoingMessage
from partners.delivery.queue import queue_message
from partners.letters.composing import as_trial, compose
from partners.letters.kinds import LetterKind
from partners.letters.samples import sample_contents

TRIAL_KIND = "letter_test"


class NoAddress(Exception):  # noqa: N818  named for what happened
    """The editor's account has no e-mail address."""


class LetterTrial(OutgoingMessage):
    """A letter with sample values, on its way to the editor who asked for it."""

    letter_kind = models.CharField(max_length=32, choices=LetterKind.choices)
    language = models.CharField(max_length=16, choices=settings.LANGUAGES)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letter_trials")

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()


def register() -> None:
    """Tell delivery how a trial is built."""
    register_letter(TRIAL_KIND, build_trial)


def send_trial(kind: LetterKind, language: str, to: User) -> LetterTrial:
    """Queue the letter of `kind` with sample values to the address of `to`, and return its message.

    It has the words in force when it is built. Raises NoAddress where the account has no address.
    """
    if not to.email:
        raise NoAddress
    trial = LetterTrial(kind=TRIAL_KIND, to=to.email, letter_kind=kind, language=language, asked_by=to)
    with transaction.atomic():
        queue_message(trial)
    return trial


def build_trial(message: OutgoingMessage) -> Letter:
    """Return the letter for a trial. Raises LetterCannotBeBuilt where the trial is gone."""
    trial: Any = LetterTrial.objects.filter(pk=message.pk).first()
    if trial is None:
        raise LetterCannotBeBuilt("It is not known which letter was to be tried.")
    kind = LetterKind(trial.letter_kind)
    return as_trial(compose(kind, trial.language, sample_contents(kind, trial.language)), trial.language)
