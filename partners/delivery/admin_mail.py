"""How does mail leave that Django and Wagtail write themselves: about workflows, comments and forgotten passwords?

As every other: a row of the transaction that is open, sent by a worker. Who presses a button in the admin waits for no
mail server, and what it cannot take now is not lost.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils.translation import get_language

from partners.delivery.letters import Letter, LetterCannotBeBuilt, register_letter
from partners.delivery.message import OutgoingMessage
from partners.delivery.queue import queue_message

ADMIN_KIND = "admin_mail"
# As long as jobs that ended badly: time to look what became of a letter.
KEPT = timedelta(days=7)


class AdminMail(OutgoingMessage):
    """A mail with the words it came with, on its way to one account; once it is closed, it has none any more."""

    subject = models.TextField(blank=True, default="")
    text = models.TextField(blank=True, default="")
    # Of the words, as Wagtail writes to each account in its own.
    language = models.CharField(max_length=16)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()


class QueueingBackend(BaseEmailBackend):
    """A backend for the mailer 'default' of MAILERS that queues what it is given."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue a message to each recipient; return how many mails that were.

        Raises ValueError for attachments, which nothing here has, and a row cannot hold.
        """
        with transaction.atomic():
            for email in email_messages:
                if email.attachments:
                    raise ValueError("A mail with attachments is none of Django's or Wagtail's own: register a letter.")
                for address in email.recipients():
                    words = {"subject": str(email.subject), "text": str(email.body), "language": _language()}
                    queue_message(AdminMail(kind=ADMIN_KIND, to=address, **words))
        return len(email_messages)


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def register() -> None:
    """Tell delivery how these letters are built."""
    register_letter(ADMIN_KIND, build_admin_mail)


def build_admin_mail(message: OutgoingMessage) -> Letter:
    """Return the mail as it was written. Raises LetterCannotBeBuilt where it is gone."""
    mail: Any = AdminMail.objects.filter(pk=message.pk).first()
    if mail is None or not mail.text:
        raise LetterCannotBeBuilt("The words of this mail are gone.")
    text = mail.text.strip()
    shown = {"subject": mail.subject, "text": text, "language": mail.language, "site_name": settings.WAGTAIL_SITE_NAME}
    return Letter(mail.subject, text, render_to_string("partners/delivery/admin_mail.html", shown))


def empty_closed_mail() -> None:
    """Take the words away from what is closed: a link to set a password has no business in a backup."""
    closed: Any = AdminMail.objects.exclude(closed_at=None)
    closed.exclude(subject="", text="").update(subject="", text="")


def forget_closed_mail() -> None:
    """Delete what was closed KEPT ago, with what became of it: an address is of somebody whose account may be gone."""
    AdminMail.objects.filter(closed_at__lt=Now() - KEPT).delete()
