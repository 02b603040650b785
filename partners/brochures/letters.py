"""What does the letter with the brochure say?"""

from typing import Any

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.text import get_valid_filename

from partners.brochures.letter_templates import render_letter
from partners.brochures.message import BrochureMessage
from partners.brochures.sending import FRESH_LINK_KIND, LETTER_KIND
from partners.delivery.letters import Attachment, Letter, LetterCannotBeBuilt, register_letter
from partners.delivery.message import OutgoingMessage


def register() -> None:
    """Tell delivery how a brochure's letter is built, the one that answers a request and the one with a fresh link."""
    register_letter(LETTER_KIND, build_brochure_letter)
    register_letter(FRESH_LINK_KIND, build_brochure_letter)


def build_brochure_letter(message: OutgoingMessage) -> Letter:
    """Return the letter for `message`, in the language of its submission.

    The PDF is attached up to BROCHURE_ATTACH_MAX_BYTES; the signed link is always there.
    Raises LetterCannotBeBuilt where the brochure has no file, or its file is missing from storage.
    """
    brochure_message: Any = (
        BrochureMessage.objects.select_related("submission__article__locale", "link__brochure_file")
        .filter(pk=message.pk)
        .first()
    )
    if brochure_message is None or brochure_message.link is None:
        raise LetterCannotBeBuilt("The brochure has no file. Add one, then resend the brochure.")
    submission, link = brochure_message.submission, brochure_message.link
    attachments = _attachments(brochure_message)
    article = submission.article
    with translation.override(submission.language):
        context = {
            "brochure_title": submission.brochure_title,
            "link_url": link.url,
            "is_fresh_link": message.kind == FRESH_LINK_KIND,
            "expires_on": formats.date_format(timezone.localtime(link.expires_at), "DATE_FORMAT"),
            "attached": bool(attachments),
            "article_title": submission.article_title,
            "article_url": article.full_url if article and article.live else "",
            "disclosure_label": article.disclosure_label if article else "",
            "sponsor_name": article.sponsor.title if article else "",
        }
        return render_letter("partners/letters/brochure", submission, context, attachments)


def _attachments(message: BrochureMessage) -> tuple[Attachment, ...]:
    """Return the PDF to attach, or nothing where it is too large for a mailbox.

    Raises LetterCannotBeBuilt where the file is not in storage.
    """
    assert message.link is not None  # noqa: S101  the caller has refused the letter without one
    file = message.link.brochure_file
    if not file.is_stored():
        raise LetterCannotBeBuilt("The brochure's file is missing from storage. Restore it, then resend.")
    if file.size > settings.BROCHURE_ATTACH_MAX_BYTES:
        return ()
    with file.file.open("rb") as content:
        pdf = content.read()
    return (Attachment(filename=get_valid_filename(file.original_filename), content=pdf, mimetype="application/pdf"),)
