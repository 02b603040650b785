"""Is what is kept free of the person who asked first, and is what is a person's never kept?"""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.wsgi import get_wsgi_application
from django.test import Client, RequestFactory
from wagtail.models import Locale, PageViewRestriction

from qianhai_site.pagecache.door import PageCache
from qianhai_site.pagecache.opting_in import PAGES, VIEWS, make_public
from qianhai_site.pagecache.showing import recording
from qianhai_site.pagecache.store import LIST
from tests import builders
from tests.site.pagecache.standing_in import Site, before_the_real_site

pytestmark = pytest.mark.django_db

ODD = {
    "HTTP_ACCEPT_LANGUAGE": "zh-hant",
    "HTTP_COOKIE": "django_language=zh-hans; csrftoken=mine",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_FOR": "6.6.6.6",
    "HTTP_REFERER": "http://evil.example/",
    "HTTP_USER_AGENT": "evil",
    "HTTP_IF_NONE_MATCH": '"evil"',
    "HTTP_RANGE": "bytes=0-1",
    "REMOTE_ADDR": "6.6.6.6",
}


@pytest.fixture
def site() -> Iterator[Site]:
    with before_the_real_site(keeps_pages=True) as site:
        yield site


def test_whoever_asks_first_leaves_nothing_behind(site):
    article = builders.article()
    for path in (article.url, "/", "/latest/", "/search/", "/robots.txt", "/sitemap.xml", "/feeds/all.rss"):
        oddly = site.ask(path, "utm_source=evil", **ODD)
        assert oddly[0] == "200 OK", path
        assert b"evil" not in oddly[2]
        site.store.clear()
        # Right after something changed, no date is told.
        oddly[1].pop("last-modified", None)
        assert site.ask(path)[1:] == oddly[1:]
        assert len(site.store) == 1, path


def test_every_view_that_is_named_exists_and_is_kept(site):
    article = builders.article()
    partner = article.sponsor
    paths = {
        "feed_all": "/feeds/all.json",
        "feed_partners": f"/feeds/partners/{partner.slug}.atom",
        "search": "/search/",
        "search_suggestions": "/search/suggestions/",
        "sitemap": "/sitemap.xml",
        "sitemap_part": "/sitemaps/articles-0.xml",
        "robots": "/robots.txt",
    }
    assert paths.keys() | {"feed_topics"} == VIEWS.keys()
    for path in paths.values():
        assert "s-maxage=1" in site.ask(path)[1]["cache-control"]
    assert len(site.store) == len(paths)
    assert "partners.brochurerequestpage" not in PAGES


def test_a_form_a_private_page_and_an_error_are_not_kept(site):
    form = builders.request_page()
    hidden = builders.article()
    PageViewRestriction.objects.create(
        page=hidden, restriction_type=PageViewRestriction.PASSWORD, password="open sesame"
    )
    for path in (form.url, hidden.url, "/no-such-page/", "/admin/", "/health/live"):
        site.ask(path)
    assert len(site.store) == 0
    hidden.view_restrictions.all().delete()
    site.cache._personal.clear()
    site.ask(hidden.url)
    assert len(site.store) == 1


def test_somebody_who_is_logged_in_neither_fills_nor_reads_the_store(site):
    article = builders.article()
    client = Client()
    client.force_login(User.objects.create_superuser("editor", "editor@example.com", "x"))
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    assert site.ask(article.url, HTTP_COOKIE=cookies)[0] == "200 OK"
    assert len(site.store) == 0
    first = site.body(article.url)
    type(article).objects.filter(pk=article.pk).update(standfirst="Only the database knows")
    assert b"Only the database knows" not in site.body(article.url)
    assert b"Only the database knows" in site.body(article.url, HTTP_COOKIE=cookies)
    assert site.body(article.url) == first


def test_an_answer_knows_what_it_shows(site):
    partner = builders.partner()
    article, other = builders.article(parent=partner), builders.article(parent=partner)
    site.ask(article.url)
    entry = site.store.get(site.cache._key_of({**_get(article.url)}))
    shown = {"site", f"list:{article.locale_id}", f"key:{article.translation_key}"}
    shown |= {f"page:{page.pk}" for page in (article, other, partner, builders.home())}
    assert shown <= entry.tags


def test_the_test_client_and_whoever_stands_behind_no_cache_see_no_difference(client):
    article = builders.article()
    answer = client.get(article.url, headers={"X-Custom": "1"})
    assert answer.status_code == 200
    assert answer.wsgi_request.META["HTTP_X_CUSTOM"] == "1"


def test_the_site_is_served_through_it(settings):
    from qianhai_site.pagecache.door import cached

    settings.PAGE_CACHE = True
    assert isinstance(cached(get_wsgi_application()), PageCache)


def _get(path: str) -> dict[str, str]:
    from tests.site.pagecache.standing_in import asked

    return asked(path)


@pytest.mark.parametrize("path", ["/feeds/all.rss", "/feeds/all.atom", "/feeds/all.json"])
@pytest.mark.parametrize("keeps_pages", [True, False], ids=["pages", "parts-alone"])
def test_who_has_a_feed_is_not_sent_it_again_whatever_is_kept(path, keeps_pages):
    builders.article()
    with before_the_real_site(keeps_pages=keeps_pages) as site:
        status, headers, body = site.ask(path)
        assert (status, bool(body)) == ("200 OK", True)
        for had in ({"HTTP_IF_NONE_MATCH": headers["etag"]}, {"HTTP_IF_MODIFIED_SINCE": headers["last-modified"]}):
            status, _headers, body = site.ask(path, **had)
            assert (status, body) == ("304 Not Modified", b"")


@pytest.mark.parametrize("named", [set(), {"list:70"}])
def test_lists_are_those_of_the_active_language_and_those_that_are_named(named):
    request, own = RequestFactory().get("/"), f"list:{Locale.objects.get(language_code='en').pk}"
    with recording() as showing:
        make_public(request, frozenset(named))
    assert {tag for tag in showing.tags if tag.startswith(LIST)} == {own, *named}
