"""partners/articles/after_campaign.py and the lists: the clock is moved, and every page looked at again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.cache import get_max_age
from wagtail.contrib.redirects.models import Redirect

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_campaign import Ending, PartnerCampaign
from partners.search.finding import find
from partners.search.indexing import index_missing
from partners.search.lexemes import Narrowing
from partners.search.query import SearchQuery
from tests import builders
from tests.partners.articles.campaigns.conftest import TITLE

pytestmark = pytest.mark.django_db

LISTS = ["/", "/latest/", "/partners/tidewater/", "/feeds/all.json", "/feeds/partners/tidewater.atom"]


def naming(client):
    return {address for address in LISTS if TITLE in client.get(address).content.decode()}


def end(campaign, ending, **fields):
    PartnerCampaign.objects.filter(pk=campaign.pk).update(ending=ending, **fields)


@pytest.mark.parametrize("ending", Ending.values)
def test_until_the_end_nothing_is_different_and_prolonging_brings_everything_back(
    client, article, campaign, wait, ending
):
    end(campaign, ending)
    assert naming(client) == set(LISTS)
    before = client.get(article.url)
    wait(days=2)
    assert "/" not in naming(client)
    campaign.ends_at += timedelta(days=7)
    campaign.save(update_fields=["ends_at"])
    assert naming(client) == set(LISTS)
    again = client.get(article.url)
    assert again.status_code == 200
    assert again.content == before.content
    assert "X-Robots-Tag" not in again.headers


def test_page_that_stays_is_still_listed_but_is_no_latest_post(client, article, wait):
    wait(days=2)
    assert naming(client) == set(LISTS) - {"/", "/latest/"}
    response = client.get(article.url)
    assert response.status_code == 200
    assert b"disclosure__who" in response.content
    assert b"noindex" not in response.content


def test_unlisted_page_keeps_its_label_and_is_named_nowhere(client, article, campaign, wait):
    end(campaign, Ending.UNLISTED)
    wait(days=2)
    assert naming(client) == set()
    response = client.get(article.url)
    assert response.status_code == 200
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert b'<meta name="robots" content="noindex">' in response.content
    assert b"disclosure__who" in response.content


def test_page_that_is_gone_says_so_in_the_site_s_own_words(client, article, campaign, wait):
    end(campaign, Ending.GONE)
    wait(days=2)
    assert naming(client) == set()
    response = client.get(article.url)
    assert response.status_code == 410
    assert b"Its campaign is over" in response.content
    assert response.headers["Cache-Control"] == "max-age=0, s-maxage=0"


def test_page_leads_to_another_in_the_reader_s_language(client, article, campaign, wait):
    target = builders.article(article.sponsor, title="What came next")
    end(campaign, Ending.REDIRECTS, redirect_page=target)
    wait(days=2)
    assert naming(client) == set()
    response = client.get(article.url)
    assert (response.status_code, response.url) == (302, target.url)
    assert response.headers["Cache-Control"] == "max-age=0, s-maxage=0"


def test_page_leads_to_an_address_of_the_site(client, article, campaign, wait):
    end(campaign, Ending.REDIRECTS, redirect_address="/search/?q=port")
    wait(days=2)
    assert client.get(article.url).url == "/search/?q=port"


@pytest.mark.parametrize("target", ["nothing", "itself", "its own address", "unpublished", "gone"])
def test_destination_that_leads_nowhere_is_replaced_by_the_partner(client, article, campaign, wait, target):
    if target == "itself":
        end(campaign, Ending.REDIRECTS, redirect_page=article)
    elif target == "its own address":
        end(campaign, Ending.REDIRECTS, redirect_address=f"{article.url}?again=1")
    elif target == "unpublished":
        end(campaign, Ending.REDIRECTS, redirect_page=builders.article(article.sponsor, live=False))
    elif target == "gone":
        gone = builders.campaign(article.sponsor, ending=Ending.GONE)
        end(campaign, Ending.REDIRECTS, redirect_page=builders.article(article.sponsor, partner_campaign=gone))
    else:
        end(campaign, Ending.REDIRECTS)
    wait(days=2)
    assert client.get(article.url).url == article.sponsor.url


@pytest.mark.parametrize(
    "written",
    [
        "{url}",
        "{url}?again=1",
        "{url}#part",
        "{bare}",
        "{parent}./{slug}/",
        "{parent}elsewhere/../{slug}/",
        "{parent}%{code:x}{rest}/",
    ],
)
@pytest.mark.parametrize("of", ["itself", "another that leads back"])
def test_an_address_that_leads_in_a_circle_is_replaced_by_the_partner(client, article, campaign, wait, of, written):
    target = article
    if of != "itself":
        other = builders.campaign(article.sponsor, ending=Ending.REDIRECTS, redirect_address=article.url)
        target = builders.article(article.sponsor, partner_campaign=other)
    parent = article.sponsor.url
    address = written.format(
        url=target.url,
        bare=target.url.rstrip("/"),
        parent=parent,
        slug=target.slug,
        code=ord(target.slug[0]),
        rest=target.slug[1:],
    )
    end(campaign, Ending.REDIRECTS, redirect_address=address)
    wait(days=2)
    assert client.get(article.url).url == parent


def test_a_circle_through_another_language_is_none(client, article, campaign, wait):
    there = builders.partner("潮汐", "zh-hant", translation_key=article.sponsor.translation_key)
    chinese = builders.article(
        there, "港", slug="港口", translation_key=article.translation_key, partner_campaign=campaign
    )
    assert chinese.url.startswith("/zh-hant/")
    end(campaign, Ending.REDIRECTS, redirect_address=chinese.url)
    wait(days=2)
    assert client.get(article.url).url == article.sponsor.url
    assert client.get(chinese.url).url == there.url


@pytest.mark.parametrize("leads_to", ["page", "address", "each other"])
def test_a_circle_through_a_former_address_is_none(client, article, campaign, wait, leads_to):
    end(campaign, Ending.REDIRECTS, redirect_address="/old/?x=1")
    wait(days=2)
    assert client.get(article.url).url == "/old/?x=1"
    if leads_to == "page":
        Redirect.objects.create(old_path="/old", redirect_page=article)
    elif leads_to == "address":
        Redirect.objects.create(old_path="/old", redirect_link=article.url)
    else:
        Redirect.objects.create(old_path="/old", redirect_link="/older/")
        Redirect.objects.create(old_path="/older", redirect_link="/old/")
    assert client.get(article.url).url == article.sponsor.url


@pytest.mark.parametrize("leads_to", ["page", "other site"])
def test_a_former_address_that_leads_somewhere_is_followed(client, article, campaign, wait, leads_to):
    other = builders.article(article.sponsor)
    target = {"redirect_page": other} if leads_to == "page" else {"redirect_link": "https://elsewhere.example/"}
    Redirect.objects.create(old_path="/old", **target)
    end(campaign, Ending.REDIRECTS, redirect_address="/old/")
    wait(days=2)
    assert client.get(article.url).url == "/old/"


@pytest.mark.parametrize("is_live", [True, False])
def test_an_address_of_a_page_is_led_to_while_that_is_published(client, article, campaign, wait, is_live):
    other = builders.article(article.sponsor, live=is_live)
    end(campaign, Ending.REDIRECTS, redirect_address=other.url)
    wait(days=2)
    assert client.get(article.url).url == (other.url if is_live else article.sponsor.url)


@pytest.mark.parametrize("address", ["/", "/zh-hant/", "/latest/?topic=ports", "/feeds/all.rss"])
def test_other_addresses_of_the_site_are_led_to(client, article, campaign, wait, address):
    end(campaign, Ending.REDIRECTS, redirect_address=address)
    wait(days=2)
    assert client.get(article.url).url == address


@pytest.mark.parametrize("ending", Ending.values)
def test_nothing_else_changes(client, partner, article, campaign, wait, ending):
    other = builders.article(builders.partner("Another", slug="another"), title="Another article")
    form = builders.request_page(partner)
    addresses = [other.url, "/partners/another/", "/partners/", "/feeds/partners/another.rss"]

    def seen():
        return [client.get(address).content for address in addresses], form_of(client, form.url)

    end(campaign, ending)
    # The only list of the other pages that could name it has newer ones.
    for number in range(5):
        builders.article(partner, title=f"Newer {number}", publication_date=timezone.localdate())
    before = seen()
    wait(days=2)
    assert seen() == before


def form_of(client, address):
    """Return the form without what is made anew for each visitor."""
    html = client.get(address).content.decode()
    assert "data-brochure-request" in html
    return re.sub(r'name="(key|csrfmiddlewaretoken)"\s+value="[^"]+"|data-started="[^"]*"', "", html)


def test_lists_cost_no_query_more_and_other_articles_none(client, article, campaign, wait, django_assert_num_queries):
    plain = PartnerArticlePage.objects.get(title="Without a campaign")
    with django_assert_num_queries(0):
        assert plain.campaign_over is None
    with django_assert_num_queries(2):  # of which one asks what is private
        list(PartnerArticlePage.objects.listed().newest_first()[:12])
    with django_assert_num_queries(1):
        assert article.campaign_over is None
        assert not article.is_unlisted


def test_search_names_what_lists_name(article, campaign, wait):
    index_missing()

    def found():
        return find(SearchQuery.of("autumn"), article.locale_id, Narrowing(), today=timezone.localdate()).pages

    assert found() == [article.pk]
    wait(days=2)
    assert found() == [article.pk]
    end(campaign, Ending.UNLISTED)
    assert found() == []


def test_no_cache_is_told_to_keep_an_article(client, article):
    """Its campaign may end, or be prolonged."""
    for address in [article.url, *LISTS]:
        response = client.get(address)
        assert "Expires" not in response.headers
        assert get_max_age(response) == 0, address
