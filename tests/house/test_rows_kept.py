"""tests/conftest.py, rows_kept: what a file makes once is there for each of its tests, whole, and for no other."""

import pytest

from partners.articles.topics import Topic
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_topic(rows_kept):
    return Topic.objects.create(name="Kept", slug="kept", locale=builders.home().locale)


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_test_does_to_it_is_undone(kept_topic, turn):
    assert [topic.name for topic in Topic.objects.all()] == ["Kept"]
    Topic.objects.update(name="Changed")
    Topic.objects.create(name="Another", slug="another", locale_id=kept_topic.locale_id)


def test_who_wants_none_of_it_finds_none():
    assert not Topic.objects.exists()
