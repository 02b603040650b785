"""After a failed attempt at a webhook: try again, and when, or give up? As patient as with mail."""

from datetime import timedelta

from partners.delivery.retry import FREE_TAKEOVERS, JITTER, PATIENCE, WAITS, GiveUp, Retry
from partners.handover.webhook_delivery import Outcome


def next_step(outcome: Outcome, attempt: int, age: timedelta, jitter: float) -> Retry | GiveUp:
    """Say what follows the failure `outcome`.

    `attempt` counts the attempts, this one included: those that were abandoned for 'abandoned', all of them for the
    others. `age` runs from the first attempt, or from the first after a replay. `jitter` is a random number from 0 up
    to 1. Raises ValueError for 'accepted', and for an attempt below 1.
    """
    if outcome is Outcome.ACCEPTED or attempt < 1:
        raise ValueError(f"Nothing follows attempt {attempt} with the outcome {outcome!r}.")
    if outcome is Outcome.GONE:
        return GiveUp("The receiver answered 410: it wants no more webhooks.")
    if outcome is Outcome.ABANDONED:
        attempt -= FREE_TAKEOVERS
        if attempt < 1:
            return Retry(timedelta(0))
    if age >= PATIENCE:
        return GiveUp(f"It was not taken within {PATIENCE.total_seconds() / 3600:.0f} hours.")
    wait = WAITS[min(attempt, len(WAITS)) - 1]
    return Retry(min(timedelta(seconds=wait * (1 - JITTER + 2 * JITTER * jitter)), PATIENCE - age))
