"""partners/search/linked_words.py: an article that a text links to is named with its label in what a hit shows."""

from importlib import import_module

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from wagtail.models import PageViewRestriction

from home.models import PartnerContentPage, StandardPage
from partners.search.entry import SearchEntry
from partners.search.indexing import index_missing, index_page
from partners.search.linked_words import LinkedWords, read_marks, with_marks, without_marks
from tests import builders

pytestmark = pytest.mark.django_db

TITLE = "A port that drives itself"


def link(page, words=TITLE):
    return f'<a id="{page.pk}" linktype="page">{words}</a>'


def extract_of(client, page, words):
    """Return what the search shows of the text of `page`."""
    index_missing()
    soup = BeautifulSoup(client.get(page.get_parent().url + "search/", {"q": words}).content, "html.parser")
    (hit,) = [hit for hit in soup.select(".hit") if hit.find("a")["href"] == page.url]
    return " ".join(hit.find(class_="hit__extract").get_text().split())


def standing(*body, language="en"):
    home = builders.home(language)
    page = StandardPage(title="What we read", slug="reading", locale=home.locale, body=list(body))
    home.add_child(instance=page)
    return page


def test_marks_are_read_as_they_are_written():
    html = '<p>See <a id="12" linktype="page">the <b>port</b></a>, <a linktype="page" id="7">this</a>.</p>'
    marked = with_marks(html).replace("<b>", "").replace("</b>", "").removeprefix("<p>").removesuffix("</p>")
    assert read_marks(marked) == ("See the port, this.", [LinkedWords(4, 12, 12), LinkedWords(14, 18, 7)])
    assert without_marks(marked) == "See the port, this."


@pytest.mark.parametrize(
    "html", ["<p>No link</p>", '<a href="https://x.example/?linktype=page">x</a>', '<a linktype="page" id="x">x</a>']
)
def test_what_leads_to_no_page_is_as_it_was(html):
    assert with_marks(html) == html


@pytest.mark.parametrize("kept", range(1, 14))
def test_marks_that_were_cut_off_say_nothing_wrong(kept):
    whole = with_marks('See <a id="12" linktype="page">port</a>.')
    text, links = read_marks(whole[:kept])
    assert "See port.".startswith(text)
    assert {found.begins for found in links} <= {4}
    assert all(found.ends <= len(text) for found in links)


def test_words_are_found_across_the_edges_of_a_link():
    linked = builders.article()
    page = standing(("paragraph", f"<p>前海{link(linked, '港口')}金融 and har{link(linked, 'bour')}</p>"))
    index_page(page.pk)
    entry = SearchEntry.objects.get(pk=page.pk)
    # Pairs of neighbours, simplified.
    assert all(f"'{pair}'" in entry.vector for pair in ("前海", "海港", "港口", "口金", "金融"))
    assert "'harbour'" in entry.vector


def test_every_text_of_a_hit_names_an_article_with_label_and_sponsor(client):
    article = builders.article()
    page = standing(
        ("paragraph", f"<p>Read {link(article)} over quokkas.</p>"),
        ("fact_box", {"title": "Facts", "text": f"<p>{link(article, 'This one')} too.</p>"}),
    )
    assert extract_of(client, page, "quokkas") == (
        f"Read Paid content · Tidewater Robotics: {TITLE} over quokkas. Facts · Paid content · Tidewater Robotics: "
        "This one too."
    )


def test_rich_text_of_other_pages_too(client):
    partner = builders.partner("Harbour Hoists", about=f"<p>Quokkas read {link(builders.article())}.</p>")
    index_missing()
    explaining = PartnerContentPage.objects.get(locale=partner.locale)
    explaining.closing = partner.about
    explaining.save_revision().publish()
    index_missing()
    body = BeautifulSoup(client.get("/search/?q=quokkas").content, "html.parser")
    extracts = [" ".join(found.get_text().split()) for found in body.select(".hit__extract")]
    assert len(extracts) == 2
    assert all(f"Quokkas read Paid content · Tidewater Robotics: {TITLE}." in words for words in extracts)


def test_a_hit_never_begins_behind_the_label(client):
    title = "A title of many words, in the middle of which an extract would begin if nothing kept it from it, quokkas"
    page = standing(("paragraph", f"<p>{'Word ' * 60}{link(builders.article(), title)}. {'Word ' * 60}</p>"))
    assert extract_of(client, page, "quokkas").startswith(f"… Paid content · Tidewater Robotics: {title}")


def test_the_label_is_the_one_that_the_article_has_now(client):
    article = builders.article()
    page = standing(("paragraph", f"<p>Quokkas read {link(article)}.</p>"))
    assert "Paid content · Tidewater" in extract_of(client, page, "quokkas")
    article.disclosure = "unpaid_contribution"
    article.save()
    assert "Contributed content · Tidewater" in extract_of(client, page, "quokkas")


@pytest.mark.parametrize("why", ["draft", "private"])
def test_what_nobody_may_see_is_not_named_by_more_than_what_the_editor_wrote(client, why):
    article = builders.article(live=why != "draft")
    if why == "private":
        PageViewRestriction.objects.create(page=article.get_parent(), restriction_type=PageViewRestriction.LOGIN)
    page = standing(("paragraph", f"<p>Quokkas read {link(article, 'that one')}.</p>"))
    assert extract_of(client, page, "quokkas") == "Quokkas read that one."


def test_the_label_is_in_the_language_of_the_text_around_it(client):
    page = standing(("paragraph", f"<p>樹熊讀了{link(builders.article(), '港口')}。</p>"), language="zh-hant")
    assert extract_of(client, page, "樹熊") == "樹熊讀了付費內容 · Tidewater Robotics：港口。"
    english = BeautifulSoup(client.get("/search/?q=樹熊").content, "html.parser")
    assert "付費內容 · Tidewater Robotics：港口" in english.find(class_="hit__extract").get_text()


def test_links_of_many_hits_are_looked_up_by_one_query(client):
    for number in range(5):
        articles = [builders.article(builders.partner(f"Partner {number} {each}")) for each in range(2)]
        page = standing(("paragraph", f"<p>Quokkas read {''.join(map(link, articles))}.</p>"))
        page.slug = f"reading-{number}"
        page.save()
    index_missing()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        body = client.get("/search/?q=quokkas").content.decode()
    assert body.count("Paid content · Partner") == 10
    assert sum("linked_parent" in one["sql"] for one in asked) == 1


def test_entries_of_before_that_may_lack_marks_are_written_again_by_the_sweep():
    plain = builders.article()
    linking = builders.article(plain.sponsor, body=[("paragraph", f"<p>See {link(plain)}.</p>")])
    page = standing(("paragraph", f"<p>See {link(plain)}.</p>"))
    index_missing()
    assert index_missing() == 0
    migration = import_module("partners.migrations.0044_links_in_searched_texts")
    with connection.cursor() as cursor:
        cursor.execute(migration.LOOK_AGAIN)
    behind = SearchEntry.objects.filter(published_at__year=1970).values_list("page", flat=True)
    assert {linking.pk, page.pk, plain.sponsor.pk} <= set(behind)
    assert plain.pk not in behind
    assert index_missing() >= 3
    assert index_missing() == 0


def test_the_level_of_a_heading_is_no_word_of_the_text(client):
    body = [("heading", {"text": "Quokkas", "level": "2"}), ("paragraph", "<p>They smile.</p>")]
    assert extract_of(client, standing(*body, language="zh-hant"), "quokkas") == "Quokkas · They smile."


def test_entries_of_before_with_headings_are_written_again_by_the_sweep():
    plain = builders.article()
    headed = builders.article(plain.sponsor, body=[("heading", {"text": "Quays", "level": "3"})])
    page = standing(("heading", {"text": "Quays", "level": "2"}))
    index_missing()
    with connection.cursor() as cursor:
        cursor.execute(import_module("partners.migrations.0048_names_of_levels_are_not_searched").LOOK_AGAIN)
    behind = set(SearchEntry.objects.filter(published_at__year=1970).values_list("page", flat=True))
    assert {headed.pk, page.pk} <= behind
    assert plain.pk not in behind
