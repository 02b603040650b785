"""What the tests of feeds share."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import builders
from tests.partners.articles.feeds.reader import topic


@pytest.fixture(scope="module")
def kept_full(rows_kept):
    """A paid article with everything in it that a feed carries."""
    made = builders.article(
        title="Cranes",
        disclosure="paid_by_partner",
        hero_image=builders.image(size=(1600, 900)),
        hero_alt="A crane at dusk",
        first_published_at=timezone.now() - timedelta(days=3),
        last_published_at=timezone.now() - timedelta(days=2),
        body=[
            ("paragraph", '<p>See <a href="https://elsewhere.example/x">them</a> and <a href="#top">above</a>.</p>'),
            (
                "image",
                {"image": builders.image(), "caption": "The quay"},
            ),
        ],
    )
    made.topics = [topic()]
    made.save()
    return made


@pytest.fixture
def full(db, kept_full):
    return deepcopy(kept_full)
