"""partners/handover/request_data.py: what is told of a request, whatever is stored, and whatever becomes of others."""

import pytest

from partners.brochures.confirming import confirm_news
from partners.brochures.consent_record import Means
from partners.brochures.consent_wording import Purpose
from partners.brochures.withdrawing import withdraw
from tests.partners.handover.calling import LIST, get, references

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (None, ""),
        (7, "7"),
        (2.5, "2.5"),
        (False, False),
        ("", ""),
        ([], []),
        (["a", 3, None], ["a", "3", ""]),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_an_answer_that_was_stored_otherwise_is_told_and_hides_no_other_request(
    make_bearer, make_request, stored, told
):
    odd, other = make_request(), make_request()
    odd.answers = [{"key": "size", "value": stored}, {"label": None, "kind": 3}]
    odd.campaign = {"utm_source": None, "utm_term": 5}
    odd.save()
    answer = get(make_bearer()[1])
    assert references(answer) == [odd.reference, other.reference]
    request = answer.json()["requests"][0]
    assert request["answers"] == [
        {"key": "size", "label": "", "kind": "", "value": told},
        {"key": "", "label": "", "kind": "3", "value": ""},
    ]
    assert request["campaign"] == {"utm_source": "", "utm_term": "5"}


def in_force(token, request):
    consents = get(token, f"{LIST}/{request.reference}").json()["consents"]
    return {consent["purpose"] for consent in consents if consent["in_force"]}


def test_a_consent_is_in_force_by_what_happened_to_itself(make_bearer, make_request):
    """Else nobody would be told when that of one request ends by what becomes of another."""
    _, token = make_bearer()
    first, second = (make_request(*boxes, email="same@example.com") for boxes in (["news"], ["handover"]))
    assert in_force(token, first) == set()
    confirm_news(first, Means.LETTER)
    assert (in_force(token, first), in_force(token, second)) == ({"news"}, {"handover"})
    before = get(token, f"{LIST}/{second.reference}").json()
    withdraw(first, [Purpose.NEWS], Means.SELF_SERVICE)
    assert in_force(token, first) == set()
    assert get(token, f"{LIST}/{second.reference}").json() == before
