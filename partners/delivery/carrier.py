"""Who carries the mail: a mail server, or a provider?"""

from django.conf import settings

from partners.delivery import provider, smtp
from partners.delivery.outside import Conversation, Envelope, Receipt


def carry(envelope: Envelope, conversation: Conversation) -> Receipt:
    """Hand `envelope` to whom the mailer 'carrier' of MAILERS names; see `Carrier` for what is returned and raised."""
    backend: str = settings.MAILERS["carrier"].get("BACKEND", "")
    if backend.startswith("anymail."):
        return provider.carry(envelope, conversation)
    return smtp.carry(envelope, conversation)
