"""partners/submissions/partner_pages.py: what a partner reads of a request, and no more."""

from copy import deepcopy

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.log_actions import log

from partners.brochures.quarantine import RELEASE
from partners.brochures.submission import Submission
from partners.submissions.access_log import AccessRecord, Way
from tests import builders
from tests.partners.submissions.conftest import client_of, set_state
from tests.partners.submissions.handovers import consent, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_partner(rows_kept):
    return builders.partner("Tidewater Robotics")


@pytest.fixture
def partner(db, kept_partner):
    return deepcopy(kept_partner)


@pytest.fixture(scope="module")
def kept_form(kept_partner):
    return builders.request_page(kept_partner)


@pytest.fixture
def form(db, kept_form):
    return deepcopy(kept_form)


@pytest.fixture
def make(form, make_submission):
    """Return a maker of requests whose people agreed to the handover of their names and addresses."""

    def made(kinds=None, **fields):
        submission = make_submission(form_page=form, **fields)
        consent(submission, kinds=kinds)
        return submission

    return made


@pytest.fixture
def ann(partner):
    return client_of(viewer("ann", partner))


def rows(client, query=""):
    response = client.get(reverse("partner_requests_results") + query)
    assert response.status_code == 200
    return [row.reference for row in response.context["object_list"]], response.content.decode()


def main_of(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").find(id="main").get_text(" ").split())


def test_detail_shows_what_the_sentence_names_and_nothing_of_the_desk(ann, make, desk_user):
    article = builders.article(title="A port that drives itself")
    request = make(
        name="Ada Reader",
        email="ada@example.com",
        company="Harbour Works",
        article=article,
        article_title=article.title,
        campaign={"utm_source": "spring-letter"},
        spam_notes=["role_address"],
        answers=[
            {"key": "name", "label": "Your name", "kind": "CharField", "value": "Ada Reader"},
            {"key": "company", "label": "Company", "kind": "CharField", "value": "Harbour Works"},
            {"key": "budget", "label": "Budget", "kind": "CharField", "value": "nine millions"},
        ],
    )
    make(name="Ada Reader", email="ada@example.com", brochure_title="Another of hers")
    set_state(request, "bounced")
    log(instance=request, action=RELEASE, user=desk_user)
    text = main_of(ann.get(reverse("partner_request", args=[request.pk])))
    for part in ("Ada Reader", "ada@example.com", request.reference, request.brochure_title, "English"):
        assert part in text
    assert request.consents.get().text in text
    assert "2 more answers are not shown" in text
    for part in (
        *("Harbour Works", "nine millions", "Budget", "spring-letter", article.title, "Another of hers"),
        *("Mei Lam", "Came back", "Timeline", "History", "Resend", "Links", "Released"),
    ):
        assert part not in text


def test_list_shows_only_what_is_named_newest_first(ann, make):
    make(name="Ada Reader", email="ada@example.com", company="Harbour Works")
    make(name="Bo Chen", email="bo@example.com", kinds="e-mail address")
    references, html = rows(ann)
    assert references == ["QH-TEST-0002", "QH-TEST-0001"]
    for part in ("Ada Reader", "ada@example.com", "bo@example.com"):
        assert part in html
    for part in ("Bo Chen", "Harbour Works", "Resend", "/brochure-requests/", "Waiting to be sent"):
        assert part not in html
    assert rows(ann, "?ordering=created_at")[0] == ["QH-TEST-0001", "QH-TEST-0002"]
    assert rows(ann, "?ordering=company")[0] == ["QH-TEST-0002", "QH-TEST-0001"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ada", ["QH-TEST-0001"]),
        ("QH-TEST-0002", ["QH-TEST-0002"]),
        ("bo@example", ["QH-TEST-0002"]),
        ("陳", ["QH-TEST-0003"]),
        ("doing business", ["QH-TEST-0003", "QH-TEST-0002", "QH-TEST-0001"]),
        # Not named, so not found by: an empty list would otherwise tell.
        ("Harbour", []),
        ("Chen", []),
        ("ada bo@example", []),
    ],
)
def test_search_finds_by_what_is_shown_alone(ann, make, query, found):
    make(name="Ada Reader", email="ada@example.com", company="Harbour Works")
    make(name="Bo Chen", email="bo@example.com", kinds="e-mail address")
    make(name="陳大文", email="tm@example.com", language="zh-hant")
    assert rows(ann, f"?q={query}")[0] == found


def test_viewer_without_a_tie_is_told_so(ann, make):
    make()
    html = rows(client_of(viewer("bea")))
    assert html[0] == []
    assert "You are not tied to a partner yet" in html[1]
    assert "not tied" not in rows(ann, "?q=nobody")[1]


def test_filters(ann, make):
    make()
    make(language="zh-hans")
    assert rows(ann, "?language=zh-hans")[0] == ["QH-TEST-0002"]
    assert rows(ann, "?created_at_to=2001-01-01")[0] == []


def test_every_look_is_written_down(ann, make):
    request = make()
    make()
    ann.get(reverse("partner_requests"))
    rows(ann, "?q=reader&language=en&_w_filter_fragment=1")
    ann.get(reverse("partner_request", args=[request.pk]))
    seen = AccessRecord.objects.order_by("pk").values_list(
        "user__username", "way", "submission__reference", "filters", "count"
    )
    assert list(seen) == [
        ("ann", Way.LIST, None, {}, 2),
        ("ann", Way.SEARCH, None, {"q": ["reader"], "language": ["en"]}, 2),
        ("ann", Way.DETAIL, request.reference, {}, None),
    ]


def test_menu_leads_partner_viewers_here_and_the_desk_to_the_desk(ann, desk, make):
    make()
    own, of_the_desk = reverse("partner_requests"), reverse("brochure_requests:index")
    home = ann.get(reverse("wagtailadmin_home")).content.decode()
    assert own in home
    assert of_the_desk not in home
    home = desk.get(reverse("wagtailadmin_home")).content.decode()
    assert own not in home
    assert of_the_desk in home


def test_many_rows_cost_as_many_queries_as_one(ann, make):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert ann.get(reverse("partner_requests")).status_code == 200
        return len(queries)

    make()
    rows(ann)
    one = cost()
    for _ in range(9):
        make()
    assert cost() == one
    assert one <= 17


def test_script_in_an_answer_is_text(ann, make):
    request = make(name="<script>alert(1)</script>")
    for response in (
        ann.get(reverse("partner_requests")),
        ann.get(reverse("partner_request", args=[request.pk])),
    ):
        assert "<script>alert(1)" not in response.content.decode()
        assert "&lt;script&gt;alert(1)" in response.content.decode()


def test_page_reads_in_chinese(ann, make, client):
    request = make()
    Submission.objects.filter(pk=request.pk).update(language="zh-hant")
    response = ann.get(reverse("partner_request", args=[request.pk]), headers={"Accept-Language": "zh-hant"})
    assert response.status_code == 200
    assert "繁體中文" in main_of(response)
