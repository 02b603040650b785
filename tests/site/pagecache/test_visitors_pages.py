"""Are forms and thank-yous made of kept parts, with nothing of one visitor in what another is shown?"""

import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.utils import timezone

from home.models import SiteDetails
from partners.brochures import request_page
from partners.brochures.adding_wording import add_wording
from partners.brochures.request_page import BrochureRequestPage
from partners.brochures.submission import Submission
from partners.keeping import keep_with
from partners.renditions.making import make
from partners.renditions.uses import specs_of
from qianhai_site.pagecache.store import SITE
from tests import builders
from tests.site.pagecache.standing_in import Site, announced, queries, tags_of_page

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def page(articles) -> BrochureRequestPage:
    """Give a form that asks for consents, for a brochure that has a cover, on a site with a contact."""
    page = BrochureRequestPage.objects.get()
    page.consent_news = True
    page.save()
    page.brochure.summary = "Forty pages on the tides"
    page.brochure.cover = builders.image("A cover", size=(400, 560))
    page.brochure.save()
    make(page.brochure.cover, specs_of("cover"))
    details = SiteDetails.for_site(builders.default_site())
    details.contact_email = "desk@example.com"
    details.save()
    return page


class Visitor:
    """One who opens the form of a page by `query`, and may send it."""

    def __init__(self, site: Site, page: BrochureRequestPage, query: str = "") -> None:
        self.site, self.page = site, page
        status, headers, body = site.ask(page.url, query)
        assert status == "200 OK"
        self.html, self.cookie = body.decode(), headers["set-cookie"].partition(";")[0]
        inputs = BeautifulSoup(self.html, "html.parser")("input", type="hidden")
        self.hidden = {one["name"]: one.get("value", "") for one in inputs}

    def send(self, **typed: str) -> tuple[str, dict[str, str], str]:
        """Return what the answer to the form is."""
        data = urlencode({**self.hidden, **typed}).encode()
        body: dict[str, Any] = {"CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(len(data)), "wsgi.input": io.BytesIO(data)}
        status, headers, answer = self.site.ask(self.page.url, "", "POST", HTTP_COOKIE=self.cookie, **body)
        return status, headers, answer.decode()

    def thanked(self, **typed: str) -> tuple[str, str]:
        """Send the form, and return the path of the thank-you and what it shows."""
        status, headers, _answer = self.send(**typed)
        assert status.startswith("303")
        return headers["location"], self.site.body(headers["location"]).decode()


def kept(site: Site) -> str:
    """Return all markup that the process keeps."""
    parts = site.store._parts.entries.items()
    return "\n".join(str(part.content) for key, part in parts if key.sort in {"own", "markup"})


def without_what_is_his(html: str) -> str:
    html = re.sub(r'(name="(?:csrfmiddlewaretoken|key|consent_shown)"\s+value=")[^"]+', r"\1", html)
    return re.sub(r"QH-\w{4}-\w{4}|thanks/[\w-]+/", "", html)


def test_a_form_is_shown_again_without_a_query(site, page):
    shown = Visitor(site, page)
    assert "Forty pages on the tides" in shown.html
    assert 'name="consent_news"' in shown.html
    for query in ("", "utm_source=letter", "anything=1"):
        assert queries(site, page.url, query) == []


def test_a_thank_you_asks_for_its_request_alone(site, page):
    path, html = Visitor(site, page).thanked(name="Reader", email="reader@example.com")
    assert "desk@example.com" in html
    assert Submission.objects.get().reference in html
    [query] = queries(site, path)
    assert "partners_submission" in query


def test_a_refused_form_is_made_of_parts_too(site, page, django_assert_max_num_queries):
    Visitor(site, page).send(name="Reader", email="reader@")
    again = Visitor(site, page)
    with django_assert_max_num_queries(0):
        status, _headers, html = again.send(name="Reader", email="reader@")
    assert status.startswith("422")
    assert "Not sent yet" in html
    assert 'value="reader@"' in html


def test_it_is_what_is_shown_where_nothing_is_kept(site, page):
    """The first visitor, of whom parts are made, the second, who gets them, and one of whom nothing is kept."""
    article = page.get_parent().get_children().exclude(pk=page.pk).first()
    for query in ("", f"article={article.pk}&utm_source=letter"):
        forms, refused, thanks = [], [], []
        for keeper in (site.cache.parts, site.cache.parts, None):
            keep_with(keeper)
            visitor = Visitor(site, page, query)
            forms.append(without_what_is_his(visitor.html))
            refused.append(without_what_is_his(visitor.send(name="Reader", email="reader@")[2]))
            thanks.append(without_what_is_his(visitor.thanked(name="Reader", email="reader@example.com")[1]))
        for shown in (forms, refused, thanks):
            assert shown[0] == shown[1] == shown[2]
        assert forms[0] != refused[0]
        assert len(kept(site)) > 10_000


def test_a_closed_form_is_what_is_shown_where_nothing_is_kept(site, page, set_database_clock):
    article = page.get_parent().get_children().exclude(pk=page.pk).first().specific
    article.partner_campaign = builders.campaign(page.get_parent().specific)
    article.save()
    visitors = [Visitor(site, page, f"article={article.pk}") for _ in range(2)]
    set_database_clock(timezone.now() + timedelta(days=2))
    announced(site, SITE)
    shown = []
    for keeper in (site.cache.parts, site.cache.parts, None):
        keep_with(keeper)
        html = site.body(page.url, f"article={article.pk}").decode()
        late = visitors[0].send(name="Reader", email="reader@example.com")[2]
        assert "This offer has ended" in html
        assert "reader@example.com" in late
        shown.append((html, late))
    assert shown[0] == shown[1] == shown[2]


def test_nothing_of_a_visitor_is_kept(site, page):
    his = {"name": "Sesame Open", "email": "open.sesame@example.com", "company": "Forty & Thieves"}
    came_by = "article=4711&utm_source=cavern&utm_campaign=lamp"
    visitor = Visitor(site, page, came_by)
    refused = visitor.send(**his | {"email": "sesame@"}, consent_news="yes")[2]
    path, thanks = visitor.thanked(**his, consent_news="yes")
    reference, token = Submission.objects.get().reference, path.rstrip("/").rpartition("/")[2]
    secret = visitor.cookie.partition("=")[2]
    # It was there: on his own pages.
    for shown, words in ((visitor.html, ("4711", "cavern")), (refused, ("Sesame Open",)), (thanks, (reference, token))):
        assert all(word in shown for word in words)
    others = Visitor(site, page).html + kept(site)
    words = ("Sesame", "sesame", "Thieves", "4711", "cavern", "lamp", reference, token, secret, visitor.hidden["key"])
    for word in (*words, visitor.hidden["csrfmiddlewaretoken"]):
        assert word not in others, word
    assert not BeautifulSoup(others, "html.parser").find("input", {"name": "consent_news", "checked": True})


def test_each_visitor_has_keys_of_his_own(site, page):
    one, other = Visitor(site, page), Visitor(site, page)
    for name in ("key", "csrfmiddlewaretoken"):
        assert one.hidden[name]
        assert one.hidden[name] != other.hidden[name]
    assert one.cookie != other.cookie
    assert {visitor.thanked(name=f"Reader {n}", email=f"r{n}@example.com")[0] for n, visitor in enumerate([one, other])}
    assert Submission.objects.count() == 2


def test_the_language_switch_leads_each_visitor_to_his_own(site, page):
    chinese = page.copy_for_translation(builders.home("zh-hant").locale, copy_parents=True)
    chinese.save_revision().publish()
    announced(site, SITE)
    for query in ("article=7&utm_source=a%26b", "article=8", ""):
        html = BeautifulSoup(Visitor(site, page, query).html, "html.parser")
        links = {a["hreflang"]: a["href"] for a in html.find("ul", class_="languages")("a")}
        address = f"{settings.SITE_URL}{chinese.url}"
        assert links["zh-hant"] == (f"{address}?{query}" if query else address)
    path, thanks = Visitor(site, page).thanked(name="Reader", email="reader@example.com")
    html = BeautifulSoup(thanks, "html.parser")
    own = path.removeprefix(page.url)
    assert [a["href"] for a in html.find("ul", class_="languages")("a")][:2] == [
        f"{settings.SITE_URL}{page.url}{own}",
        f"{settings.SITE_URL}{chinese.url}{own}",
    ]


@pytest.mark.parametrize(
    ("change", "tags", "words"),
    [
        ("submit_label", "page", "Send it over"),
        ("title", "page", "Ask us for it"),
        ("summary", SITE, "Fifty pages"),
        ("question", "page", "Favourite tide"),
        ("wording", SITE, "Letters about tides, now and then"),
    ],
)
def test_what_an_editor_changes_is_in_the_next_form(site, page, change, tags, words):
    assert words not in Visitor(site, page).html
    if change == "summary":
        page.brochure.summary = words
        page.brochure.save()
    elif change == "question":
        page.request_fields.first().__class__.objects.filter(page=page, clean_name="company").update(label=words)
    elif change == "wording":
        add_wording("news", "en", words)
    else:
        setattr(page, change, words)
        page.save_revision().publish()
    announced(site, *(tags_of_page(page) if tags == "page" else (tags,)))
    assert words in Visitor(site, page).html


def test_what_changes_while_a_form_is_made_is_not_kept(site, page, monkeypatch):
    """The page was loaded before the change, and is shown after it, this once."""

    def show(*asked: Any) -> Any:
        BrochureRequestPage.objects.filter(pk=page.pk).update(heading="Newer words")
        announced(site, *tags_of_page(page))
        return shown(*asked)

    shown = request_page.show_form
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(request_page, "show_form", show)
        assert "Newer words" not in Visitor(site, page).html
    assert "Newer words" in Visitor(site, page).html


def test_a_new_article_is_below_the_next_thank_you(site, page):
    path, html = Visitor(site, page).thanked(name="Reader", email="reader@example.com")
    assert "Eels at the lock" not in html
    article = builders.article(page.get_parent().specific, "Eels at the lock")
    announced(site, *tags_of_page(article))
    assert b"Eels at the lock" in site.body(path)


def test_of_a_host_that_nobody_vouches_for_nothing_is_kept(site, page, settings):
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, ".example.net"]
    _status, _headers, body = site.ask(page.url, HTTP_HOST="made-up.example.net")
    assert b"brochure-request" in body
    assert "made-up" not in kept(site)


def test_a_session_is_shown_nothing_that_is_kept(site, page):
    Visitor(site, page)
    page.heading = "Newer words"
    page.save()
    status, _headers, body = site.ask(page.url, HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}=x")
    assert status == "200 OK"
    assert b"Newer words" in body
