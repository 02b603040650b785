"""partners/brochures/limits.py: never more than allowed, whoever comes at once, and nobody's name kept."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from partners.brochures.limits import (
    FORGOTTEN_AFTER,
    Allowance,
    Limit,
    LimitReached,
    forget_old_allowances,
    keyed_hash,
    mailbox_takings,
    take_all,
)

HOURLY = Limit("test", 3, timedelta(hours=1))


def shift(by):
    for row in Allowance.objects.all():
        row.times = [at - by for at in row.times]
        row.touched_at -= by
        row.save()


@pytest.mark.django_db
def test_so_many_and_no_more():
    assert [HOURLY.take("a") for _ in range(5)] == [True, True, True, False, False]
    assert HOURLY.take("b")
    assert Limit("other", 1, timedelta(hours=1)).take("a")
    assert not Limit("none", 0, timedelta(hours=1)).take("a")


@pytest.mark.django_db
def test_window_slides():
    assert HOURLY.take("a")
    shift(timedelta(minutes=50))
    assert [HOURLY.take("a") for _ in range(3)] == [True, True, False]
    shift(timedelta(minutes=11))
    # The first has fallen out of the hour, the other two have not.
    assert [HOURLY.take("a") for _ in range(2)] == [True, False]
    assert len(Allowance.objects.get().times) == 3


@pytest.mark.django_db
def test_all_or_none():
    tight = Limit("tight", 1, timedelta(hours=1))
    take_all([(HOURLY, "a"), (tight, "b")])
    with pytest.raises(LimitReached) as reached:
        take_all([(HOURLY, "a"), (tight, "b")])
    assert reached.value.limit is tight
    assert len(Allowance.objects.get(scope="test").times) == 1


@pytest.mark.django_db
def test_the_first_in_order_that_has_no_room_is_named_and_each_keeps_its_own_period():
    none, short = Limit("none", 0, timedelta(hours=1)), Limit("short", 1, timedelta(seconds=0))
    for _ in range(3):
        take_all([(short, "a"), (HOURLY, "a")])
    with pytest.raises(LimitReached) as reached:
        take_all([(short, "a"), (none, "a"), (HOURLY, "a")])
    assert reached.value.limit is none


@pytest.mark.django_db
def test_several_cost_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        take_all([(HOURLY, "a"), (Limit("other", 1, timedelta(hours=1)), "a")])


@pytest.mark.usefixtures("committed")
def test_of_forty_at_the_same_moment_three_pass():
    start = threading.Barrier(8)
    taken = []

    def take():
        try:
            start.wait(timeout=30)
            taken.extend(HOURLY.take("crowd") for _ in range(5))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(taken) == 40
    assert sum(taken) == 3


@pytest.mark.django_db
def test_rows_tell_nobody(settings):
    HOURLY.take("203.0.113.0/24")
    row = Allowance.objects.get()
    assert row.subject == keyed_hash("test", "203.0.113.0/24")
    assert "203" not in str(row)
    settings.SECRET_KEY = "another" * 10
    assert row.subject != keyed_hash("test", "203.0.113.0/24")


@pytest.mark.django_db
def test_database_refuses_a_subject_that_is_no_hash():
    with pytest.raises(IntegrityError), transaction.atomic():
        Allowance.objects.create(scope="test", subject="203.0.113.7", times=[])


@pytest.mark.django_db
def test_rows_are_forgotten():
    assert timedelta(days=30) >= FORGOTTEN_AFTER
    HOURLY.take("old")
    HOURLY.take("new")
    Allowance.objects.filter(subject=keyed_hash("test", "old")).update(
        touched_at=timezone.now() - FORGOTTEN_AFTER - timedelta(minutes=1)
    )
    assert forget_old_allowances() == 1
    assert [row.subject for row in Allowance.objects.all()] == [keyed_hash("test", "new")]


def test_one_mailbox_is_one_subject_for_each_brochure():
    of_one, of_all = mailbox_takings("ab@gmail.com", 5)
    assert mailbox_takings("A.B+news@Googlemail.com", 5) == [of_one, of_all]
    other, same = mailbox_takings("ab@gmail.com", 6)
    assert other != of_one
    assert same == of_all
