"""The command that loads the demo once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.demo.content_files import ContentError
from home.demo.pictures.canvas import SHEET_WIDTH
from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
from partners.articles.pictures import make_pictures, pictures_of
from partners.articles.site_page import SitePage
from partners.renditions.making import make
from partners.renditions.uses import HERO_KIND, LOGO_KIND, USES


class Command(BaseCommand):
    """Load the demo: partners, articles, brochures, pictures. Where it already is, nothing is touched."""

    help = "Loads the demo once: partners, articles and brochures, with pictures and PDFs made on the spot."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the width of the pictures."""
        parser.add_argument(
            "--width", type=int, default=SHEET_WIDTH, help="width of the pictures in pixels (default: %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done; raises CommandError for a content file that cannot be used."""
        if options["width"] < 96:
            raise CommandError("--width must be at least 96 pixels")
        try:
            from home.demo.seeding import seed  # noqa: PLC0415  only this command needs what it imports
        except ModuleNotFoundError as error:
            raise CommandError(f"The demo needs {error.name}: install requirements-dev.txt as well.") from error
        try:
            added = seed(width=options["width"])
        except ContentError as error:
            raise CommandError(str(error)) from error
        if not added:
            self.stdout.write("The demo is already there.")
            return
        _make_first_pictures()
        self.stdout.write("The demo is loaded.")


def _make_first_pictures() -> None:
    """Make what lists show, which takes a second or two, and what the page shows that is looked at first.

    The worker makes the rest, as of all that is published.
    """
    in_lists = {HERO_KIND: USES["card"].specs, LOGO_KIND: USES["logo"].specs}
    pages: list[SitePage] = [*PartnerArticlePage.objects.live(), *PartnerPage.objects.live()]
    for page in pages:
        for image, kind in pictures_of(page):
            make(image, in_lists.get(kind, ()))
    for article in PartnerArticlePage.objects.filter(locale__language_code="en").newest_first()[:1]:
        make_pictures(article.pk)
