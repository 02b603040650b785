"""What does the letter with the brochure hold?"""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.text import get_valid_filename
from django.utils.translation import get_language

from partners.articles.article_page import PartnerArticlePage
from partners.brochures.consent_links import consent_url
from partners.brochures.letter_recipient import check_recipient
from partners.brochures.message import BrochureMessage
from partners.brochures.sending import FRESH_LINK_KIND, LETTER_KIND
from partners.brochures.submission import Submission
from partners.delivery.letters import Attachment, Letter, LetterCannotBeBuilt, register_letter
from partners.delivery.message import OutgoingMessage
from partners.delivery.together import in_common
from partners.letters.composing import Contents, compose
from partners.letters.kinds import LetterKind
from partners.letters.languages import language_words
from partners.letters.sheet import NamedArticle


def register() -> None:
    """Tell delivery how a brochure's letter is built, the one that answers a request and the one with a fresh link."""
    register_letter(LETTER_KIND, build_brochure_letter)
    register_letter(FRESH_LINK_KIND, build_brochure_letter)


def build_brochure_letter(message: OutgoingMessage) -> Letter:
    """Return the letter for `message`, in the language of its submission.

    The PDF is attached up to BROCHURE_ATTACH_MAX_BYTES, and left out where whoever carries the mail refuses the letter
    for its size; the signed link is always there.
    Raises LetterCannotBeBuilt where the brochure has no file, or its file is missing from storage, and as
    `check_recipient` does.
    """
    brochure_message: Any = (
        BrochureMessage.objects.select_related("submission", "link__brochure_file").filter(pk=message.pk).first()
    )
    if brochure_message is None or brochure_message.link is None:
        raise LetterCannotBeBuilt("The brochure has no file. Add one, then resend the brochure.")
    submission, link = brochure_message.submission, brochure_message.link
    check_recipient(message, submission)
    attachments = _attachments(brochure_message)
    kind = LetterKind.FRESH_LINK if message.kind == FRESH_LINK_KIND else LetterKind.BROCHURE
    fixed = language_words(submission.language).fixed
    with translation.override(submission.language):
        contents = Contents(
            values={
                "name": submission.name,
                "brochure": submission.brochure_title,
                "link": link.url,
                "expires": formats.date_format(timezone.localtime(link.expires_at), "DATE_FORMAT"),
                "reference": submission.reference,
            },
            article=named_article(submission) if kind == LetterKind.BROCHURE else None,
            notes=[fixed.attached if attachments else fixed.too_large],
            consent_url=consent_url(submission),
            attachments=attachments,
        )
    letter = compose(kind, submission.language, contents)
    if not attachments:
        return letter
    lighter = replace(contents, notes=[fixed.too_large], attachments=())
    return replace(letter, lighter=lambda: compose(kind, submission.language, lighter))


def named_article(submission: Submission) -> NamedArticle | None:
    """Return the article that `submission` came from, with its label in the language that is active.

    None where there was none, or where it is gone: nobody could say any more how it had to be labelled.
    """
    if submission.article_id is None:
        return None
    named = in_common(("article", submission.article_id, get_language()), lambda: _named(submission.article))
    return named and replace(named, title=submission.article_title)


def _named(article: PartnerArticlePage | None) -> NamedArticle | None:
    if article is None:
        return None
    return NamedArticle(
        title=article.title,
        label=article.disclosure_label,
        sponsor=article.sponsor.title,
        url=(article.full_url or "") if article.live else "",
    )


def _attachments(message: BrochureMessage) -> tuple[Attachment, ...]:
    """Return the PDF to attach, or nothing where it is too large for a mailbox.

    Raises LetterCannotBeBuilt where the file is not in storage.
    """
    assert message.link is not None  # noqa: S101  the caller has refused the letter without one
    file = message.link.brochure_file
    if not file.is_stored():
        # Perhaps the folder is not there yet, after a restart. With the file back, the letter goes.
        raise LetterCannotBeBuilt("The brochure's file is missing from storage. Restore it.", may_pass=True)
    if file.size > settings.BROCHURE_ATTACH_MAX_BYTES:
        return ()
    with file.file.open("rb") as content:
        pdf = content.read()
    return (Attachment(filename=get_valid_filename(file.original_filename), content=pdf, mimetype="application/pdf"),)
