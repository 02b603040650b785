"""What stands on a letter, in order? Its HTML part and its plain part are both written from this."""

from dataclasses import dataclass

from django.conf import settings

from partners.letters.languages import language_words
from partners.letters.prose import Block
from partners.letters.words import FixedWords


@dataclass(frozen=True)
class NamedArticle:
    """An article that a letter names, with what has to stand before its title.

    `url` is empty where readers cannot open it.
    """

    title: str
    label: str
    sponsor: str
    url: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of as many cells as there are headings; the first cell of each says what the row is about."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Sheet:
    """A letter with every value in its place, as plain text: not yet escaped, not yet wrapped."""

    language: str
    subject: str
    preheader: str
    heading: str
    body: tuple[Block, ...]
    button: str
    link: str
    closing: tuple[Block, ...]
    reason: str
    organisation: str
    privacy_url: str
    consent_url: str
    article: NamedArticle | None
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    table: Table | None

    @property
    def words(self) -> FixedWords:
        """The words of the frame, in the letter's language."""
        return language_words(self.language).fixed

    @property
    def fonts(self) -> str:
        """CSS families for text."""
        return language_words(self.language).fonts

    @property
    def heading_fonts(self) -> str:
        """CSS families for the heading."""
        return language_words(self.language).heading_fonts

    @property
    def desk(self) -> str:
        """The address that reads answers."""
        return settings.MAIL_REPLY_TO

    @property
    def questions(self) -> tuple[str, str]:
        """The sentence about answers, as what stands before and after the desk's address."""
        before, _, after = self.words.questions.partition("{desk}")
        return before, after

    @property
    def site_url(self) -> str:
        """The address of the site."""
        return settings.SITE_URL

    @property
    def site_name(self) -> str:
        """The name of the site."""
        return settings.WAGTAIL_SITE_NAME
