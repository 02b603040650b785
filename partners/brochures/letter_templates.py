"""How do the templates of a letter become a letter?"""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from partners.brochures.consent_links import consent_url
from partners.brochures.submission import Submission
from partners.delivery.letters import Attachment, Letter


def render_letter(
    template: str, submission: Submission, context: dict[str, Any], attachments: tuple[Attachment, ...] = ()
) -> Letter:
    """Return the letter to whoever sent `submission`, in its language, from `<template>_subject.txt`, .txt and .html.

    `context` is added to what every letter says: who it greets, where to answer, where consents are withdrawn.
    """
    shared = {
        "name": submission.name,
        "consent_url": consent_url(submission),
        "desk_email": settings.MAIL_REPLY_TO,
        "site_name": settings.WAGTAIL_SITE_NAME,
        "site_url": settings.SITE_URL,
        "language_code": submission.language,
    }
    with translation.override(submission.language):
        said = [
            render_to_string(f"{template}{end}", {**shared, **context}) for end in ("_subject.txt", ".txt", ".html")
        ]
    subject, text, html = said
    return Letter(subject=" ".join(subject.split()), text=text, html=html, attachments=attachments)
