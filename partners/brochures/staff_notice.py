"""Who among the staff is told that a brochure was asked for, and how is the notice put on its way?"""

from collections.abc import Collection
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, Panel

from partners.brochures.submission import Submission
from partners.delivery.message import OutgoingMessage, State
from partners.delivery.queue import queue_message
from partners.keeping import once

NOTICE_KIND = "staff_notice"


class Notify(models.TextChoices):
    """How often somebody is told."""

    EACH = "each", _("each request")
    DAILY = "daily", _("once a day")
    NEVER = "never", _("not now")


# What has told nobody: it was called back, or failed and was let go of.
UNTOLD = models.Q(state=State.CANCELLED) | models.Q(state=State.FAILED, recipient=None)


class StaffRecipient(models.Model):
    """Somebody who is told about the requests of one form. Whoever edits the form keeps the list.

    Notices hold no personal data, so that an address on this list gives no right to any: the request itself is at
    the desk, for those who may see it.
    """

    form_page = ParentalKey("partners.BrochureRequestPage", on_delete=models.CASCADE, related_name="staff_recipients")
    email = models.EmailField(_("e-mail address"), max_length=254)
    notify = models.CharField(_("is told about"), max_length=8, choices=Notify.choices, default=Notify.EACH)
    language = models.CharField(
        _("language"), max_length=16, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )

    panels: ClassVar[list[Panel]] = [FieldPanel("email"), FieldPanel("notify"), FieldPanel("language")]

    class Meta:
        verbose_name = _("recipient of notices")
        verbose_name_plural = _("recipients of notices")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(notify__in=Notify.values), name="staff_recipient_notify")
        ]

    def __str__(self) -> str:
        return f"recipient {self.pk}"


class StaffNotice(OutgoingMessage):
    """A notice of one request, on its way to one recipient, at most once; one that is called back has none any more."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="staff_notices")
    recipient = models.ForeignKey(StaffRecipient, on_delete=models.SET_NULL, null=True, related_name="notices")
    language = models.CharField(max_length=16, choices=settings.LANGUAGES)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "recipient"], name="staff_notice_once")
        ]


def let_tell_again(notices: "models.QuerySet[Any]") -> None:
    """Let `notices`, which have told nobody, count no more for their recipients."""
    notices.update(recipient=None)


def queue_staff_notices(submission: Submission) -> list[StaffNotice]:
    """Queue a notice of `submission` to each recipient of its form who wants to hear of each one; return the new ones.

    Call it in the transaction that accepts the request, or in the one that releases it from quarantine: a request that
    waits there is nobody's news. Called again, it adds only what is missing, was called back, or failed and was let go
    of (`let_tell_again`). An address that is listed twice is written to once.
    """
    if submission.form_page_id is None or not _told_of_each(submission.form_page_id):
        return []
    told = {notice.to.casefold() for notice in submission.staff_notices.exclude(UNTOLD)}
    notices = new_notices(submission, told)
    with transaction.atomic(savepoint=False):
        for notice in notices:
            queue_message(notice)
    return notices


def new_notices(submission: Submission, told: Collection[str] = ()) -> list[StaffNotice]:
    """Return the notices, not yet stored, of a new `submission` of a form, but for addresses that are `told` already.

    Addresses count in small letters, each once.
    """
    notices: dict[str, StaffNotice] = {}
    if submission.form_page_id is None:
        return []
    for recipient in _told_of_each(submission.form_page_id):
        address = recipient.email.casefold()
        if address not in told and address not in notices:
            notices[address] = StaffNotice(
                kind=NOTICE_KIND,
                to=recipient.email,
                submission=submission,
                recipient=recipient,
                language=recipient.language,
            )
    return list(notices.values())


def _told_of_each(form_page_id: int) -> list[StaffRecipient]:
    """Return who wants to hear of each request of a form. A change of the list announces itself as one of the form."""
    form: Any = StaffRecipient._meta.get_field("form_page").related_model

    def ask() -> list[StaffRecipient]:
        page = form._default_manager.only("translation_key").filter(pk=form_page_id)
        listed = StaffRecipient.objects.filter(form_page__in=[one.pk for one in page], notify=Notify.EACH)
        return list(listed.order_by("pk"))

    return once(("told of each", form_page_id), ask)
