"""How do words and values become a letter, with an HTML part and a plain part that say the same?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from partners.delivery.letters import Attachment, Letter
from partners.delivery.together import in_common
from partners.letters.kinds import LetterKind, names_of, optional_names, placeholders_for
from partners.letters.languages import language_words
from partners.letters.letter_text import words_in_force
from partners.letters.pages import with_pages
from partners.letters.placeholders import fill, one_line
from partners.letters.plain import plain_text
from partners.letters.prose import fill_blocks, read
from partners.letters.sender import sender_in
from partners.letters.sheet import NamedArticle, Sheet, Table
from partners.letters.words import FixedWords, ShippedText

_STYLE = re.compile(r'style="[^"]*"')
_INDENTATION = re.compile(r"\s*\n\s*")
TEMPLATE = "partners/letters/letter.html"


@dataclass(frozen=True)
class Contents:
    """What one letter is about, beside its words.

    `values` fill the placeholders of its kind, as plain text: all but {site}, {article} and {sponsor}; {link} is an
    absolute address. `notes` are fixed sentences below the button; `facts` and `table` stand above it. `article` is
    named with its label, whatever the editable words say. `consent_url` leads to what the reader agreed to.
    """

    values: Mapping[str, str]
    article: NamedArticle | None = None
    notes: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    table: Table | None = None
    consent_url: str = ""
    attachments: tuple[Attachment, ...] = field(default=())


def compose(kind: LetterKind, language: str, contents: Contents) -> Letter:
    """Return the letter of `kind` in `language`, with the words in force.

    Raises ValueError where `contents` lacks a value of the kind, or has one too many.
    """
    words = in_common(("words", kind, language), lambda: words_in_force(kind, language))
    return write(kind, language, words, contents)


def write(kind: LetterKind, language: str, words: ShippedText, contents: Contents) -> Letter:
    """Return the letter that `words`, free of problems, make of `contents`. Raises ValueError as `compose` does."""
    with translation.override(language):
        sheet = _sheet(kind, language, words, contents)
        return Letter(
            subject=sheet.subject,
            text=plain_text(sheet),
            html=_packed(render_to_string(TEMPLATE, {"sheet": sheet})),
            attachments=contents.attachments,
        )


def as_trial(letter: Letter, language: str) -> Letter:
    """Return the letter with a subject that says that it is a trial."""
    return replace(letter, subject=f"[{language_words(language).fixed.trial}] {letter.subject}")


def _sheet(kind: LetterKind, language: str, words: ShippedText, contents: Contents) -> Sheet:
    fixed = language_words(language).fixed
    values = _values(kind, fixed, contents)
    optional = optional_names(kind)
    sender = in_common(("sender", language), lambda: sender_in(language))
    return Sheet(
        language=language,
        subject=one_line(fill(words.subject, values)),
        preheader=one_line(fill(words.preheader, values)),
        heading=one_line(fill(words.heading, values)),
        body=fill_blocks(with_pages(read(words.body)), values, optional),
        button=one_line(fill(words.button, values)),
        link=values["link"],
        closing=fill_blocks(with_pages(read(words.closing)), values, optional),
        reason=fixed.reasons[kind],
        organisation=one_line(sender.organisation) or settings.WAGTAIL_SITE_NAME,
        privacy_url=sender.privacy_url,
        consent_url=contents.consent_url,
        article=_named(contents.article),
        notes=tuple(contents.notes),
        facts=tuple((label, one_line(value)) for label, value in contents.facts),
        table=_lined(contents.table),
    )


def _packed(html: str) -> str:
    """Return `html` without the indentation that its templates have for their readers, each style on one line."""
    return _INDENTATION.sub("\n", _STYLE.sub(lambda style: " ".join(style[0].split()), html)).strip() + "\n"


def _named(article: NamedArticle | None) -> NamedArticle | None:
    if article is None:
        return None
    return replace(article, title=one_line(article.title), sponsor=one_line(article.sponsor))


def _lined(table: Table | None) -> Table | None:
    if table is None:
        return None
    return replace(table, rows=tuple(tuple(one_line(cell) for cell in row) for row in table.rows))


def _values(kind: LetterKind, fixed: FixedWords, contents: Contents) -> dict[str, str]:
    """Return the value of each placeholder of `kind`: one line, and nothing that the reader would see as a gap."""
    values = {name: one_line(value) for name, value in contents.values.items()}
    values["site"] = settings.WAGTAIL_SITE_NAME
    if "name" in values:
        values["name"] = values["name"] or fixed.reader
    if article := _named(contents.article):
        values["article"] = fixed.about_article.format(
            article=article.title, label=article.label, sponsor=article.sponsor
        )
        values["sponsor"] = article.sponsor
    else:
        values |= dict.fromkeys(optional_names(kind), "")
    expected = set(names_of(placeholders_for(kind, "body")))
    if set(values) != expected:
        raise ValueError(f"Values for a letter of kind {kind}: {sorted(values)}, expected are {sorted(expected)}.")
    return values
