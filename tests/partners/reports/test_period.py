"""partners/reports/period.py: an address names its days, and no address breaks the page."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from partners.reports.period import LONGEST, Period, Step, period_of

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("days", [7, 30, 90])
def test_a_choice_ends_today(days):
    period = period_of({"days": str(days)}, TODAY)
    assert ((period.last - period.first).days + 1, period.last, period.query) == (days, TODAY, f"days={days}")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({"from": "2026-01-01", "to": "2026-02-03"}, date(2026, 1, 1), date(2026, 2, 3)),
        ({"from": "2026-11-01"}, date(2026, 11, 1), TODAY),
        ({"to": "2026-11-01"}, date(2026, 11, 1), date(2026, 11, 1)),
        ({"from": "2026-11-20", "to": "2099-01-01"}, date(2026, 11, 20), TODAY),
        ({"from": "1970-01-01"}, TODAY - LONGEST, TODAY),
    ],
    ids=str,
)
def test_days_of_ones_own_are_kept_within_bounds_and_stand_in_the_address(asked, first, last):
    period = period_of(asked, TODAY)
    assert (period.first, period.last) == (first, last)
    again = dict(part.split("=") for part in period.query.split("&"))
    assert period_of(again, TODAY) == period


@pytest.mark.parametrize(
    "asked",
    [
        *({}, {"days": "8"}, {"days": "-1"}, {"days": "٣٠"}, {"from": "yesterday"}, {"from": "2026-02-30"}),
        *(
            {"from": "2026-12-01"},
            {"from": "2026-11-10", "to": "2026-11-01"},
            {"from": "9999-12-31"},
            {"to": "0001-01-01"},
        ),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_thirty_days(asked):
    assert period_of(asked, TODAY).days == 30


@pytest.mark.parametrize(("days", "most"), [(1, 1), (92, 92), (93, 15), (550, 80), (551, 20), (3660, 122)])
def test_steps_hold_each_day_once_and_are_never_too_many(days, most):
    period = Period(TODAY - timedelta(days=days - 1), TODAY)
    steps = period.steps
    assert len(steps) <= most
    held = [step.first + timedelta(days=n) for step in steps for n in range((step.last - step.first).days + 1)]
    assert held == [period.first + timedelta(days=n) for n in range(days)]


def test_a_step_is_named_by_dates_that_are_short_enough_to_stand_side_by_side():
    first, last = date(2026, 9, 21), date(2026, 9, 27)
    with translation.override("en"):
        assert (Step(first, first).label, Step(first, last).label) == ("21 Sep 2026", "21 Sep 2026 – 27 Sep 2026")
    with translation.override("zh-hant"):
        assert Step(first, first).label == "2026年9月21日"
