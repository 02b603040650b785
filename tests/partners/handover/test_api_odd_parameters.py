"""partners/handover/api_filters.py: parameters that are well formed, and yet nothing that PostgreSQL takes."""

import base64

import pytest

from tests.partners.handover.calling import get, references

pytestmark = pytest.mark.django_db


def cursor_of(place):
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


@pytest.mark.parametrize("zone", ["+23:59", "-16:00"])
def test_a_time_may_be_of_a_zone_that_the_database_does_not_know(make_bearer, make_request, zone):
    make_request()
    _, token = make_bearer()
    moment = f"2026-11-23T10:00:00{zone}"
    for cursor in ({}, {"cursor": cursor_of(f"{moment}|QH-0000-0000")}):
        assert len(references(get(token, created_since=moment, updated_since=moment, **cursor))) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("created_until", "0001-01-01T00:00:00+14:00"),
        ("cursor", cursor_of("0001-01-01T00:00:00+14:00|QH-0000-0000")),
        ("cursor", cursor_of("2026-11-23T10:00:00+00:00|\x00")),
        # The last counts, and all are written down.
        ("limit", ["\x00", "1"]),
        ("created_since", ["\x00", "2026-11-23T10:00:00Z"]),
    ],
)
def test_what_is_no_time_and_a_nul_are_named(make_bearer, make_request, name, value):
    make_request()
    _, token = make_bearer()
    answer = get(token, **{name: value})
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [name]
