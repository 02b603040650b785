"""Until when is what a person said with a request kept?"""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.models import Page

from partners.brochures.consent_wording import Purpose
from partners.brochures.submission import Submission

if TYPE_CHECKING:
    from partners.brochures.request_page import BrochureRequestPage

# Days are counted in this zone, whatever zone the site shows its times in: here the desk works.
KEEPING_ZONE = ZoneInfo("Asia/Hong_Kong")
LONGEST_DAYS = 36_500
_AS_SPAM = Q(quarantined_at__isnull=False, released_at__isnull=True)


class KeepingTime(Page):
    """The part of a form's page that says for how long its requests are kept."""

    keep_days = models.PositiveIntegerField(
        _("days that requests are kept"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)],
    )

    keeping_panel: ClassVar[Panel] = MultiFieldPanel(
        [
            FieldPanel(
                "keep_days",
                help_text=format_lazy(
                    _(
                        "After that many days what the person said is forgotten, and the request is only counted. "
                        "Empty: {days}, as on the whole site. More days reach new requests only; fewer reach all."
                    ),
                    days=settings.REQUEST_KEEP_DAYS,
                ),
            )
        ],
        heading=_("How long requests are kept"),
    )

    class Meta:
        abstract = True


def days_of_form(page: "BrochureRequestPage") -> int:
    """Return for how many days a request that comes in by the form of `page` now is kept."""
    days: int | None = page.keep_days
    return days or settings.REQUEST_KEEP_DAYS


def with_last_day(requests: QuerySet[Submission]) -> Any:
    """Annotate each request with `last_day`, at whose end it is due to be forgotten if no consent keeps it.

    The day on which it was asked for is day 0. What holds is the smaller of what was valid when it was asked for and
    what its form, or the setting, says today: nobody's data are kept for longer than was said, and a shorter time
    reaches old requests as well. Without its form, the former alone counts. What was held back as spam goes sooner.
    """
    site = Value(settings.REQUEST_KEEP_DAYS)
    days = Least(
        F("keep_days"),
        Case(
            When(form_page__isnull=True, then=Coalesce("keep_days", site)),
            default=Coalesce("form_page__keep_days", site),
        ),
        Case(When(_AS_SPAM, then=Value(settings.REQUEST_KEEP_SPAM_DAYS)), default=None),
        output_field=models.IntegerField(),
    )
    asked = TruncDate("created_at", tzinfo=KEEPING_ZONE)
    return requests.annotate(last_day=ExpressionWrapper(asked + days, output_field=models.DateField()))


def news_in_force() -> Exists:
    """Return the condition on requests that carry the evidence of a consent to news that stands."""
    from partners.brochures.consent_record import ConsentRecord  # noqa: PLC0415  that module's models come later

    return Exists(ConsentRecord.objects.in_force().filter(purpose=Purpose.NEWS, submission=OuterRef("pk")))


def due(today: date) -> Any:
    """Return the requests that are to be forgotten on `today`, a day of KEEPING_ZONE, or before it."""
    return with_last_day(Submission.objects.filter(erased_at=None)).filter(~news_in_force(), last_day__lt=today)


def kept_until(submission: Submission) -> date | None:
    """Return the last day on which `submission` is kept; None where it is kept until a consent is withdrawn."""
    found = with_last_day(Submission.objects.filter(pk=submission.pk)).annotate(by_consent=news_in_force()).first()
    return None if found is None or found.by_consent else found.last_day
