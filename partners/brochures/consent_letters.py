"""What does the letter say that asks to confirm a consent to news?"""

from typing import Any

from django.utils import formats, timezone, translation

from partners.brochures.confirming import LETTER_KIND
from partners.brochures.consent_links import CONFIRM_WITHIN, confirmation_url, consent_url
from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.quarantine import is_without_letter
from partners.delivery.letters import Letter, LetterCannotBeBuilt, register_letter
from partners.delivery.message import OutgoingMessage
from partners.letters.composing import Contents, compose
from partners.letters.kinds import LetterKind
from partners.letters.languages import language_words


def register() -> None:
    """Tell delivery how the letter is built."""
    register_letter(LETTER_KIND, build_confirmation_letter)


def build_confirmation_letter(message: OutgoingMessage) -> Letter:
    """Return the letter for `message`, in the language of its request; its link is dated at this moment.

    The sentence that was ticked stands in it word for word, whatever an editor writes around it.
    No unsubscribe header: it is no mailing, and is sent once. Raises LetterCannotBeBuilt where the request is gone, or
    was closed as spam since the letter was queued.
    """
    confirmation: Any = ConsentConfirmation.objects.select_related("record__submission").filter(pk=message.pk).first()
    if confirmation is None:
        raise LetterCannotBeBuilt("The consent that this letter asks to confirm is gone.")
    record = confirmation.record
    submission = record.submission
    if not submission.email:
        raise LetterCannotBeBuilt("The person was forgotten.")
    if is_without_letter(submission):
        raise LetterCannotBeBuilt("The request is held back, or closed as spam.")
    with translation.override(submission.language):
        last_day = formats.date_format(timezone.localtime() + CONFIRM_WITHIN, "DATE_FORMAT")
    contents = Contents(
        values={
            "name": submission.name,
            "link": confirmation_url(submission),
            "expires": last_day,
            "reference": submission.reference,
        },
        facts=[(language_words(submission.language).fixed.facts["ticked"], record.text)],
        consent_url=consent_url(submission),
    )
    return compose(LetterKind.CONSENT_CONFIRMATION, submission.language, contents)
