"""Who makes the pictures of a page, so that no reader meets it without them?

An AVIF of a wide hero image takes seconds to encode. A job makes all renditions in which the site shows a page's
pictures, anywhere, as the worker, right after the page is published.
"""

from collections.abc import Iterator
from typing import Any

from procrastinate.contrib.django import app
from wagtail.models import Page

from partners.articles.site_page import SitePage
from partners.deferring import job
from partners.renditions.making import LOCK, QUEUE, CannotBeMade, make, missing
from partners.renditions.uses import specs_of

MAKE_PICTURES_TASK = "partners.articles.make_pictures"


def make_pictures_later(instance: Page, **signal: Any) -> None:
    """Queue the making of what a page lacks that is being published, of whatever kind."""
    if any(missing(image, specs_of(kind)) for image, kind in pictures_of(instance)):
        job(MAKE_PICTURES_TASK, queue=QUEUE, lock=LOCK).defer(page_id=instance.pk)


@app.task(name=MAKE_PICTURES_TASK, queue=QUEUE, lock=LOCK)
def make_pictures(page_id: int) -> None:
    """Make all renditions of the pictures of a page. One that is gone or not live needs nothing."""
    page = Page.objects.live().filter(pk=page_id).specific().first()
    for image, kind in pictures_of(page):
        try:
            make(image, specs_of(kind))
        except CannotBeMade:
            # The log has it. The next picture is none the worse for it.
            continue


def pictures_of(page: Page | None) -> Iterator[tuple[Any, str]]:
    """Yield the pictures that belong to `page`, each with its kind."""
    if isinstance(page, SitePage):
        yield from page.own_pictures()
