"""The page, its files and the panel on the home: for whom, how many queries, and the same numbers everywhere."""

import csv
import io

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partners.articles.reads import ArticleReads
from partners.brochures.brochure import Brochure
from partners.submissions.partner_viewer import PartnerViewer
from tests import builders
from tests.partners.submissions.conftest import client_of, set_state, user_in
from tests.partners.submissions.handovers import viewer

pytestmark = pytest.mark.django_db

NAMES = ["requests", "reads", "conversion", "brochures", "articles", "languages", "outcomes", "times"]
URL = reverse("figures")


@pytest.fixture(autouse=True)
def _nothing_remembered():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def partner():
    return builders.partner("Tidewater Robotics")


@pytest.fixture
def article(partner):
    return builders.article(partner, title="A port that drives itself")


@pytest.fixture
def asked(make_submission, partner, article):
    """Three requests at one partner, two of them over its article that was read five times; one at another."""
    for place in range(3):
        own = {"article": article, "article_title": article.title} if place else {}
        set_state(make_submission(partner=partner, partner_title=partner.title, **own), "sent")
    set_state(make_submission(language="zh-hant"), "failed")
    row = {"article": article, "language": "en", "article_title": article.title, "partner": partner.pk}
    ArticleReads.objects.create(day=timezone.localdate(), reads=5, openings=3, **row)


def page(client, query=""):
    response = client.get(URL + query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").find(id="main")


def tiles(soup):
    return {
        it.dt.get_text(strip=True): it.dd.get_text(strip=True) for it in soup.select(".figures-tiles")[0].select("div")
    }


def table(soup, name):
    section = soup.find("section", attrs={"aria-labelledby": f"plot-{name}"})
    return [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in section.select("tbody tr")]


def file(client, name, ending, query=""):
    return client.get(reverse("figures_file", args=[name, ending]) + query)


def cells(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_page_says_what_there_was(desk, asked):
    soup = page(desk)
    told = tiles(soup)
    assert told["Requests"] == "4"
    assert told["Reads of articles"] == "5"
    assert told["Requests for each read"] == "40.0%"
    assert told["Letters accepted by the mail server"] == "75.0%"
    assert told["Letters that came back"] == "0.0%"
    assert table(soup, "conversion") == [["A port that drives itself", "English", "5", "3", "2", "40.0%"]]
    assert table(soup, "articles") == [["A port that drives itself", "2"], ["The form's own page", "2"]]
    assert table(soup, "languages") == [["English", "3"], ["繁體中文", "1"]]
    assert table(soup, "outcomes") == [["Accepted by the mail server", "3"], ["Failed", "1"]]
    assert len(table(soup, "requests")) == 30
    assert table(soup, "requests")[-1][1] == "4"


def test_each_plot_has_its_table_and_is_named(desk, asked):
    soup = page(desk, "?days=7")
    for name in NAMES:
        section = soup.find("section", attrs={"aria-labelledby": f"plot-{name}"})
        heading = section.find(id=f"plot-{name}").get_text(strip=True)
        assert section.svg.title.text == heading
        assert section.table.caption.get_text(strip=True) == heading
        assert {th["scope"] for th in section.table.thead.select("th")} == {"col"}
        assert {row.th["scope"] for row in section.table.tbody.select("tr")} == {"row"}


def test_an_empty_site_has_a_page(desk):
    soup = page(desk)
    assert tiles(soup)["Requests for each read"] == "–"
    assert soup.svg is None or not soup.select(".figures-plot svg")
    assert "Nothing in these days." in soup.text


def test_the_mail_stands_beside_for_whoever_sees_all(desk, asked):
    assert "No worker is running" in page(desk).text


@pytest.mark.parametrize("query", ["?days=7", "?days=90", "?from=2026-01-01&to=2026-11-30"])
def test_the_period_goes_with_every_link(desk, asked, query):
    soup = page(desk, query)
    links = [a["href"] for a in soup.select("a[download]")]
    assert len(links) == len(set(links)) >= 2
    for link in links:
        assert desk.get(link).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_csv_holds_the_table_and_png_is_a_picture(desk, asked, name):
    shown = table(page(desk), name)
    answer = file(desk, name, "csv")
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{name}-20')
    head, *rows = cells(answer)
    assert [row[0] for row in rows] == [row[0] for row in shown]
    assert len(head) == len(rows[0])
    assert file(desk, name, "png").content.startswith(b"\x89PNG")


def test_csv_gives_parts_as_numbers(desk, asked):
    assert cells(file(desk, "conversion", "csv"))[1][2:] == ["5", "3", "2", "0.4000"]


def test_no_title_opens_as_a_formula(desk, make_submission):
    formula = '=HYPERLINK("https://elsewhere.example","x")'
    make_submission(sent=False)
    Brochure.objects.update(title=formula)
    assert cells(file(desk, "brochures", "csv"))[1][0] == "'" + formula


def test_titles_are_words_and_never_markup(desk, make_submission):
    title = "</title><script>alert(1)</script>"
    make_submission(brochure_title=title, article_title=title, sent=False)
    Brochure.objects.update(title=title)
    html = desk.get(URL).content.decode()
    assert "<script>alert(1)" not in html
    assert table(page(desk), "brochures")[0][0] == title
    assert file(desk, "brochures", "png").status_code == 200


def test_who_sees_nothing_is_refused_everywhere(editor, client, asked):
    for url in (
        URL,
        reverse("figures_file", args=["requests", "csv"]),
        reverse("figures_file", args=["requests", "png"]),
    ):
        assert editor.get(url).status_code == 302
        assert client.get(url).status_code == 302
    home = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert URL not in home
    assert "figures-tiles" not in home


def test_auditors_see_none(asked):
    auditor = user_in("Auditors", username="auditor")
    assert client_of(auditor).get(URL).status_code == 302


def test_no_other_plot_and_no_other_kind_of_file(desk):
    assert file(desk, "passwords", "csv").status_code == 404
    assert desk.get("/admin/figures/requests.svg", follow=True).status_code == 404


def test_a_partner_viewer_sees_the_own_partners_figures_and_not_the_mail(asked, partner):
    ann = client_of(viewer("ann", partner))
    soup = page(ann)
    assert tiles(soup)["Requests"] == "3"
    assert tiles(soup)["Reads of articles"] == "5"
    assert "These are the figures of the partners that you look after." in soup.text
    assert "Mail now" not in soup.text
    assert table(soup, "languages") == [["English", "3"]]
    assert cells(file(ann, "outcomes", "csv"))[1:] == [["Accepted by the mail server", "3"]]
    home = ann.get(reverse("wagtailadmin_home"))
    assert URL in home.content.decode()
    assert tiles(BeautifulSoup(home.content, "html.parser"))["Requests"] == "3"
    PartnerViewer.objects.all().delete()
    assert tiles(page(ann))["Requests"] == "0"


def test_a_viewer_of_one_partner_sees_nothing_of_another(asked):
    bob = client_of(viewer("bob", builders.partner("Elsewhere")))
    soup = page(bob)
    assert tiles(soup)["Requests"] == tiles(soup)["Reads of articles"] == "0"
    for name in NAMES:
        assert b"A port that drives itself" not in file(bob, name, "csv").content


def test_the_home_shows_a_week(desk, asked):
    response = desk.get(reverse("wagtailadmin_home"))
    soup = BeautifulSoup(response.content, "html.parser")
    assert tiles(soup)["Requests"] == "4"
    assert soup.find("a", href=URL)
    assert soup.select(".figures-plot svg")
    assert "css/figures.css" in response.content.decode()


@pytest.mark.parametrize("name", ["figures", "wagtailadmin_home"])
def test_queries_do_not_grow_with_what_there_is(desk, asked, make_submission, partner, name):
    desk.get(reverse(name))

    def queries():
        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            desk.get(reverse(name))
        return len(caught)

    before = queries()
    for number in range(12):
        set_state(
            make_submission(partner=partner, brochure_title=f"B{number}", article_title=f"A{number}"), "delivered"
        )
    assert queries() == before
