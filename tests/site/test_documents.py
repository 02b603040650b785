"""qianhai_site/documents.py: no cache keeps what is for some readers only, and none keeps the rest unasked."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction

from tests import builders

pytestmark = pytest.mark.django_db

PASSWORD = "the tide is high"


@pytest.fixture
def collection() -> Collection:
    return Collection.get_first_root_node().add_child(name="Papers")


def document(collection: Collection, *, digest: bool = True) -> Any:
    file = ContentFile(builders.pdf_bytes(), name="paper.pdf")
    made = get_document_model().objects.create(title="Paper", file=file, collection=collection)
    if digest:
        made._set_document_file_metadata()
        made.save()
        made.file.close()
    return made


def restrict(collection: Collection, kind: str = CollectionViewRestriction.PASSWORD) -> CollectionViewRestriction:
    return CollectionViewRestriction.objects.create(collection=collection, restriction_type=kind, password=PASSWORD)


def let_in(client: Client, restriction: CollectionViewRestriction, url: str) -> None:
    address = f"/documents/authenticate_with_password/{restriction.pk}/"
    assert client.post(address, {"password": PASSWORD, "return_url": url}).status_code == 302


def kept(response: Any) -> set[str]:
    return set(response.headers["Cache-Control"].split(", "))


def test_what_is_open_to_all_is_asked_about_before_each_use(client, collection):
    paper = document(collection)
    response = client.get(paper.url)
    assert response.status_code == 200
    assert response.getvalue() == builders.pdf_bytes()
    assert kept(response) == {"no-cache"}
    known = client.get(paper.url, headers={"If-None-Match": response.headers["ETag"]})
    assert (known.status_code, kept(known)) == (304, {"no-cache"})


@pytest.mark.parametrize("is_above", [False, True], ids=["the-collection", "one-above-it"])
def test_what_a_password_opened_is_kept_nowhere(client, collection, is_above):
    paper = document(collection.add_child(name="Of members") if is_above else collection)
    restriction = restrict(collection)
    form = client.get(paper.url)
    assert b"password" in form.content
    assert {"private", "no-store"} <= kept(form)
    let_in(client, restriction, paper.url)
    response = client.get(paper.url)
    assert response.getvalue() == builders.pdf_bytes()
    assert kept(response) == {"private", "no-store"}
    known = client.get(paper.url, headers={"If-None-Match": response.headers["ETag"]})
    assert (known.status_code, kept(known)) == (304, {"private", "no-store"})


def test_what_is_for_users_is_kept_nowhere(client, admin_client, collection):
    paper = document(collection)
    restrict(collection, CollectionViewRestriction.LOGIN)
    refused = client.get(paper.url)
    assert (refused.status_code, kept(refused)) == (302, {"private", "no-store"})
    response = admin_client.get(paper.url)
    assert response.getvalue() == builders.pdf_bytes()
    assert kept(response) == {"private", "no-store"}


def test_a_collection_that_was_closed_is_closed_to_who_asks_about_what_he_has(client, collection):
    paper = document(collection)
    first = client.get(paper.url)
    assert first.getvalue() == builders.pdf_bytes()
    restrict(collection)
    response = client.get(paper.url, headers={"If-None-Match": first.headers["ETag"]})
    assert response.status_code == 200
    assert b"password" in response.content


def test_a_document_without_a_digest_is_known_by_its_date(client, collection):
    paper = document(collection, digest=False)
    response = client.get(paper.url)
    assert response.getvalue() == builders.pdf_bytes()
    assert "ETag" not in response.headers
    since = {"If-Modified-Since": response.headers["Last-Modified"]}
    assert client.get(paper.url, headers=since).status_code == 304


@pytest.mark.parametrize("number", ["{pk}", "0", "9" * 30])
def test_what_is_not_there_is_not_found(client, collection, number):
    paper = document(collection)
    assert client.get(f"/documents/{number.format(pk=paper.pk)}/another.pdf").status_code == 404
    assert Path(paper.file.path).exists()
