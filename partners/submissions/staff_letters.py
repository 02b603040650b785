"""What are the staff told in a notice and in a digest? Enough to find the request, and nothing about the person."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone, translation

from partners.brochures.quarantine import is_without_letter
from partners.brochures.staff_notice import NOTICE_KIND, StaffNotice
from partners.delivery.letters import Letter, LetterCannotBeBuilt, register_letter
from partners.delivery.message import OutgoingMessage
from partners.letters.composing import Contents, compose
from partners.letters.kinds import LetterKind
from partners.letters.languages import language_words
from partners.letters.sheet import Table
from partners.submissions.staff_digest import DIGEST_KIND, StaffDigestMessage


def register() -> None:
    """Tell delivery how letters to the staff are built."""
    register_letter(NOTICE_KIND, build_notice)
    register_letter(DIGEST_KIND, build_digest)


def build_notice(message: OutgoingMessage) -> Letter:
    """Return the notice of one request. Raises LetterCannotBeBuilt where it is gone, or was closed as spam since."""
    notice: Any = StaffNotice.objects.select_related("submission").filter(pk=message.pk).first()
    if notice is None:
        raise LetterCannotBeBuilt("The request of this notice is gone.")
    submission, language = notice.submission, notice.language
    if is_without_letter(submission):
        raise LetterCannotBeBuilt("The request is held back, or closed as spam.")
    labels = language_words(language).fixed.facts
    with translation.override(language):
        facts = {
            "reference": submission.reference,
            "form": submission.form_title,
            "brochure": submission.brochure_title,
            "language": submission.get_language_display(),
            "time": formats.date_format(timezone.localtime(submission.created_at), "DATETIME_FORMAT"),
        }
        link = settings.SITE_URL + reverse("brochure_requests:inspect", args=[submission.pk])
    contents = Contents(
        values={**facts, "link": link}, facts=[(labels[name], value) for name, value in facts.items() if value]
    )
    return compose(LetterKind.STAFF_NOTICE, language, contents)


def build_digest(message: OutgoingMessage) -> Letter:
    """Return a recipient's digest. Raises LetterCannotBeBuilt where it is gone."""
    digest_message: Any = StaffDigestMessage.objects.select_related("digest").filter(pk=message.pk).first()
    if digest_message is None:
        raise LetterCannotBeBuilt("This digest is gone.")
    language, counts = digest_message.language, digest_message.counts
    labels = language_words(language).fixed.facts
    with translation.override(language):
        contents = Contents(
            values={
                "date": formats.date_format(digest_message.digest.day, "DATE_FORMAT"),
                "requests": formats.number_format(sum(count["requests"] for count in counts)),
                "failed": formats.number_format(sum(count["failed"] for count in counts)),
                "link": settings.SITE_URL + reverse("brochure_requests:index"),
            },
            table=Table(
                headings=(labels["form"], labels["requests"], labels["failed"]),
                rows=tuple(
                    (
                        count["form"],
                        formats.number_format(count["requests"]),
                        formats.number_format(count["failed"]),
                    )
                    for count in counts
                ),
            ),
        )
    return compose(LetterKind.STAFF_DIGEST, language, contents)
