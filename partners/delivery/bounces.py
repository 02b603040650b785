"""Does too much of our mail come back? A sender whose mail comes back is soon taken for one who guesses addresses."""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import connection

_CACHE_KEY = "partners.delivery.bounces"
_CACHE_SECONDS = 60


@dataclass(frozen=True)
class Bounces:
    """Of `messages` that were answered for within the window, `came_back` did.

    A message is answered for when a mail server accepted it, or refused its recipient for good. It came back where it
    was refused then, or where a provider reported later that the recipient's server did.
    """

    messages: int
    came_back: int

    @property
    def rate(self) -> float:
        """The part that came back, from 0 to 1."""
        return self.came_back / self.messages if self.messages else 0.0

    @property
    def is_alarming(self) -> bool:
        """Whether the part is over MAIL_BOUNCE_PERCENT, of MAIL_BOUNCE_MINIMUM messages at least."""
        enough: int = settings.MAIL_BOUNCE_MINIMUM
        percent: float = settings.MAIL_BOUNCE_PERCENT
        return self.messages >= max(enough, 1) and self.came_back * 100 > percent * self.messages


def look_at_bounces() -> Bounces:
    """Ask how much came back of what was closed in the last MAIL_BOUNCE_HOURS: one query over the index of the lately
    closed, and the last attempt of those of them that failed.

    Raises django.db.Error where the database is away.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH lately AS (
                SELECT id, state FROM partners_outgoingmessage
                WHERE closed_at > statement_timestamp() - make_interval(secs => %(seconds)s) AND closed_at IS NOT NULL
                AND state IN ('sent', 'delivered', 'bounced', 'complained', 'failed')
            ), refused AS (
                SELECT count(*) AS number FROM lately WHERE state = 'failed' AND 'refused' = (
                    SELECT outcome FROM partners_deliveryattempt
                    WHERE message_id = lately.id ORDER BY number DESC LIMIT 1
                )
            )
            SELECT count(*) FILTER (WHERE state <> 'failed') + (SELECT number FROM refused),
                count(*) FILTER (WHERE state = 'bounced') + (SELECT number FROM refused)
            FROM lately
            """,
            {"seconds": settings.MAIL_BOUNCE_HOURS * 3600},
        )
        messages, came_back = cursor.fetchone()
    return Bounces(messages, came_back)


def alarming_lately() -> bool:
    """Say whether too much came back, as of the last minute: for what is shown on every page of the admin."""
    found: bool | None = cache.get(_CACHE_KEY)
    if found is None:
        found = look_at_bounces().is_alarming
        cache.set(_CACHE_KEY, found, _CACHE_SECONDS)
    return found
