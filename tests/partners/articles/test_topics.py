"""partners/articles/topics.py: one slug a language, and a reader's own words."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Locale

from partners.articles.topics import Topic
from tests import builders

pytestmark = pytest.mark.django_db


def topic(language="en", **fields):
    return Topic(**{"name": "Ports", "slug": "ports", "locale": Locale.objects.get(language_code=language), **fields})


def test_slug_is_refused_twice_in_a_language_and_free_in_another():
    topic().save()
    with pytest.raises(ValidationError, match="Another topic"):
        topic(name="Harbours").full_clean()
    topic("zh-hant").full_clean()
    Topic.objects.get().full_clean()


def test_article_shows_its_topics_in_its_own_language(client):
    english = topic()
    english.save()
    chinese = english.copy_for_translation(Locale.objects.get(language_code="zh-hant"))
    chinese.name = "港口"
    chinese.save()
    article = builders.article(builders.partner(language="zh-hant"))
    article.topics.add(english)
    article.save()
    html = client.get(article.url).content.decode()
    assert "港口" in html
    assert "Ports" not in html
