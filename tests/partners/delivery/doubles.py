"""The outside world in memory: it accepts, or fails as it is told."""

from dataclasses import dataclass, field

from django.db import connection

from partners.delivery.outside import Conversation, Envelope, NotAccepted, Receipt


@dataclass
class CarrierInMemory:
    """Raises the failures it was given, one a message, then accepts; keeps what it accepted."""

    failures: list[NotAccepted] = field(default_factory=list)
    carried: list[Envelope] = field(default_factory=list)
    in_transaction: list[bool] = field(default_factory=list)

    def __call__(self, envelope: Envelope, conversation: Conversation) -> Receipt:
        self.in_transaction.append(connection.in_atomic_block)
        if self.failures:
            raise self.failures.pop(0)
        self.carried.append(envelope)
        return Receipt(250, "Ok: queued as 4F2A")
