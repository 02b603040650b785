"""The admin's own lists ask the database as often for twenty rows as for two."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale

from partners.articles.partner_page import PartnerPage
from partners.articles.topics import Topic
from partners.brochures.consent_wording import ConsentWording
from partners.submissions.partner_viewer import PartnerViewer
from tests import builders

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 20
# The state of the mail is asked once in some seconds, whichever page comes then.
BY_THE_CLOCK = re.compile(r"min\(created_at\) FROM partners_outgoingmessage WHERE closed_at IS NULL")


def campaigns(numbers: range) -> str:
    """Add campaigns, each of another partner; return the address of their list."""
    for number in numbers:
        builders.campaign(builders.partner(f"Partner {number}"), name=f"Campaign {number}")
    return reverse("wagtailsnippets_partners_partnercampaign:list")


def topics(numbers: range) -> str:
    """Add topics; return the address of their list."""
    for number in numbers:
        Topic.objects.create(
            name=f"Topic {number}", slug=f"topic-{number}", locale=Locale.objects.get_for_language("en")
        )
    return reverse("wagtailsnippets_partners_topic:list")


def partner_viewers(numbers: range) -> str:
    """Tie users with different rights to a partner; return the address of the ties."""
    partner = PartnerPage.objects.first() or builders.partner()
    groups = [None, *Group.objects.filter(name__in=["Submission admins", "Editors"]).order_by("name")]
    for number in numbers:
        user = User.objects.create_user(f"viewer-{number}", is_active=number % 4 != 0)
        if group := groups[number % len(groups)]:
            user.groups.add(group)
        PartnerViewer.objects.create(user=user, partner=partner)
    return reverse("partner_viewers:index")


def wordings(numbers: range) -> str:
    """Add versions of a consent, by different users; return the address of their list."""
    last = ConsentWording.objects.filter(purpose="news", language="en").count()
    for number in numbers:
        ConsentWording.objects.create(
            purpose="news",
            language="en",
            text=f"Send me news, wording {number}.",
            version=1000 + last + number,
            created_by=User.objects.create_user(f"lawyer-{number}"),
        )
    return reverse("consent_wordings:index")


def articles(numbers: range) -> str:
    """Add articles of one partner; return the address at which an editor finds them."""
    partner = PartnerPage.objects.filter(title="Of the articles").first() or builders.partner("Of the articles")
    for number in numbers:
        builders.article(partner, f"Article {number}")
    return reverse("wagtailadmin_explore", args=[partner.pk])


def partners(numbers: range) -> str:
    """Add partners; return the address at which an editor finds them."""
    for number in numbers:
        builders.partner(f"Partner {number}")
    return reverse("wagtailadmin_explore", args=[builders.partner_index().pk])


@pytest.fixture
def somebody() -> Client:
    """A superuser, who sees every column and every link."""
    client = Client()
    client.force_login(User.objects.create_superuser("somebody", password=None))
    return client


@pytest.mark.parametrize(
    "add", [campaigns, topics, partner_viewers, wordings, articles, partners], ids=lambda add: add.__name__
)
def test_a_list_of_many_rows_asks_as_often_as_one_of_few(somebody: Client, add: Callable[[range], str]) -> None:
    def asked(url: str) -> list[str]:
        # What is kept from the first time on is kept for few and for many.
        somebody.get(url)
        with CaptureQueriesContext(connection) as caught:
            answer = somebody.get(url)
        assert answer.status_code == 200
        asked = [query["sql"] for query in caught.captured_queries]
        return [sql for sql in asked if not BY_THE_CLOCK.search(sql)]

    few = asked(add(range(FEW)))
    many = asked(add(range(FEW, MANY)))
    assert len(many) <= len(few), "\n".join(many)
