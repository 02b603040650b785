"""The log of attempts is added to, never changed."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from partners.delivery.attempt import AppendOnlyError, DeliveryAttempt, Outcome
from tests.partners.delivery.conftest import queued

pytestmark = pytest.mark.django_db


def written(number: int = 1) -> DeliveryAttempt:
    """Write an attempt down."""
    return DeliveryAttempt.objects.create(
        message=queued(),
        number=number,
        started_at=timezone.now(),
        duration=12,
        outcome=Outcome.DEFERRED,
        smtp_code=451,
        smtp_text="Later",
        worker="here:1",
    )


def test_an_attempt_is_not_saved_again() -> None:
    attempt = written()
    attempt.smtp_text = "Never"
    with pytest.raises(AppendOnlyError):
        attempt.save()
    with pytest.raises(AppendOnlyError):
        DeliveryAttempt.objects.get(pk=attempt.pk).save()
    assert DeliveryAttempt.objects.get(pk=attempt.pk).smtp_text == "Later"


def test_attempts_are_not_updated_in_bulk() -> None:
    attempt = written()
    with pytest.raises(AppendOnlyError):
        DeliveryAttempt.objects.filter(pk=attempt.pk).update(smtp_text="Never")
    with pytest.raises(AppendOnlyError):
        attempt.message.attempts.update(smtp_text="Never")


def test_a_number_is_given_once() -> None:
    attempt = written()
    attempt.pk, attempt._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt.save()


def test_an_outcome_is_one_of_the_known() -> None:
    attempt = written()
    attempt.pk, attempt._state.adding, attempt.number, attempt.outcome = None, True, 2, "lost"
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt.save()


def test_attempts_go_with_their_message() -> None:
    attempt = written()
    attempt.message.delete()
    assert not DeliveryAttempt.objects.filter(pk=attempt.pk).exists()
