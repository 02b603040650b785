"""How often was a link opened, by people and by robots?

Counts by link and day, and the first and last time of each: no address, no name of a program, nothing of who it was.
What is a person is a guess that errs towards robots; `who_asks` says by what.
"""

import logging
import re
from datetime import timedelta
from typing import ClassVar

from django.db import DatabaseError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.articles.robots import names_a_robot
from partners.brochures.byte_ranges import begins_at_start
from partners.brochures.link import BrochureLink
from partners.delivery.message import State

logger = logging.getLogger(__name__)

# Readers of PDFs fetch one in parts, and begin more than once. What begins within this of the last is the same reading.
SERIES = timedelta(minutes=30)
# Scanners open links while a letter is being taken in or the moment it was; nobody has read it by then.
TOO_SOON = timedelta(seconds=5)


class Who(models.TextChoices):
    """Who opened a link."""

    PERSON = "person", _("People")
    ROBOT = "robot", _("Robots and scanners")


class BrochureDownload(models.Model):
    """How often people, or robots, opened a link on one day (of the site's own time zone)."""

    link = models.ForeignKey(BrochureLink, on_delete=models.CASCADE, related_name="downloads")
    day = models.DateField()
    who = models.CharField(max_length=6, choices=Who)
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["first_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["link", "day", "who"], name="brochure_download_once"),
            models.CheckConstraint(condition=Q(who__in=Who.values), name="brochure_download_who"),
            models.CheckConstraint(condition=Q(last_at__gte=F("first_at")), name="brochure_download_in_order"),
        ]

    def __str__(self) -> str:
        return f"link {self.link_id}: {self.count} by {self.who} on {self.day}"


def who_asks(request: HttpRequest, link: BrochureLink) -> Who:
    """Return who seems to make `request` for the file of `link`.

    A robot asks by HEAD, says that it fetches ahead (Sec-Purpose, Purpose, X-Moz), names itself, states no language,
    which every browser does, or asks before anybody can have read the letter.
    """
    headers = request.headers
    ahead = " ".join(headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    if (
        request.method == "HEAD"
        or re.search("prefetch|preview|prerender", ahead, re.IGNORECASE)
        or names_a_robot(headers.get("User-Agent", ""))
        or "Accept-Language" not in headers
    ):
        return Who.ROBOT
    unread = link.messages.filter(Q(state=State.SENDING) | Q(sent_at__gt=timezone.now() - TOO_SOON))
    return Who.ROBOT if unread.exists() else Who.PERSON


def count_download(request: HttpRequest, link: BrochureLink) -> None:
    """Count `request`, which was answered with the file of `link` or a part of it.

    A reading in parts counts once: only the part with the first byte, and only if nothing was counted for SERIES.
    A count that cannot be written is left out, with a line in the log: the reader gets the file all the same.
    """
    in_parts = "Range" in request.headers
    if in_parts and not begins_at_start(request.headers["Range"]):
        return
    try:
        with transaction.atomic():
            _add(link, who_asks(request, link), in_parts=in_parts)
    except DatabaseError as error:
        logger.warning("Link %s: its opening was not counted (%s).", link.pk, type(error).__name__)


def _add(link: BrochureLink, who: Who, *, in_parts: bool) -> None:
    now = timezone.now()
    row, _created = BrochureDownload.objects.get_or_create(
        link=link, day=timezone.localdate(now), who=who, defaults={"first_at": now, "last_at": now}
    )
    rows = BrochureDownload.objects.filter(pk=row.pk)
    if in_parts:
        rows = rows.filter(Q(count=0) | Q(last_at__lt=now - SERIES))
    # Another request may have been quicker with a later time.
    rows.update(count=F("count") + 1, last_at=Greatest(F("last_at"), now))
