"""partners/brochures/link.py and views.py: who may open a file."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from partners.brochures.intake import accept_request
from partners.brochures.link import BrochureLink
from tests import builders
from tests.partners.brochures.test_intake import make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def content():
    return builders.pdf_bytes(3, "for the link")


@pytest.fixture
def link(content):
    page = builders.request_page(of=builders.brochure(content=content))
    return accept_request(make_request(page)).links.get()


def fetch(client, address):
    """Return the answer to a GET with its whole body read, which closes the file."""
    response = client.get(address)
    response.body = b"".join(response.streaming_content)
    return response


def path(link):
    return link.url.removeprefix("http://127.0.0.1:8000")


def test_link_gives_the_file_byte_for_byte(client, link, content):
    response = fetch(client, path(link))
    assert response.status_code == 200
    assert response.body == content
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_link_gives_the_version_that_was_asked_for(client, link, content):
    builders.add_file(link.brochure_file.brochure, builders.pdf_bytes(9, "newer"))
    assert fetch(client, path(link)).body == content


def test_link_can_be_followed_often_and_by_head(client, link):
    for _ in range(3):
        head = client.head(path(link))
        for close in head._resource_closers:
            close()
        assert head.status_code == 200
        assert fetch(client, path(link)).status_code == 200
    assert client.post(path(link)).status_code == 405


def test_expired_revoked_and_wrong_links_answer_alike(client, link):
    wrong = client.get(f"/brochures/{uuid.uuid4().hex}.forged/")
    BrochureLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expired = client.get(path(link))
    BrochureLink.objects.update(expires_at=timezone.now() + timedelta(days=1), revoked_at=timezone.now())
    revoked = client.get(path(link))
    assert wrong.status_code == expired.status_code == revoked.status_code == 404
    assert wrong.content == expired.content == revoked.content


def test_unsigned_key_is_not_enough(client, link):
    assert client.get(f"/brochures/{link.key.hex}/").status_code == 404
    assert client.get(f"/brochures/{link.key.hex}.{'A' * 43}/").status_code == 404


def test_stored_name_has_no_address(client, link):
    name = link.brochure_file.file.name
    assert "Qianhai" not in name
    addresses = (f"/media/{name}", f"/media/images/../../private/{name}", f"/{name}", f"/documents/{name}")
    for address in addresses:
        assert client.get(address, follow=True).status_code in {400, 404}
    with pytest.raises(ValueError, match="no address of its own"):
        _ = link.brochure_file.file.url
