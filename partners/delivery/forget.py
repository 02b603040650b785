"""How does a message come to say nothing about anybody, and never to go out any more?"""

from collections.abc import Collection
from email.utils import parseaddr

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models, transaction
from django.db.models import Case, F, Func, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Now, Replace
from django.utils.encoding import punycode

from partners.delivery.attempt import DeliveryAttempt
from partners.delivery.event import DeliveryEvent
from partners.delivery.message import OutgoingMessage, State


def forget_messages(message_ids: Collection[int]) -> int:
    """Empty whatever the messages, their attempts and events say about a person; return how many said anything.

    States, times and outcomes stay, so that counts do. What is open is cancelled: a worker that is sending it loses its
    claim, and writes nothing of what it still hears. The Message-ID and the provider's names are replaced, so that
    neither a mail server's log nor a late report leads here any more.
    To be called in a transaction; the rows stay locked until it ends. Called again, it changes nothing.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("forget_messages() must run in the transaction of an erasure.")
    rows = OutgoingMessage.objects.filter(pk__in=message_ids).exclude(to="")
    ids = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
    if not ids:
        return 0
    OutgoingMessage.objects.filter(pk__in=ids).update(
        to="",
        message_id=_another_message_id(),
        provider_id="",
        last_error="",
        state=Case(
            When(state__in=[State.QUEUED, State.SENDING], then=Value(State.CANCELLED.value)), default=F("state")
        ),
        closed_at=Coalesce("closed_at", Now()),
        due_at=None,
        claim_token=None,
        claimed_at=None,
        lease_until=None,
        worker="",
    )
    # Past the managers, which refuse every change: forgetting is the one exception.
    DeliveryAttempt._base_manager.filter(message__in=ids).exclude(smtp_text="").update(smtp_text="")
    events = DeliveryEvent._base_manager.filter(message__in=ids)
    events.update(text="", event_id=Cast(RandomUUID(), models.CharField()))
    return len(ids)


def random_digits() -> Func:
    """Return the database's own 32 random hexadecimal digits, other ones for each row."""
    return Replace(Cast(RandomUUID(), models.CharField()), Value("-"), Value(""))


def _another_message_id() -> Concat:
    """Return what `new_message_id` makes, a fresh one for each row."""
    domain = punycode(parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2])
    return Concat(Value("<"), random_digits(), Value(f"@{domain}>"), output_field=models.CharField())
