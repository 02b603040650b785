"""paging.py, newest.py, feeds/reading.py: what is counted though nobody may read it ends no list."""

from datetime import date

import pytest

from partners.articles.article_count import CountedArticle
from partners.articles.article_page import PartnerArticlePage
from partners.articles.paging import END
from tests import builders
from tests.partners.articles.test_paging import walk

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_articles(rows_kept):
    """Thirty articles, of which nobody may read the second, the twelfth and the twentieth, counted as if one could."""
    parent = builders.partner(slug="tidewater")
    articles = [builders.article(parent, publication_date=date(2026, 1, 31 - number)) for number in range(30)]
    hidden = [articles[number].pk for number in (1, 11, 19)]
    counted = list(CountedArticle.objects.filter(pk__in=hidden))
    PartnerArticlePage.objects.filter(pk__in=hidden).update(live=False)
    assert not CountedArticle.objects.filter(pk__in=hidden).exists()
    CountedArticle.objects.bulk_create(counted)
    return articles, [article.pk for article in articles if article.pk not in hidden]


@pytest.mark.parametrize("address", ["/latest/", "/latest/?year=2026", "/partners/tidewater/"])
def test_a_list_goes_on_behind_it(client, kept_articles, address):
    _articles, shown = kept_articles
    forwards, addresses = [], [address]
    for url in addresses:
        context = client.get(url).context
        forwards += [one.pk for one in context["part"].articles]
        if "older" in context["neighbours"]:
            addresses.append(address.partition("?")[0] + context["neighbours"]["older"])
    assert forwards == shown
    assert len(addresses) == 3


def test_so_does_the_way_back(client, kept_articles):
    _articles, shown = kept_articles
    parts = walk(client, f"/latest/?before={END.cursor}", "newer")
    assert [pk for part in reversed(parts) for pk in part] == shown


def test_the_newest_lead_to_those_behind(client, kept_articles):
    articles, shown = kept_articles
    PartnerArticlePage.objects.filter(pk__in=shown[9:]).delete()
    for path, count in (("/", 7), (articles[0].url, 4)):
        context = client.get(path).context
        named = [one.pk for one in [*filter(None, [context.get("lead")]), *context["latest"]]]
        assert named == [pk for pk in shown if pk != articles[0].pk or path == "/"][:count]
        assert context["further"]


def test_a_feed_goes_on_behind_it(client, kept_articles):
    articles, shown = kept_articles
    first = client.get("/feeds/all.json").json()
    following = client.get(first["next_url"]).json()
    titles = [one["url"].rpartition("/article-")[2] for one in (*first["items"], *following["items"])]
    assert titles == [article.slug.removeprefix("article-") + "/" for article in articles if article.pk in shown]
