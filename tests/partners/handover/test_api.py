"""partners/handover/api.py: who reads what, in which form, and what is written down."""

import json
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone
from openapi_spec_validator import validate

from partners.brochures.consent_record import Means
from partners.brochures.consent_wording import Purpose
from partners.brochures.correcting import correct_address
from partners.brochures.correction import AddressCorrection
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import withdraw
from partners.submissions.access_log import AccessRecord, Way
from tests import builders
from tests.partners.brochures.asking import EVERYTHING, asking_page
from tests.partners.handover.calling import LIST, get, references
from tests.partners.handover.conftest import erase

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema():
    return json.loads(Client().get("/api/v1/openapi.json").content)


def test_the_schema_is_valid_openapi(schema):
    assert schema["openapi"].startswith("3.1")
    validate(schema)
    assert set(schema["paths"]) == {LIST, f"{LIST}/{{reference}}"}
    assert schema["components"]["securitySchemes"]["ApiTokenAuth"] == {"type": "http", "scheme": "bearer"}


def test_one_request_as_it_was_given(make_bearer, make_request):
    request = make_request("handover", email="ada@example.com")
    _, token = make_bearer()
    data = get(token, f"{LIST}/{request.reference}").json()
    assert data["person"] == {"email": "ada@example.com", "name": "Reader", "company": ""}
    assert data["form"]["key"] == str(request.form_page.translation_key)
    assert {consent["purpose"] for consent in data["consents"] if consent["in_force"]} == {"handover"}
    assert get(token).json() == {"requests": [data], "next": None}


@pytest.mark.parametrize(
    ("language", "kind", "label"),
    [
        ("en", "partner_controlled", "Paid content"),
        ("zh-hant", "paid_by_partner", "付費內容"),
        ("zh-hans", "unpaid_contribution", "供稿内容"),
    ],
)
def test_the_article_comes_with_its_label_and_sponsor(make_bearer, make_request, language, kind, label):
    request = make_request()
    article = builders.article(builders.partner("Harbour Hoists"), disclosure=kind)
    request.article, request.article_title, request.language = article, article.title, language
    request.save()
    _, token = make_bearer()

    def told():
        data = get(token, f"{LIST}/{request.reference}").json()
        return data["article"], data["article_label"], data["article_sponsor"]

    assert told() == (article.title, label, "Harbour Hoists")
    article.delete()
    assert told() == (article.title, None, None)


def test_without_an_article_there_is_no_label(make_bearer, make_request):
    make_request()
    [data] = get(make_bearer()[1]).json()["requests"]
    assert (data["article"], data["article_label"], data["article_sponsor"]) == (None, None, None)


@pytest.fixture
def matrix(page, make_request, settings):
    """Return requests of every kind that matters to somebody's rights."""
    elsewhere = asking_page(builders.partner("Elsewhere"), **EVERYTHING)
    sibling = asking_page(page.get_parent().specific, **EVERYTHING)
    made = {
        "agreed": make_request("handover"),
        "silent": make_request("news", "transfer"),
        "withdrawn": make_request("handover", email="withdrawn@example.com"),
        "sibling": make_request("handover", of=sibling),
        "elsewhere": make_request("handover", of=elsewhere),
        "erased": make_request("handover"),
    }
    settings.FORM_MAILS_PER_HOUR = 0
    made["held"] = make_request("handover")
    withdraw(made["withdrawn"], [Purpose.HANDOVER], Means.SELF_SERVICE)
    erase(made["erased"])
    return made


@pytest.mark.parametrize(
    ("ground", "bound_to", "sees"),
    [
        ("own", "nothing", {"agreed", "silent", "withdrawn", "sibling", "elsewhere"}),
        ("own", "partner", {"agreed", "silent", "withdrawn", "sibling"}),
        ("own", "form", {"agreed", "silent", "withdrawn"}),
        ("partner", "partner", {"agreed", "sibling"}),
        ("partner", "form", {"agreed"}),
        ("partner", "stranger", set()),
    ],
)
def test_what_each_kind_of_token_reads(ground, bound_to, sees, matrix, make_bearer, page, partner):
    fields = {"partner_key": partner.translation_key} if bound_to == "partner" else {}
    if bound_to == "stranger":
        fields = {"partner_key": builders.partner("Stranger").translation_key}
    _, token = make_bearer(ground, of=page if bound_to == "form" else None, **fields)
    assert set(references(get(token))) == {matrix[name].reference for name in sees}
    for name, request in matrix.items():
        answer = get(token, f"{LIST}/{request.reference}")
        assert answer.status_code == (200 if name in sees else 404), name
    nowhere = get(token, f"{LIST}/QH-0000-0000")
    foreign = get(token, f"{LIST}/{matrix['held'].reference}")
    assert nowhere.content == foreign.content


def test_a_withdrawal_counts_at_the_next_read(make_bearer, make_request):
    request = make_request("handover")
    _, token = make_bearer("partner")
    assert references(get(token)) == [request.reference]
    withdraw(request, [Purpose.HANDOVER], Means.SELF_SERVICE)
    assert references(get(token)) == []


def test_kinds_of_data_that_were_not_chosen_stay_here(make_bearer, make_request):
    make_request("handover", email="ada@example.com")
    _, token = make_bearer("partner", kinds=["company"])
    answer = get(token)
    assert answer.json()["requests"][0]["person"] == {"email": None, "name": None, "company": ""}
    assert b"ada@example.com" not in answer.content
    assert b"Reader" not in answer.content


def test_pages_hold_everything_once_however_they_are_cut(make_bearer, make_request):
    made = [make_request().reference for _ in range(7)]
    # Several of the same moment, too.
    Submission.objects.filter(reference__in=made[2:5]).update(created_at=timezone.now())
    _, token = make_bearer()
    whole = references(get(token))
    assert sorted(whole) == sorted(made)
    for size in (1, 2, 3, 7):
        read, cursor = [], {}
        while True:
            answer = get(token, limit=size, **cursor).json()
            read += [request["reference"] for request in answer["requests"]]
            if answer["next"] is None:
                break
            cursor = {"cursor": answer["next"]}
        assert read == whole, size


def test_what_comes_in_meanwhile_is_on_a_later_page(make_bearer, make_request):
    first, second = make_request(), make_request()
    _, token = make_bearer()
    page = get(token, limit=1).json()
    third = make_request()
    rest = references(get(token, cursor=page["next"]))
    assert [page["requests"][0]["reference"], *rest] == [it.reference for it in (first, second, third)]


def test_filters(make_bearer, make_request, page, partner):
    other_page = asking_page(partner, **EVERYTHING)
    old, new, other = make_request("handover"), make_request(), make_request(of=other_page)
    yesterday = timezone.now() - timedelta(days=1)
    Submission.objects.filter(pk=old.pk).update(created_at=yesterday - timedelta(days=1))
    _, token = make_bearer()

    def found(**parameters):
        return set(references(get(token, **parameters)))

    assert found(created_since=yesterday.isoformat()) == {new.reference, other.reference}
    assert found(created_until=yesterday.isoformat()) == {old.reference}
    assert found(form=str(other_page.translation_key)) == {other.reference}
    assert found(brochure=page.brochure_id) == {old.reference, new.reference}
    assert found(language="en") == {old.reference, new.reference, other.reference}
    assert found(language="zh-hans") == set()
    now = timezone.now().isoformat()
    assert found(updated_since=now) == set()
    with transaction.atomic():
        withdraw(old, [Purpose.HANDOVER], Means.SELF_SERVICE)
    # By the clock of the database's transaction, in which the test lives.
    event = old.consents.get(purpose="handover").events.get(kind="withdrawn")
    assert old.reference in found(updated_since=event.at.isoformat())


def test_a_corrected_address_is_a_change(make_bearer, make_request):
    request = make_request("handover", email="stranger@example.com")
    make_request("handover")
    with transaction.atomic():
        correct_address(Submission.objects.get(pk=request.pk), "right@example.com", User.objects.create_user("desk"))
    # After all else, which has the time of the transaction in which the test lives.
    at = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    AddressCorrection.objects.update(at=at)
    _, token = make_bearer("partner")
    [changed] = get(token, updated_since=at.isoformat()).json()["requests"]
    assert (changed["reference"], changed["person"]["email"]) == (request.reference, "right@example.com")
    assert "email" not in {answer["key"] for answer in changed["answers"]}, "a stranger's, as it was typed"
    assert datetime.fromisoformat(changed["updated_at"]) == at
    assert references(get(token, updated_since=(at + timedelta(seconds=1)).isoformat())) == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": "many"},
        {"created_since": "yesterday"},
        {"created_since": "2026-11-23T10:00:00"},
        {"form": "1"},
        {"brochure": "x"},
        {"brochure": "99999999999999999999"},
        {"language": "fr"},
        {"cursor": "nonsense!"},
        {"cursor": "bm90IGEgY3Vyc29y"},
        {"cursor": "MjAyNi0xMS0yM3w"},
        {"cursor": "x" * 300},
        {"create_since": "2026-11-23T10:00:00Z"},
    ],
)
def test_wrong_parameters_are_named_and_never_passed_over(make_bearer, make_request, parameters):
    make_request()
    _, token = make_bearer()
    answer = get(token, **parameters)
    assert answer.status_code == 400
    [name] = parameters
    assert name in {error["parameter"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("reference", ["QH-0000-0000", "x", "%00", "QH-'--", "a" * 2000, "%F0%9F%98%80"])
def test_odd_references_are_not_found(make_bearer, reference):
    _, token = make_bearer()
    response = Client().get(f"{LIST}/{reference}", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code in {400, 404}


def test_other_methods_and_addresses_are_refused_in_the_same_form(make_bearer, make_request):
    request = make_request()
    _, token = make_bearer()
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(Client(), method)(f"{LIST}/{request.reference}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 405
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Allow"] == "GET"
    for path in ("/api/v1/", "/api/v1/people", f"{LIST}/"):
        answer = Client().get(path, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json"), path


def test_a_session_opens_nothing(desk, make_request):
    make_request()
    assert desk.get(LIST).status_code == 401


def test_every_read_is_written_down(make_bearer, make_request):
    first, _second = make_request(), make_request()
    row, token = make_bearer()
    get(token, language="en", limit=1)
    get(token, f"{LIST}/{first.reference}")
    get(token, f"{LIST}/QH-0000-0000")
    one, many = AccessRecord.objects.filter(way=Way.API).order_by("-pk")
    assert (many.via, many.count, many.filters) == (f"token {row.prefix}", 1, {"language": ["en"], "limit": ["1"]})
    assert (one.submission, one.count) == (first, 1)


@pytest.mark.parametrize("ground", ["own", "partner"])
def test_the_number_of_queries_does_not_grow(make_bearer, make_request, page, ground, django_assert_num_queries):
    _, token = make_bearer(ground)
    client = Client()

    def read():
        return client.get(LIST, headers={"Authorization": f"Bearer {token}"})

    make_request("handover", "news")
    read()
    for number in (1, 9):
        for _ in range(number):
            request = make_request("handover", "news")
            Submission.objects.filter(pk=request.pk).update(article=builders.article(page.get_parent().specific))
        # The token, its use, its limit; requests, consents, their events, what stands; the record of the reading.
        with django_assert_num_queries(8):
            assert len(read().json()["requests"]) > number
