"""What does the letter say that asks to confirm a consent to news?"""

from typing import Any

from django.utils import formats, timezone, translation

from partners.brochures.confirming import LETTER_KIND
from partners.brochures.consent_links import CONFIRM_WITHIN, confirmation_url, consent_url
from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.letter_recipient import check_recipient
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
    No unsubscribe header: it is no mailing, and is sent once. Raises LetterCannotBeBuilt where the request is
    gone, and as `check_recipient` does.
    """
    confirmation: Any = ConsentConfirmation.objects.select_related("record__submission").filter(pk=message.pk).first()
    if confirmation is None:
        raise LetterCannotBeBuilt("The consent that this letter asks to confirm is gone.")
    record = confirmation.record
    submission = record.submission
    check_recipient(message, submission)
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
