"""partners/articles/partner_page.py: who is listed, and what of theirs."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from partners.articles.paging import END, Listed
from partners.articles.partner_campaign import Ending, PartnerCampaign
from tests import builders

pytestmark = pytest.mark.django_db


def make_private(page):
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


@pytest.mark.parametrize("path", ["/", "/partners/"])
def test_partners_stand_by_name_without_withdrawn_private_and_foreign_ones(client, path):
    for name in ("Wharf", "Anchor"):
        builders.partner(name)
    builders.partner("Withdrawn", live=False)
    builders.partner("Foreign", language="zh-hant")
    make_private(builders.partner("Private"))
    assert [partner.title for partner in client.get(path).context["partners"]] == ["Anchor", "Wharf"]


def test_partner_shows_its_own_published_articles_and_open_forms(client):
    partner, other = builders.partner(), builders.partner()
    shown, form = builders.article(partner), builders.request_page(partner)
    builders.article(partner, live=False)
    builders.article(other)
    builders.request_page(partner, live=False)
    make_private(builders.request_page(partner))
    make_private(builders.article(partner))
    context = client.get(partner.url).context
    assert [article.pk for article in context["part"].articles] == [shown.pk]
    assert context["forms"] == [form]


def test_articles_of_a_partner_go_on_to_a_second_page(client):
    partner = builders.partner()
    articles = [builders.article(partner) for _ in range(13)]
    first = client.get(partner.url).context
    second = client.get(partner.url + first["neighbours"]["older"]).context
    shown = [*first["part"].articles, *second["part"].articles]
    assert [article.pk for article in shown] == [article.pk for article in articles[::-1]]
    assert "older" not in second["neighbours"]


def test_a_page_is_what_a_plain_query_finds_whatever_part_is_asked_for(client):
    """Also of what campaigns have left in lists, and of one day."""
    partner, now = builders.partner(), timezone.now()
    campaigns = [builders.campaign(partner, ending=ending) for ending in (Ending.STAYS, Ending.UNLISTED)]
    for number in range(30):
        builders.article(
            partner,
            publication_date=date(2025, 1, 1 + number // 4),
            partner_campaign=[None, *campaigns][number % 3],
            live=number % 7 > 0,
        )
    PartnerCampaign.objects.update(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1))
    everything = [Listed(*row) for row in partner.get_articles().values_list("pk", "publication_date")]
    assert len(everything) > 12
    shown, query = [], ""
    while query is not None:
        context = client.get(partner.url + query).context
        shown += context["part"].articles
        query = context["neighbours"].get("older")
    assert shown == everything
    last = client.get(f"{partner.url}?before={END.cursor}").context["part"]
    assert last.articles == everything[-12:]


def test_a_part_is_looked_for_in_what_is_counted(client):
    partner = builders.partner()
    with CaptureQueriesContext(connection) as made:
        client.get(f"{partner.url}?before={END.cursor}")
    (asked,) = [one["sql"] for one in made if "partners_countedarticle" in one["sql"]]
    assert "LIMIT 13" in asked.partition("partners_countedarticle")[2]


def test_empty_partner_answers(client):
    partner = builders.partner(logo=None, live=False)
    partner.live = True
    partner.save(clean=False)  # from a time before the logo was needed
    assert client.get(partner.url).status_code == 200


def test_a_name_keeps_its_direction_to_itself(client):
    page = builders.partner("שותף הנמל!", "zh-hant")
    soup = BeautifulSoup(client.get(page.url).content, "html.parser")
    assert [named.get_text() for named in soup.select("#articles bdi, .feed-link bdi")] == [page.title] * 2
