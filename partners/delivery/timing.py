"""How long may each step of a delivery take? All values are seconds; the settings may change them."""

from django.conf import settings


def conversation_seconds() -> float:
    """Return the limit of one whole SMTP conversation, from the connection to the answer after the data."""
    return float(getattr(settings, "DELIVERY_CONVERSATION_SECONDS", 60.0))


def lease_seconds() -> float:
    """Return how long a claim holds without being renewed: a killed worker's message waits this long at most."""
    return float(getattr(settings, "DELIVERY_LEASE_SECONDS", 15.0))


def renewal_seconds() -> float:
    """Return how often a worker renews its leases: a renewal may fail without a lease running out."""
    return lease_seconds() / 3


def sweep_seconds() -> float:
    """Return how often every worker looks for due messages that no job woke."""
    return float(getattr(settings, "DELIVERY_SWEEP_SECONDS", 5.0))


def stop_seconds() -> float:
    """Return how long a worker that was asked to stop lets its conversations run before it ends them."""
    return float(getattr(settings, "DELIVERY_STOP_SECONDS", 20.0))


def outage_seconds() -> float:
    """Return how long the outcome of a conversation is kept in memory while the database cannot be written."""
    return float(getattr(settings, "DELIVERY_OUTAGE_SECONDS", 900.0))
