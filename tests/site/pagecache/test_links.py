"""Links in texts to articles: what do many of them cost, and is what they say true whichever parts are kept?"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from wagtail.contrib.redirects.models import Redirect

from home.models import StandardPage
from partners.articles.partner_page import PartnerPage
from partners.articles.pictures import make_pictures
from partners.search.indexing import index_missing
from tests import builders
from tests.site.pagecache.standing_in import announced, queries
from tests.site.pagecache.test_rendering import MOST_OF_A_LIST, MOST_OF_AN_ARTICLE

pytestmark = pytest.mark.django_db


CHOSEN, TYPED = '<a id="{page.pk}" linktype="page">', '<a href="{page.url}">'


def linking(pages: Iterable[Any], how: str = CHOSEN) -> list[tuple[str, str]]:
    """Return a body of a paragraph for each of `pages`, with a link to it."""
    return [("paragraph", f"<p>{how.format(page=page)}{page.title}</a></p>") for page in pages]


@pytest.mark.parametrize("how", [CHOSEN, TYPED])
def test_links_to_many_articles_cost_no_more_than_a_page_may(site, articles, how):
    site.body(articles[0].url)
    sponsors = [builders.partner(f"Sponsor {number}") for number in range(8)]
    body = linking((builders.article(sponsor) for sponsor in sponsors), how)
    article = builders.article(articles[0].sponsor, body=body)
    partner = builders.partner("Harbour Hoists", about="".join(html for _kind, html in body))
    standing = StandardPage(title="Read", slug="read", locale=builders.home().locale, body=body)
    home = builders.home()
    home.introduction = partner.about
    home.add_child(instance=standing)
    home.save()
    for page in (partner, *sponsors):
        make_pictures(page.pk)
    for page, most in (
        (article, MOST_OF_AN_ARTICLE),
        (standing, MOST_OF_AN_ARTICLE),
        (partner, MOST_OF_A_LIST),
        (home, MOST_OF_A_LIST),
    ):
        site.store.clear()
        # Of others, all is there.
        for path in (articles[1].url, "/latest/"):
            site.body(path)
        made = queries(site, page.url)
        assert len(made) <= most, "\n".join(made)
        assert site.body(page.url).count(b"link-label") == len(sponsors)
        assert queries(site, page.url) == []


@pytest.mark.parametrize("how", [CHOSEN, TYPED])
def test_a_link_in_a_text_names_its_article_as_it_is_now(site, articles, how):
    linked = builders.article(builders.partner("Tide Works"), publication_date=date(2020, 1, 1))
    article = builders.article(articles[0].sponsor, body=linking([linked], how), publication_date=date(2020, 1, 2))
    standing = StandardPage(title="Read", slug="read", locale=builders.home().locale, body=linking([linked], how))
    home = builders.home()
    home.introduction = standing.body[0].value.source
    home.add_child(instance=standing)
    home.save()
    paths = [("/", ""), (article.url, ""), (standing.url, ""), ("/feeds/all.rss", "")]

    def named(path: str, query: str) -> list[str]:
        html = site.body(path, query).decode()
        texts = (
            [text for text in ElementTree.fromstring(html).itertext() if "</a>" in text] if "<rss" in html else [html]
        )
        links = [a for text in texts for a in BeautifulSoup(text, "html.parser").find_all("a")]
        found = {" ".join(a.get_text().split()) for a in links if a.get("href", "").endswith(linked.url)}
        return sorted(words for words in found if "·" in words or words == linked.title)

    def all_say(words: str) -> None:
        for place in paths:
            assert words in named(*place), place
            # Its own entry in the feed is nothing but a title.
            assert len(named(*place)) == 1, place

    all_say("Paid content · Tide Works: A port that drives itself")
    # Nothing of a list of pages is announced: the links depend on the article alone.
    linked.disclosure = "unpaid_contribution"
    linked.save_revision().publish()
    announced(site, f"page:{linked.pk}", f"key:{linked.translation_key}")
    all_say("Contributed content · Tide Works: A port that drives itself")
    sponsor = PartnerPage.objects.get(pk=linked.sponsor.pk)
    sponsor.title = "Renamed and Sons"
    sponsor.save_revision().publish()
    announced(site, f"page:{sponsor.pk}")
    all_say("Contributed content · Renamed and Sons: A port that drives itself")
    linked.unpublish()
    announced(site, f"page:{linked.pk}", f"key:{linked.translation_key}")
    all_say("A port that drives itself")


def test_a_link_in_a_text_names_a_translation_as_soon_as_there_is_one(site, articles):
    linked = builders.article()
    there = builders.partner("潮汐", "zh-hant", translation_key=linked.sponsor.translation_key)
    article = builders.article(there, "港", body=linking([linked]))
    assert '· <span lang="en">Tidewater Robotics</span>：' in site.body(article.url).decode()
    chinese = builders.article(there, "會行的港", translation_key=linked.translation_key)
    announced(site, f"page:{chinese.pk}", f"key:{chinese.translation_key}")
    assert "· 潮汐：" in site.body(article.url).decode()


@pytest.mark.parametrize("how", [CHOSEN, TYPED])
def test_a_hit_names_the_articles_that_its_text_links_to_as_they_are_now(site, articles, how):
    linked = [builders.article(builders.partner(f"Tide Works {number}")) for number in range(2)]
    for number, article in enumerate(linked):
        standing = StandardPage(title="Read", slug=f"read-{number}", locale=builders.home().locale)
        standing.body = [("paragraph", "<p>Quokkas</p>"), *linking([article], how)]
        builders.home().add_child(instance=standing)
    index_missing()
    site.body("/search/", "q=port")

    def extracts() -> str:
        hits = BeautifulSoup(site.body("/search/", "q=quokkas"), "html.parser").select(".hit__extract")
        return " ".join(" ".join(hit.get_text().split()) for hit in hits)

    # Which pages, those pages (of two tables), their texts, and what these link to.
    assert len(queries(site, "/search/", "q=quokkas")) <= 6
    assert queries(site, "/search/", "q=quokkas")[1:] == []
    assert all(f"Paid content · Tide Works {number}: A port" in extracts() for number in range(2))
    linked[0].disclosure = "unpaid_contribution"
    linked[0].save_revision().publish()
    announced(site, f"page:{linked[0].pk}", f"key:{linked[0].translation_key}")
    assert "Contributed content · Tide Works 0: A port" in extracts()
    sponsor = PartnerPage.objects.get(pk=linked[1].sponsor.pk)
    sponsor.title = "Renamed and Sons"
    sponsor.save_revision().publish()
    announced(site, f"page:{sponsor.pk}")
    assert "Paid content · Renamed and Sons: A port" in extracts()


def test_a_redirect_counts_as_soon_as_it_is_there(site, articles):
    linked = builders.article(builders.partner("Tide Works"))
    html = '<p><a href="/post/old/">old</a></p>'
    article = builders.article(articles[0].sponsor, body=[("paragraph", html)])
    assert "<a>old</a>" in site.body(article.url).decode()
    Redirect.add_redirect("/post/old", redirect_to=linked)
    announced(site, "site")
    assert "· Tide Works: </span>old</a>" in site.body(article.url).decode()


def test_an_address_of_another_page_than_before_is_labelled_by_that_one(site, articles):
    linked = builders.article(builders.partner("Tide Works"))
    article = builders.article(articles[0].sponsor, body=linking([linked], TYPED))
    assert "· Tide Works: </span>" in site.body(article.url).decode()
    path = linked.url
    linked.slug = "moved"
    linked.save_revision().publish()
    other = builders.article(linked.sponsor, slug=path.split("/")[-2], disclosure="unpaid_contribution")
    assert other.url == path
    announced(site, f"page:{linked.pk}", f"key:{linked.translation_key}")
    assert "Contributed content</strong> · Tide Works: </span>" in site.body(article.url).decode()
