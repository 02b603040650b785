"""partners/brochures/link.py and views.py: who may open a file, and what everybody else sees."""

import re
import statistics
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from partners.brochures.link import BrochureLink
from tests import builders
from tests.partners.brochures.conftest import expire, fetch, path

pytestmark = pytest.mark.django_db

FORGED = f"/brochures/{uuid.uuid4().hex}.{'A' * 43}/"


def without_token(html):
    """Return a page without the hidden field that differs in every answer, and that it has one."""
    page, count = re.subn(rb'<input type="hidden" name="csrfmiddlewaretoken" value="\w+">', b"", html)
    assert count == 1
    return page


def test_link_gives_the_file_byte_for_byte(client, link, content):
    response = fetch(client, path(link))
    assert response.status_code == 200
    assert response.body == content
    assert response.headers["Content-Type"] == "application/pdf"


def test_link_gives_the_version_that_was_asked_for(client, link, content):
    builders.add_file(link.brochure_file.brochure, builders.pdf_bytes(9, "newer"))
    assert fetch(client, path(link)).body == content


def test_link_can_be_followed_often_and_by_head(client, link):
    for _ in range(3):
        head = client.head(path(link))
        assert head.status_code == 200
        assert head.headers["Content-Length"] == str(link.brochure_file.size)
        assert fetch(client, path(link)).status_code == 200
    assert client.put(path(link)).status_code == 405


@pytest.mark.parametrize("method", ["get", "head"])
def test_every_answer_stays_out_of_caches_search_and_referers(client, link, method):
    answers = [getattr(client, method)(address) for address in (path(link), FORGED, "/brochures/fresh-link/")]
    answers.append(client.post(FORGED))
    for answer in answers:
        b"".join(answer)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert [answer.status_code for answer in answers] == [200, 404, 200, 303]


def test_expired_revoked_wrong_and_lost_answer_alike(client, link):
    wrong = client.get(FORGED)
    expire(link)
    expired = client.get(path(link))
    BrochureLink.objects.update(expires_at=timezone.now() + timedelta(days=1), revoked_at=timezone.now())
    revoked = client.get(path(link))
    BrochureLink.objects.update(revoked_at=None)
    Path(link.brochure_file.file.path).unlink()
    lost = client.get(path(link))
    answers = [wrong, expired, revoked, lost]
    assert {answer.status_code for answer in answers} == {404}
    assert len({without_token(answer.content) for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("accepted", "language", "words"),
    [
        ("", "en", "Send me a fresh link"),
        ("fr,de;q=0.5", "en", "Send me a fresh link"),
        ("zh-TW,zh;q=0.9", "zh-hant", ""),
        ("zh-HK", "zh-hant", ""),
        ("zh-CN,en;q=0.5", "zh-hans", ""),
        ("en;q=0.5,zh-Hans", "zh-hans", ""),
    ],
)
def test_page_is_in_the_visitors_language(client, accepted, language, words):
    for address in (FORGED, "/brochures/fresh-link/"):
        answer = client.get(address, headers={"Accept-Language": accepted})
        html = answer.content.decode()
        assert f'<html lang="{language}">' in html
        assert answer.headers["Content-Language"] == language
    assert words in client.get(FORGED, headers={"Accept-Language": accepted}).content.decode()


@pytest.mark.measured
def test_wrong_expired_and_revoked_take_alike_time(client, link, capsys):
    """Each is asked for in turn, so that whatever else this machine does falls on all of them."""
    others = []
    for change in ({"expires_at": timezone.now() - timedelta(days=1)}, {"revoked_at": timezone.now()}):
        others.append(BrochureLink.objects.create(submission=link.submission, brochure_file=link.brochure_file))
        BrochureLink.objects.filter(pk=others[-1].pk).update(**change)
    addresses = {"wrong": FORGED, "expired": path(others[0]), "revoked": path(others[1]), "unsigned": "/brochures/x/"}
    times = {name: [] for name in addresses}
    for _ in range(120):
        for name, address in addresses.items():
            started = time.perf_counter()
            assert client.get(address).status_code == 404
            times[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(taken) * 1000 for name, taken in times.items()}
    with capsys.disabled():
        print("\n404 in ms, medians of 120:", {name: round(median, 2) for name, median in medians.items()})
    assert max(medians.values()) < 2 * min(medians.values())


def test_the_database_is_asked_the_same_for_each(client, link, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked = []
    client.get(FORGED)
    for prepare in (lambda: None, lambda: expire(link)):
        prepare()
        for address in (FORGED, "/brochures/x/", *([path(link)] if asked else [])):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            asked.append([re.sub(r"'[^']*'", "?", query["sql"]) for query in queries])
    assert all(queries == asked[0] for queries in asked)
    assert any("brochurelink" in query for query in asked[0])


def test_unsigned_key_is_not_enough(client, link):
    assert client.get(f"/brochures/{link.key.hex}/").status_code == 404
    assert client.get(f"/brochures/{link.key.hex}.{'A' * 43}/").status_code == 404


def test_button_is_refused_without_the_pages_token_and_taken_with_it(link):
    expire(link)
    client = Client(enforce_csrf_checks=True)
    assert client.post(path(link)).status_code == 403
    html = client.get(path(link)).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)[1]
    answer = client.post(path(link), {"csrfmiddlewaretoken": token}, follow=True)
    assert answer.redirect_chain == [("/brochures/fresh-link/", 303)]
    assert "If this link was ever valid" in answer.content.decode()


def test_stored_name_has_no_address(client, link):
    name = link.brochure_file.file.name
    assert "Qianhai" not in name
    addresses = (f"/media/{name}", f"/media/images/../../private/{name}", f"/{name}", f"/documents/{name}")
    for address in addresses:
        assert client.get(address, follow=True).status_code in {400, 404}
    with pytest.raises(ValueError, match="no address of its own"):
        _ = link.brochure_file.file.url
