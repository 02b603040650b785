"""An article that is in a campaign, and the clock by which the campaign ends."""

from datetime import timedelta

import pytest
from django.db.models import Value
from django.utils import timezone

from partners.articles import clock
from tests import builders

TITLE = "Lorries of the autumn"


@pytest.fixture
def partner():
    return builders.partner(slug="tidewater")


@pytest.fixture
def campaign(partner):
    return builders.campaign(partner)


@pytest.fixture
def article(partner, campaign):
    builders.article(partner, title="Without a campaign")
    return builders.article(partner, title=TITLE, partner_campaign=campaign)


@pytest.fixture
def wait(monkeypatch):
    """Move the clock by which readers are answered."""

    def later(**by):
        moment = timezone.now() + timedelta(**by)
        monkeypatch.setattr(clock, "database_now", lambda: Value(moment))

    return later
