"""What does the letter say that asks to confirm a consent to news?"""

from typing import Any

from partners.brochures.confirming import LETTER_KIND
from partners.brochures.consent_links import CONFIRM_WITHIN, confirmation_url
from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.letter_templates import render_letter
from partners.delivery.letters import Letter, LetterCannotBeBuilt, register_letter
from partners.delivery.message import OutgoingMessage


def register() -> None:
    """Tell delivery how the letter is built."""
    register_letter(LETTER_KIND, build_confirmation_letter)


def build_confirmation_letter(message: OutgoingMessage) -> Letter:
    """Return the letter for `message`, in the language of its request; its link is dated at this moment.

    No unsubscribe header: it is no mailing, and is sent once. Raises LetterCannotBeBuilt where the request is gone.
    """
    confirmation: Any = ConsentConfirmation.objects.select_related("record__submission").filter(pk=message.pk).first()
    if confirmation is None:
        raise LetterCannotBeBuilt("The consent that this letter asks to confirm is gone.")
    record = confirmation.record
    submission = record.submission
    return render_letter(
        "partners/letters/confirm_consent",
        submission,
        {"sentence": record.text, "confirm_url": confirmation_url(submission), "days": CONFIRM_WITHIN.days},
    )
