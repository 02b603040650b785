"""How long may each step of a delivery take? All values are seconds; the settings hold them."""

from django.conf import settings


def conversation_seconds() -> float:
    """Return the limit of one whole SMTP conversation, from the connection to the answer after the data."""
    return float(settings.DELIVERY_CONVERSATION_SECONDS)


def lease_seconds() -> float:
    """Return how long a claim holds without being renewed: a killed worker's message waits this long at most."""
    return float(settings.DELIVERY_LEASE_SECONDS)


def renewal_seconds() -> float:
    """Return how often a worker renews its leases: a renewal may fail without a lease running out."""
    return lease_seconds() / 3


def sweep_seconds() -> float:
    """Return how often every worker looks for due messages that no notification woke it for."""
    return float(settings.DELIVERY_SWEEP_SECONDS)


def stop_seconds() -> float:
    """Return how long a worker that was asked to stop lets its conversations run before it ends them."""
    return float(settings.DELIVERY_STOP_SECONDS)


def outage_seconds() -> float:
    """Return how long the outcome of a conversation is kept in memory while the database cannot be written."""
    return float(settings.DELIVERY_OUTAGE_SECONDS)
