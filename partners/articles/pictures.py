"""Who makes an article's pictures, so that no reader waits for them?

An AVIF of a wide hero image takes seconds to encode. A job draws the pages that show the article once, as the worker
and for nobody, right after it is published; by the time a reader asks, the renditions are there.
"""

from typing import Any

from django.utils import translation
from procrastinate.contrib.django import app
from wagtail.coreutils import get_dummy_request
from wagtail.models import Page

from partners.articles.article_page import PartnerArticlePage
from partners.articles.feeds.full_text import full_texts
from partners.deferring import job

MAKE_PICTURES_TASK = "partners.articles.make_pictures"
# One at a time, so that encoding never takes the worker's places away from mail.
_LOCK = "pictures"


def make_pictures_later(instance: PartnerArticlePage, **signal: Any) -> None:
    """Queue the making of the pictures of an article that is being published."""
    job(MAKE_PICTURES_TASK, queue="pictures", lock=_LOCK).defer(page_id=instance.pk)


@app.task(name=MAKE_PICTURES_TASK, queue="pictures", lock=_LOCK)
def make_pictures(page_id: int) -> None:
    """Draw the article, its text in feeds and its language's home page once.

    An article that is gone or not live needs nothing.
    """
    article = PartnerArticlePage.objects.live().filter(pk=page_id).select_related("locale").first()
    if article is None:
        return
    with translation.override(article.locale.language_code):
        _draw(article)
        full_texts([article], article.locale.language_code)
        _draw(article.get_ancestors().get(depth=2).specific)


def _draw(page: Page) -> None:
    request = get_dummy_request(path=page.relative_url(page.get_site()), site=page.get_site())
    page.serve(request).render()
