"""partners/articles/partner_page.py: who is listed, and what of theirs."""

import pytest
from wagtail.models import PageViewRestriction

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
    assert context["part"].articles == [shown]
    assert context["forms"] == [form]


def test_articles_of_a_partner_go_on_to_a_second_page(client):
    partner = builders.partner()
    articles = [builders.article(partner) for _ in range(13)]
    first = client.get(partner.url).context
    second = client.get(partner.url + first["neighbours"]["older"]).context
    assert [*first["part"].articles, *second["part"].articles] == articles[::-1]
    assert "older" not in second["neighbours"]


def test_empty_partner_answers(client):
    partner = builders.partner(logo=None, live=False)
    partner.live = True
    partner.save(clean=False)  # from a time before the logo was needed
    assert client.get(partner.url).status_code == 200
