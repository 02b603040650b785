"""partners/articles/own_addresses.py: a link to an article that was typed has its label, as a chosen one has."""

from html import escape
from importlib import import_module
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import translation
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, PageViewRestriction, ReferenceIndex
from wagtail.rich_text import expand_db_html

from home.models import StandardPage
from partners.articles.feeds.full_text import full_texts
from partners.search.entry import SearchEntry
from partners.search.indexing import index_missing, index_page
from tests import builders
from tests.partners.articles.test_links_in_text import texts_as_a_reader_sees

pytestmark = pytest.mark.django_db

LABELLED = "Paid content · Tidewater Robotics: here"


def link(href: str, words: str = "here") -> str:
    return f'<a href="{escape(href)}">{words}</a>'


def shown(href: str) -> str:
    """Return the words that stand for a link to `href` in a stored text."""
    return BeautifulSoup(expand_db_html(link(href)), "html.parser").get_text()


def led_to(href: str) -> str | None:
    """Return where a link to `href` in a stored text leads."""
    found = BeautifulSoup(expand_db_html(link(href)), "html.parser").a
    return found.get("href") if found else None


def standing(*body: Any) -> StandardPage:
    page = StandardPage(title="What we read", slug="reading", locale=builders.home().locale, body=list(body))
    builders.home().add_child(instance=page)
    return page


@pytest.fixture
def article() -> Any:
    return builders.article()


@pytest.mark.parametrize(
    "written",
    [
        "{site}{path}",
        "{path}",
        "{path}?utm_source=x&y=1#part",
        "{path}#part",
        "{bare}",
        "{site}{bare}?x=1",
        "HTTP://LOCALHOST:8000{path}",
        "https://127.0.0.1{path}",
        "https://testserver{path}",
        "//127.0.0.1{path}",
        "\\\\127.0.0.1{path}",
        "https:{path}",
        " {path} ",
        "{site}//{path}",
        "{site}/latest/..{path}",
        "{site}/./%70artners/{rest}",
    ],
)
def test_however_it_is_written_a_link_to_an_article_begins_with_its_label(article, written):
    path = article.url
    site = settings.SITE_URL.rstrip("/")
    href = written.format(site=site, path=path, bare=path.rstrip("/"), rest=path.removeprefix("/partners/"))
    assert shown(href) == LABELLED
    assert led_to(href) == href


@pytest.mark.parametrize(
    "href",
    [
        "https://elsewhere.example/partners/",
        "mailto:a@b.example",
        "tel:+85212345678",
        "#part",
        "/feeds/all.rss",
        "/search/?q=port",
        "/documents/1/x.pdf",
        "/media/images/x.jpg",
        "/latest/?kind=paid",
        "/",
    ],
)
def test_what_is_no_article_stays_as_it_was_written(article, href):
    assert expand_db_html(link(href)) == link(href)


@pytest.mark.parametrize(
    "href", ["/partners/nobody/", "/en/partners/", "partners/x/", "../x/", "?x=1", "/partners/\x00/", "/x%00/"]
)
def test_a_link_to_nothing_leads_nowhere_until_something_stands_there(href):
    assert expand_db_html(link(href)) == "<a>here</a>"


def test_what_comes_to_stand_there_is_labelled(article):
    href = f"{article.sponsor.url}later/"
    assert led_to(href) is None
    builders.article(article.sponsor, slug="later")
    assert shown(href) == LABELLED


def test_a_redirect_is_followed_to_its_article(article):
    site = builders.default_site()
    Redirect.add_redirect("/post/old", redirect_to=article, site=site)
    Redirect.add_redirect("/前海/舊.html?id=7", redirect_to="/post/old/", site=None)
    Redirect.add_redirect("/third", redirect_to=f"{settings.SITE_URL}/前海/舊.html?id=7", site=site)
    for href in ("/post/old", "/post/old/?q=1", "/前海/舊.html?id=7", "/%E5%89%8D%E6%B5%B7/舊.html?id=7", "/third/"):
        assert shown(href) == LABELLED
        # By itself: what comes to stand at the old address is another page.
        assert led_to(href) == article.url


def test_redirects_that_arrive_at_no_page_keep_to_where_they_lead():
    Redirect.add_redirect("/a", redirect_to="/b")
    Redirect.add_redirect("/b", redirect_to="/a")
    Redirect.add_redirect("/c", redirect_to="https://elsewhere.example/")
    Redirect.add_redirect("/d", redirect_to="/feeds/all.rss")
    assert [led_to(href) for href in ("/a", "/c", "/d")] == [None, "https://elsewhere.example/", "/feeds/all.rss"]


def test_an_article_that_moved_is_labelled_at_its_old_address(article, django_capture_on_commit_callbacks):
    before = article.url
    with django_capture_on_commit_callbacks(execute=True):
        article.slug = "renamed"
        article.save_revision().publish()
    assert shown(before) == LABELLED


def test_an_address_of_another_language_leads_to_that_one_and_is_labelled_as_it_is(article):
    locale = Locale.objects.get(language_code="zh-hant")
    partner = builders.partner("潮汐", "zh-hant", translation_key=article.sponsor.translation_key)
    chinese = builders.article(partner, "港口", translation_key=article.translation_key, locale=locale)
    assert chinese.url.startswith("/zh-hant/")
    assert shown(chinese.url) == "Paid content · 潮汐: here"
    with translation.override("zh-hant"):
        assert shown(article.url) == "付費內容 · Tidewater Robotics：here"
        assert led_to(article.url) == article.url


def test_a_language_without_a_home_page_shows_what_the_sites_own_has(article, client):
    builders.home("zh-hant").unpublish()
    href = f"/zh-hant{article.url}"
    assert client.get(href).status_code == 200
    with translation.override("en"):
        assert shown(href) == LABELLED


@pytest.mark.parametrize("why", ["draft", "private"])
def test_what_nobody_may_see_is_not_named_by_more(article, why):
    if why == "draft":
        article.unpublish()
    else:
        kind = PageViewRestriction.LOGIN
        PageViewRestriction.objects.create(page=article.get_parent(), restriction_type=kind)
    assert expand_db_html(link(article.url)) == link(article.url)


def test_a_link_of_an_article_to_itself_needs_no_label(client, article):
    article.body = [("paragraph", f"<p>{link(article.full_url + '#x')}</p>")]
    article.save_revision().publish()
    assert not BeautifulSoup(client.get(article.url).content, "html.parser").select("a > .link-label")


def test_chosen_and_typed_links_of_all_texts_are_looked_up_by_one_query(article, django_assert_num_queries):
    others = [builders.article(builders.partner(f"Partner {number}")) for number in range(3)]
    chosen = f'<a id="{article.pk}" linktype="page">x</a>'
    page = standing(*[("paragraph", f"<p>{link(other.url)}{link(other.full_url)}{chosen}</p>") for other in others])
    page = StandardPage.objects.get(pk=page.pk)
    builders.default_site().get_site_root_paths()
    with django_assert_num_queries(1):
        texts = texts_as_a_reader_sees(page)
    assert sum(text.count("Paid content") for text in texts) == 9


def test_a_feed_names_it_so(article):
    Redirect.add_redirect("/post/old", redirect_to=article)
    hrefs = [article.full_url, article.url, "/post/old", "/nothing/", "nothing/"]
    other = builders.article(builders.partner("Hoists"), body=[("paragraph", "".join(map(link, hrefs)))])
    ((_, html),) = full_texts([other], "en")
    links = BeautifulSoup(html, "html.parser").find_all("a")
    assert [(found.get_text(), found.get("href")) for found in links] == [
        *[(LABELLED, article.full_url)] * 3,
        *[("here", None)] * 2,
    ]


def test_what_pages_say_of_themselves_names_it_so(client, article):
    home = builders.home()
    home.introduction = f"<p>Begin {link(article.full_url)}.</p>"
    home.save_revision().publish()
    head = BeautifulSoup(client.get("/").content, "html.parser").head
    told = {tag["content"] for tag in head.select("meta[name$=description], meta[property$=description]")}
    assert told == {f"Begin {LABELLED}."}


def test_an_extract_names_it_so(client, article):
    Redirect.add_redirect("/前海/舊.html", redirect_to=article)
    html = f"<p>Of quokkas {link(article.full_url)}, {link('/前海/舊.html')} and {link('https://x.example/')}.</p>"
    page = standing(("paragraph", html))
    index_missing()
    soup = BeautifulSoup(client.get("/search/", {"q": "quokkas"}).content, "html.parser")
    (hit,) = [hit for hit in soup.select(".hit") if hit.find("a")["href"] == page.url]
    assert " ".join(hit.find(class_="hit__extract").get_text().split()) == (
        f"Of quokkas {LABELLED}, {LABELLED} and here."
    )


def test_texts_that_are_indexed_already_are_indexed_anew():
    html = f"<p>{link('/latest/')}</p>"
    page = standing(("paragraph", "<p>plain</p>"))
    article = builders.article(body=[("paragraph", html)])
    plain = builders.article(article.sponsor, "Plain")
    for each in (page, article, plain):
        index_page(each.pk)
    with connection.cursor() as cursor:
        cursor.execute(import_module("partners.migrations.0045_addresses_in_searched_texts").LOOK_AGAIN)
    again = SearchEntry.objects.filter(published_at__year=1970).values_list("pk", flat=True)
    assert set(again) == {page.pk, article.pk}


def test_a_typed_address_is_no_reference():
    article = builders.article()
    page = standing(("paragraph", f"<p>{link(article.url)}</p>"))
    ReferenceIndex.create_or_update_for_object(page)
    assert not ReferenceIndex.get_references_to(article).filter(object_id=page.pk).exists()


def test_a_partner_has_no_website_on_this_site(client, article):
    partner = builders.partner("Hoists")
    partner.website = article.full_url
    with pytest.raises(ValidationError, match="own website"):
        partner.full_clean()
    # What is stored already is not shown.
    type(partner).objects.update(website=article.full_url)
    assert article.full_url not in client.get(partner.url).content.decode()


def test_the_admins_preview_shows_the_label(admin_client, article):
    page = standing(("paragraph", f"<p>{link(article.full_url)}</p>"))
    page.save_revision()
    response = admin_client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert LABELLED in BeautifulSoup(response.content, "html.parser").get_text()
