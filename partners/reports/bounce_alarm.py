"""Who is written to when too much mail comes back, and how not more than once a day?"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from partners.delivery.bounces import look_at_bounces
from partners.delivery.letters import Letter, LetterCannotBeBuilt, register_letter
from partners.delivery.message import OutgoingMessage
from partners.delivery.queue import queue_message

ALARM_KIND = "bounce_alarm"


class BounceAlarm(OutgoingMessage):
    """A day's warning on its way to the operators: `came_back` of `messages`. One row a day, whoever looks."""

    day = models.DateField(unique=True)
    messages = models.PositiveIntegerField()
    came_back = models.PositiveIntegerField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()


def register() -> None:
    """Tell delivery how the warning is built."""
    register_letter(ALARM_KIND, build_alarm)


def raise_bounce_alarm() -> BounceAlarm | None:
    """Queue the day's warning to MAIL_ALARM_TO where too much came back; None where nobody is to be written to.

    Any number of workers may call this at the same moment: the day's row is made once.
    """
    to: str = settings.MAIL_ALARM_TO
    day = timezone.localdate()
    if not to or BounceAlarm.objects.filter(day=day).exists():
        return None
    bounces = look_at_bounces()
    if not bounces.is_alarming:
        return None
    alarm = BounceAlarm(kind=ALARM_KIND, to=to, day=day, messages=bounces.messages, came_back=bounces.came_back)
    try:
        with transaction.atomic():
            queue_message(alarm)
    except IntegrityError:
        return None
    return alarm


def build_alarm(message: OutgoingMessage) -> Letter:
    """Return the warning: numbers, and where to look. In English, like the operators' logs.

    Raises LetterCannotBeBuilt where its row is gone.
    """
    alarm: Any = BounceAlarm.objects.filter(pk=message.pk).first()
    if alarm is None:
        raise LetterCannotBeBuilt("This warning is gone.")
    percent = 100 * alarm.came_back / alarm.messages
    said = (
        f"{alarm.came_back} of {alarm.messages} messages ({percent:.1f}%) came back or were refused within "
        f"{settings.MAIL_BOUNCE_HOURS:g} hours. The limit is {settings.MAIL_BOUNCE_PERCENT:g}%."
    )
    advice = (
        "Mail services stop carrying for senders whose mail comes back. Look for a form that robots or mistyped "
        "addresses come in by, and for a blocklist that names the server. No more than one such message is sent a day."
    )
    link = settings.SITE_URL + reverse("mail_status")
    return Letter(
        subject=f"Mail comes back: {percent:.1f}% in {settings.MAIL_BOUNCE_HOURS:g} hours",
        text=f"{said}\n\n{advice}\n\n{link}\n",
        html=(
            f'<!DOCTYPE html><html lang="en"><body><p>{escape(said)}</p><p>{escape(advice)}</p>'
            f'<p><a href="{escape(link)}">{escape(link)}</a></p></body></html>'
        ),
    )
