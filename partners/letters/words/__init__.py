"""What do letters say in each language, until an editor says it otherwise?

Whole letters stand together in a module for each language, and not in the catalogues: who writes a letter
must see all of it.
"""

from dataclasses import dataclass

from partners.letters.kinds import LetterKind


@dataclass(frozen=True)
class ShippedText:
    """The words of one letter that an editor can change: four lines, and `body` and `closing` as Wagtail's editor
    stores them.
    """

    subject: str
    preheader: str
    heading: str
    body: str
    button: str
    closing: str


@dataclass(frozen=True)
class FixedWords:
    """The words of every letter that no editor changes, since a promise hangs on them.

    `about_article` has the places {label}, {sponsor} and {article}; `questions` has {desk}; `reasons` say, for
    each kind, why the recipient gets the letter.
    """

    reader: str
    colon: str
    trial: str
    fallback: str
    attached: str
    too_large: str
    article_lead: str
    about_article: str
    questions: str
    privacy: str
    consents: str
    reasons: dict[LetterKind, str]
    facts: dict[str, str]


@dataclass(frozen=True)
class Language:
    """A language's words; `fonts` and `heading_fonts` are CSS families that have its characters."""

    fonts: str
    heading_fonts: str
    fixed: FixedWords
    shipped: dict[LetterKind, ShippedText]
