"""partners/articles/pictures.py: renditions are there before a reader asks."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.images.models import Rendition

from partners.articles.pictures import MAKE_PICTURES_TASK, make_pictures
from tests import builders

pytestmark = pytest.mark.django_db


def test_publishing_queues_the_pictures():
    article = builders.article(live=False, hero_image=builders.image(), hero_decorative=True)
    article.save_revision().publish()
    jobs = ProcrastinateJob.objects.filter(task_name=MAKE_PICTURES_TASK)
    assert [job.args for job in jobs] == [{"page_id": article.pk}]


def test_no_reader_waits_for_a_rendition(client):
    article = builders.article(hero_image=builders.image(size=(1920, 1080)), hero_decorative=True)
    make_pictures(article.pk)
    made = Rendition.objects.count()
    assert made > 0
    for path in (article.url, "/"):
        assert client.get(path).status_code == 200
    assert Rendition.objects.count() == made


def test_article_that_is_gone_needs_nothing():
    draft = builders.article(live=False, hero_image=builders.image(), hero_decorative=True)
    make_pictures(draft.pk)
    make_pictures(0)
    assert not Rendition.objects.exists()
