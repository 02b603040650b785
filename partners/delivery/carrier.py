"""Who carries the mail: a mail server, or a provider?"""

from django.conf import settings

from partners.delivery import provider, smtp
from partners.delivery.outside import Conversation, Envelope, Receipt


def reach(conversation: Conversation) -> None:
    """Be in touch with whoever carries the next message, before there is a letter. Raises NotAccepted."""
    if not _is_provider():
        smtp.reach(conversation)


def carry(envelope: Envelope, conversation: Conversation) -> Receipt:
    """Hand `envelope` to whom the mailer 'carrier' of MAILERS names; see `Carrier` for what is returned and raised."""
    if _is_provider():
        return provider.carry(envelope, conversation)
    return smtp.carry(envelope, conversation)


def _is_provider() -> bool:
    backend: str = settings.MAILERS["carrier"].get("BACKEND", "")
    return backend.startswith("anymail.")
