"""What is kept of a visitor's request for a brochure?"""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from partners.brochures.brochure import Brochure, BrochureFile
from partners.not_ascii import is_not_ascii

NAME_LENGTH = 120
COMPANY_LENGTH = 160


class WorkStatus(models.TextChoices):
    """How far the desk is with a request."""

    NEW = "new", _("new")
    IN_WORK = "in_work", _("in work")
    WON = "won", _("won")
    CLOSED = "closed", _("closed")


class ConsentingQuerySet(models.QuerySet["Submission"]):
    """Reads of requests by what may be done with them."""

    def consenting_to(self, purpose: str) -> Self:
        """Keep the requests whose data may be used for `purpose` (of `Purpose`) now: what leaves the desk reads this.

        It is asked anew each time, so a withdrawal is honoured at once. Raises ValueError for an unknown purpose.
        """
        from partners.brochures.consent_standing import in_force_for  # noqa: PLC0415  that module imports this one

        return self.filter(in_force_for(purpose))


class Submission(models.Model):
    """One accepted request, with what the visitor said and saw at that moment.

    It outlives the pages it came from: titles are copied, and a deleted page only empties its link. It outlives what is
    known of the person, too: an erased one has no address, name, company and answers (`erasing.py`), and is counted.
    `answers` is a list of {key, label, kind, value} as the visitor saw them, so a renamed, moved or removed question
    changes no old request; a value is a text, yes or no, or a list of texts.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    key = models.UUIDField(unique=True, editable=False)
    form_page = models.ForeignKey(
        "partners.BrochureRequestPage", on_delete=models.SET_NULL, null=True, related_name="submissions"
    )
    form_title = models.CharField(_("form"), max_length=255)
    # Whose form it was: the partner's page in the form's language. Consents name the partner by themselves.
    partner = models.ForeignKey(
        "partners.PartnerPage",
        verbose_name=_("partner"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="submissions",
        db_index=False,
    )
    partner_title = models.CharField(_("partner"), max_length=255, blank=True, db_default="")
    article = models.ForeignKey(
        "partners.PartnerArticlePage", on_delete=models.SET_NULL, null=True, blank=True, related_name="submissions"
    )
    article_title = models.CharField(_("article"), max_length=255, blank=True)
    # `submission_by_brochure` begins with it, as `submission_by_partner` does with the partner.
    brochure = models.ForeignKey(
        Brochure, on_delete=models.PROTECT, null=True, related_name="submissions", db_index=False
    )
    brochure_file = models.ForeignKey(BrochureFile, on_delete=models.PROTECT, null=True, related_name="submissions")
    brochure_title = models.CharField(_("brochure"), max_length=200)
    language = models.CharField(_("language"), max_length=16, choices=settings.LANGUAGES)
    email = models.EmailField(_("e-mail address"), max_length=254)
    # Two of the answers, copied: whom the letter greets, and what the desk shows beside the name.
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    company = models.CharField(_("company"), max_length=COMPANY_LENGTH, blank=True)
    answers = models.JSONField(_("answers"), default=list)
    # The campaign tags (`utm_*`) of the address by which the reader came.
    campaign = models.JSONField(_("campaign"), default=dict, blank=True)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    # For how many days it was said to be kept when it was asked for (`keeping_time.py`); empty on old ones.
    keep_days = models.PositiveIntegerField(null=True, editable=False)
    # When everything about the person was emptied; the row stays, for the counts.
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)
    # Codes of `spam.Sign`. What is held back has reasons and no letter, until it is released or closed as spam.
    quarantined_at = models.DateTimeField(_("held back"), null=True, editable=False)
    quarantine_reasons = ArrayField(models.CharField(max_length=20), default=list, editable=False)
    released_at = models.DateTimeField(_("released"), null=True, editable=False)
    spam_at = models.DateTimeField(_("closed as spam"), null=True, editable=False)
    # Signs that hold nothing back.
    spam_notes = ArrayField(models.CharField(max_length=20), default=list, editable=False)

    # What the desk does with it; see `submissions.working`.
    status = models.CharField(
        _("status"), max_length=8, choices=WorkStatus, default=WorkStatus.NEW, db_default=WorkStatus.NEW.value
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    # Written by a trigger, from what was said and the reference, and so emptied with it; what code writes is replaced.
    search_text = models.TextField(default="", db_default="", editable=False)
    search_ideographs = ArrayField(models.TextField(), default=list, db_default=[], editable=False)

    objects = ConsentingQuerySet.as_manager()

    class Meta:
        verbose_name = _("brochure request")
        verbose_name_plural = _("brochure requests")
        # What a visitor said is never added to or changed by hand; `submissions.access` says what each right allows.
        default_permissions = ("view",)
        permissions = [
            ("resend_submission", "Can resend the brochure"),
            ("work_submission", "Can work on brochure requests"),
            ("export_submission", "Can export brochure requests"),
            ("erase_submission", "Can erase personal data"),
            ("audit_submission", "Can read the log of who saw personal data"),
        ]
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="submission_newest_first"),
            models.Index(fields=["partner", "-created_at", "-id"], name="submission_by_partner"),
            models.Index(fields=["email"], name="submission_by_email"),
            # Consent to news stands for an address, in whatever case it was typed. The operators are those that also
            # find what an address begins with, in every collation: `person.py`.
            models.Index(OpClass(Lower("email"), name="text_pattern_ops"), name="submission_by_lower_email"),
            models.Index(fields=["id"], condition=is_not_ascii("email"), name="submission_email_not_ascii"),
            models.Index(
                fields=["released_at"], condition=Q(released_at__isnull=False), name="submission_released_lately"
            ),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="submission_search"),
            GinIndex(fields=["search_ideographs"], name="submission_search_ideographs"),
            GinIndex(OpClass(Upper("article_title"), name="gin_trgm_ops"), name="submission_article"),
            models.Index(fields=["language", "-created_at", "-id"], name="submission_by_language"),
            models.Index(fields=["brochure", "-created_at", "-id"], name="submission_by_brochure"),
            models.Index(fields=["status", "-created_at", "-id"], name="submission_by_status"),
            models.Index(fields=["-spam_at"], condition=Q(spam_at__isnull=False), name="submission_spam"),
            models.Index(
                fields=["created_at"],
                condition=Q(quarantined_at__isnull=False, released_at__isnull=True, spam_at__isnull=True),
                name="submission_held",
            ),
            # What may be due to be forgotten: not what was forgotten in all the years before.
            models.Index(fields=["id"], condition=Q(erased_at__isnull=True), name="submission_not_erased"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="submission_status", condition=Q(status__in=WorkStatus.values)),
            models.CheckConstraint(
                name="submission_held_for_reasons",
                condition=Q(quarantined_at__isnull=True, quarantine_reasons=[])
                | (Q(quarantined_at__isnull=False) & ~Q(quarantine_reasons=[])),
            ),
            models.CheckConstraint(
                name="submission_released_or_spam",
                condition=Q(released_at__isnull=True, spam_at__isnull=True)
                | Q(quarantined_at__isnull=False, released_at__isnull=True)
                | Q(quarantined_at__isnull=False, spam_at__isnull=True),
            ),
            models.CheckConstraint(
                name="submission_erased_is_empty",
                condition=Q(erased_at__isnull=True) | Q(email="", name="", company="", answers=[]),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
