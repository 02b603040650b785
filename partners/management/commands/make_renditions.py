"""`manage.py make_renditions`: make the pictures that published pages lack, as after a change of their sizes."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from wagtail.models import Page, get_page_models

from partners.articles.pictures import pictures_of
from partners.articles.site_page import SitePage
from partners.renditions.making import CannotBeMade, make, missing
from partners.renditions.uses import specs_of


class Command(BaseCommand):
    """The worker does the same for what is published, and for what a reader has met without its pictures."""

    help = "Makes the missing renditions of the pictures of all published pages. May be stopped and begun again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, and say how many pictures were looked at, lacked something, and could not be made."""
        seen: set[tuple[int, str]] = set()
        made = failed = 0
        for page in _pages():
            for image, kind in pictures_of(page):
                if (image.pk, kind) in seen:
                    continue
                seen.add((image.pk, kind))
                if not missing(image, specs_of(kind)):
                    continue
                try:
                    make(image, specs_of(kind))
                except CannotBeMade as error:
                    failed += 1
                    self.stderr.write(f"Not made: {error}")
                else:
                    made += 1
        self.stdout.write(f"{len(seen)} pictures: {made} were made, {failed} could not be.")


def _pages() -> Iterator[Page]:
    for kind in get_page_models():
        if issubclass(kind, SitePage):
            yield from kind.objects.live().order_by("pk").iterator(chunk_size=100)
