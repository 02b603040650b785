"""Import the article of a scraped page as a draft."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from partners.articles.importing import CannotImport, import_article
from partners.articles.scraped import NotAnArticle, decode, parse

# A page of text has some kilobytes; what is larger was named by mistake.
LARGEST_FILE = 2 * 1024 * 1024


class Command(BaseCommand):
    """`manage.py import_article FILE --partner SLUG [--language en]`."""

    help = "Turn the text of a scraped page into a draft below a partner. Importing it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the partner and the language."""
        parser.add_argument("file", type=Path, help="the page's text, in UTF-8")
        parser.add_argument("--partner", required=True, metavar="SLUG", help="the last part of the partner's address")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES]
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, parse, store; raise CommandError, with nothing stored, where any of them cannot be done."""
        path: Path = options["file"]
        try:
            scraped = parse(decode(self._read(path)))
            imported = import_article(scraped, options["partner"], options["language"])
        except NotAnArticle as error:
            raise CommandError(f"{path} cannot be imported: {error}") from error
        except CannotImport as error:
            raise CommandError(str(error)) from error
        article = imported.article
        if imported.is_new:
            edit = reverse("wagtailadmin_pages:edit", args=[article.pk])
            self.stdout.write(
                f"Imported '{article.title}' as draft {article.pk} with {len(scraped.paragraphs)} paragraphs. "
                f"Choose its disclosure and publish it: {settings.SITE_URL}{edit}"
            )
        else:
            self.stdout.write(f"'{article.title}' is already there as page {article.pk}. Nothing was changed.")

    def _read(self, path: Path) -> bytes:
        try:
            # A pipe would be waited for, a device might never end.
            if path.stat() and not path.is_file() and not path.is_dir():
                raise CommandError(f"{path} cannot be read: Not an ordinary file.")
            with path.open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        if len(content) > LARGEST_FILE:
            raise CommandError(f"{path} is larger than 2 MB: that is no page's text.")
        return content
