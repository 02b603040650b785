"""partners/brochures/limits.py: never more than allowed, whoever comes at once, and nobody's name kept."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from partners.brochures.limits import (
    FORGOTTEN_AFTER,
    MOST_PARTS,
    Allowance,
    Limit,
    LimitReached,
    forget_old_allowances,
    give_back,
    keyed_hash,
    mailbox_takings,
    take_all,
    taken,
)
from tests.at_once import at_once

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


# By parts of a minute.
MANY = Limit("many", 100, timedelta(hours=1))


@pytest.mark.django_db
def test_a_large_limit_lets_so_many_pass_and_no_more():
    assert [MANY.take("a") for _ in range(103)] == [*[True] * 100, *[False] * 3]
    row = Allowance.objects.get()
    assert sum(row.counts) == 100
    # However many passed within a minute, they are one time, or two where a minute ended.
    assert len(row.times) == len(row.counts) <= 2
    assert all(at.second == at.microsecond == 0 for at in row.times)


@pytest.mark.django_db
def test_a_large_limit_slides_by_its_parts():
    for _ in range(60):
        MANY.take("a")
    shift(timedelta(minutes=30))
    for _ in range(40):
        MANY.take("a")
    assert not MANY.take("a")
    # A minute counts until all of it is older than an hour.
    shift(timedelta(minutes=30))
    assert not MANY.take("a")
    shift(timedelta(minutes=2))
    assert [MANY.take("a") for _ in range(61)] == [*[True] * 60, False]


@pytest.mark.django_db
def test_what_is_kept_of_a_large_limit_does_not_grow():
    for _ in range(MOST_PARTS * 3):
        assert MANY.take("a")
        shift(timedelta(minutes=1))
    row = Allowance.objects.get()
    assert len(row.times) == len(row.counts) <= MOST_PARTS + 2


@pytest.mark.django_db
def test_no_limit_lets_more_pass_within_its_period_than_it_may():
    limit, passed, now = Limit("walk", 70, timedelta(hours=1)), [], 0
    at_random = random.Random(8)
    for _ in range(600):
        minutes = at_random.choice([0, 0, 0, 1, 3])
        now += minutes
        shift(timedelta(minutes=minutes))
        if limit.take("a"):
            passed.append(now)
        assert len([at for at in passed if at > now - 60]) <= 70
    assert len(passed) > 300


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [Limit("few", 5, timedelta(hours=1)), Limit("many", 105, timedelta(hours=1))])
def test_a_subject_that_is_named_several_times_is_counted_as_often_or_not_at_all(limit):
    for _ in range(limit.count - 5):
        assert limit.take("a")
    assert taken([(limit, "a"), (HOURLY, "a"), (limit, "a"), (limit, "b"), (limit, "a")]) == {limit.scope, "test"}
    assert counted(limit) == [1, limit.count - 2]
    with pytest.raises(LimitReached):
        take_all([(limit, "a")] * 3)
    assert taken([(HOURLY, "b")] * 4) == set()
    assert counted(limit) == [1, limit.count - 2]
    take_all([(limit, "a")] * 2)
    assert not limit.take("a")
    # Each is one of the others' when it is given back, and when its time is over.
    give_back([(limit, "a")])
    assert counted(limit) == [1, limit.count - 1]
    assert limit.seconds_until_room("a") == 1
    shift(timedelta(hours=1, minutes=2))
    take_all([(limit, "a")] * 5)
    assert counted(limit) == [1, 5]


def counted(limit):
    rows = Allowance.objects.filter(scope=limit.scope)
    return sorted(sum(counts) for counts in rows.values_list("counts", flat=True))


@pytest.mark.django_db
def test_what_was_counted_in_a_part_is_given_back_one_by_one():
    for _ in range(3):
        MANY.take("a")
    give_back([(MANY, "a")])
    assert sum(Allowance.objects.get().counts) == 2
    for _ in range(3):
        give_back([(MANY, "a")])
    row = Allowance.objects.get()
    assert (row.times, row.counts) == ([], [])
    assert [MANY.take("a") for _ in range(101)] == [*[True] * 100, False]


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [HOURLY, MANY], ids=["small", "large"])
def test_times_that_were_written_before_there_were_counts_are_one_each(limit):
    filled = [timezone.now() - timedelta(minutes=5)] * limit.count
    Allowance.objects.create(scope=limit.scope, subject=keyed_hash(limit.scope, "a"), times=filled)
    assert not limit.take("a")
    give_back([(limit, "a")])
    assert limit.take("a")
    assert not limit.take("a")
    row = Allowance.objects.get()
    assert sum(row.counts) == limit.count
    assert len(row.counts) == len(row.times)


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [HOURLY, MANY], ids=["small", "large"])
def test_how_long_until_there_is_room(limit):
    assert limit.seconds_until_room("a") == 1
    for _ in range(limit.count):
        limit.take("a")
    shift(timedelta(minutes=20))
    seconds = limit.seconds_until_room("a")
    assert 39 * 60 <= seconds <= 41 * 60
    assert not limit.take("a")
    shift(timedelta(seconds=seconds))
    assert limit.take("a")


@pytest.mark.usefixtures("committed")
def test_of_many_at_the_same_moment_a_large_limit_lets_so_many_pass():
    taken = at_once(8, lambda _: [MANY.take("crowd") for _ in range(20)])
    assert sum(map(sum, taken)) == 100


@pytest.mark.django_db
def test_a_row_that_counts_once_more_needs_no_new_entry_in_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'partners_allowance'")
        indexed = " ".join(definition for (definition,) in cursor.fetchall())
    assert "subject" in indexed
    assert not [name for name in ("times", "counts", "touched_at") if name in indexed]


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
