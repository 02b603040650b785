"""Can a letter be written from these words?"""

import re
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from partners.articles.links import is_external, own_address
from partners.letters.kinds import LINE_FIELDS, PROSE_FIELDS, names_of, placeholders_for
from partners.letters.placeholders import complaints
from partners.letters.prose import read, runs_of
from partners.letters.words import ShippedText

_ADDRESS = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
SCHEMES = frozenset({"http", "https", "mailto", "tel"})


def problems(kind: str, words: ShippedText) -> dict[str, list[str]]:
    """Return what is wrong with `words` for a letter of `kind`, by field; nothing where all is well."""
    found = {field: _in_line(kind, field, getattr(words, field)) for field in LINE_FIELDS}
    found |= {field: _in_prose(kind, field, getattr(words, field)) for field in PROSE_FIELDS}
    return {field: sentences for field, sentences in found.items() if sentences}


def _in_line(kind: str, field: str, text: str) -> list[str]:
    sentences = complaints(text, names_of(placeholders_for(kind, field)))
    sentences += _in_words(text)
    if len(text.splitlines()) > 1:
        sentences.append(_("Write this on one line."))
    return sentences


def _in_prose(kind: str, field: str, source: str) -> list[str]:
    allowed = names_of(placeholders_for(kind, field))
    sentences: list[str] = []
    for run in runs_of(read(source)):
        sentences += complaints(run.text, allowed)
        sentences += _in_words(run.text)
        if run.href:
            sentences += _in_link(run.href)
    return list(dict.fromkeys(sentences))


def _in_words(text: str) -> list[str]:
    """Refuse a page's address on this site among the words: mail programs make a link of it, which has no label."""
    named = {own_address(address) for address in _ADDRESS.findall(text)}
    return [_by_choosing()] if named - {None, "", "/"} else []


def _by_choosing() -> str:
    return _("Link to a page of this site by choosing the page, so that its label goes with it.")


def _in_link(href: str) -> list[str]:
    try:
        address = urlsplit(href)
    except ValueError:
        return [_("%(href)s is not a complete address.") % {"href": href}]
    if "{" in href or "}" in href:
        return [_("A link's address cannot hold a placeholder. Write {link} into the text instead.")]
    if not address.netloc and address.scheme not in {"mailto", "tel"}:
        return [_("%(href)s is not a complete address.") % {"href": href}]
    if address.scheme not in SCHEMES:
        return [_("%(href)s cannot be opened from a letter.") % {"href": href}]
    if address.netloc and not is_external(href):
        # A page that was chosen is named with its label; a bare address of a paid article would not be.
        return [_by_choosing()]
    return []
