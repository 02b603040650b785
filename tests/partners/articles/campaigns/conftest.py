"""An article that is in a campaign, and the clock by which the campaign ends."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import builders

TITLE = "Lorries of the autumn"


@pytest.fixture(scope="module")
def kept_partner(rows_kept):
    return builders.partner(slug="tidewater")


@pytest.fixture
def partner(db, kept_partner):
    return deepcopy(kept_partner)


@pytest.fixture(scope="module")
def kept_campaign(kept_partner):
    return builders.campaign(kept_partner)


@pytest.fixture
def campaign(db, kept_campaign):
    return deepcopy(kept_campaign)


@pytest.fixture(scope="module")
def kept_article(kept_partner, kept_campaign):
    builders.article(kept_partner, title="Without a campaign")
    return builders.article(kept_partner, title=TITLE, partner_campaign=kept_campaign)


@pytest.fixture
def article(db, kept_article):
    return deepcopy(kept_article)


@pytest.fixture
def wait(set_database_clock):
    """Move the clock by which readers are answered."""

    def later(**by):
        set_database_clock(timezone.now() + timedelta(**by))

    return later
