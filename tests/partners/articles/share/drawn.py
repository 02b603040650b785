"""Articles whose share images are drawn as a worker would draw them, without one."""

from django.db import transaction
from PIL import Image as PillowImage
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.articles.article_page import PartnerArticlePage
from partners.articles.share import drawing
from partners.articles.share.share_image import ShareImage
from tests import builders

JOBS = {
    drawing.DRAW_TASK: drawing.draw,
    drawing.PARTNER_TASK: drawing.follow_partner,
    drawing.IMAGE_TASK: drawing.follow_image,
}


def work() -> None:
    """Do what the queue holds about share images, as the worker would."""
    while job := ProcrastinateJob.objects.filter(task_name__in=JOBS).order_by("pk").first():
        args, task = job.args, JOBS[job.task_name]
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
        task(**args)


def fresh(article):
    return PartnerArticlePage.objects.get(pk=article.pk)


def current(article) -> ShareImage:
    return ShareImage.objects.get(article_id=article.pk, superseded_at=None)


def size_of(image: ShareImage) -> tuple[int, int]:
    with image.file.open("rb") as stored:
        return PillowImage.open(stored).size


def drawn_article(**fields):
    article = builders.article(**fields)
    work()
    assert current(article).file
    return article


def another_title(article):
    article.title = "Another title"
    article.save_revision().publish()
