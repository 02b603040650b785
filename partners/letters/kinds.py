"""Which letters does the site write, and which placeholders may the words of each hold?"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class LetterKind(models.TextChoices):
    """The letters whose words an editor can change."""

    BROCHURE = "brochure", _("Brochure")
    FRESH_LINK = "fresh_link", _("Fresh link to a brochure")
    CONSENT_CONFIRMATION = "consent_confirmation", _("Confirmation of consent")
    STAFF_NOTICE = "staff_notice", _("To staff: notice of a request")
    STAFF_DIGEST = "staff_digest", _("To staff: daily digest")


# Those of one line, and those that hold paragraphs.
LINE_FIELDS = ("subject", "preheader", "heading", "button")
PROSE_FIELDS = ("body", "closing")


@dataclass(frozen=True)
class Placeholder:
    """A place in a letter's words. `meaning` tells the editor what will stand there.

    What a visitor typed, and what needs a label beside it, may stand in paragraphs only (`in_lines` is false):
    a subject made of a stranger's words would make the form a way to write to others in our name.
    `optional` ones can be empty; the paragraph that holds one is then left out.
    """

    name: str
    meaning: str | Promise
    in_lines: bool = True
    optional: bool = False


_SITE = Placeholder("site", _("the name of this site"))
_NAME = Placeholder("name", _("the reader's name, or the word ‘reader’ where none was given"), in_lines=False)
_BROCHURE = Placeholder("brochure", _("the title of the brochure"))
_REFERENCE = Placeholder("reference", _("the reference of the request"))
_EXPIRES = Placeholder("expires", _("the last day on which the link works"))


def _link(meaning: Promise | str) -> Placeholder:
    return Placeholder("link", meaning, in_lines=False)


_BROCHURE_LINK = _link(_("the address that the button opens, written out: the reader's own link to the brochure"))

PLACEHOLDERS: dict[LetterKind, tuple[Placeholder, ...]] = {
    LetterKind.BROCHURE: (
        _NAME,
        _BROCHURE,
        _BROCHURE_LINK,
        _EXPIRES,
        _REFERENCE,
        Placeholder(
            "article",
            _("the article that was being read, always with its label and sponsor; may be empty"),
            in_lines=False,
            optional=True,
        ),
        Placeholder("sponsor", _("the partner whose article it was; may be empty"), in_lines=False, optional=True),
        _SITE,
    ),
    LetterKind.FRESH_LINK: (_NAME, _BROCHURE, _BROCHURE_LINK, _EXPIRES, _REFERENCE, _SITE),
    LetterKind.CONSENT_CONFIRMATION: (
        _NAME,
        _link(_("the address that the button opens, written out: the page where the reader confirms")),
        _EXPIRES,
        _REFERENCE,
        _SITE,
    ),
    LetterKind.STAFF_NOTICE: (
        _REFERENCE,
        Placeholder("form", _("the title of the form")),
        _BROCHURE,
        Placeholder("language", _("the language of the request")),
        Placeholder("time", _("when it was sent")),
        _link(_("the address that the button opens, written out: the request at the desk")),
        _SITE,
    ),
    LetterKind.STAFF_DIGEST: (
        Placeholder("date", _("the day of the digest")),
        Placeholder("requests", _("how many new requests there are")),
        Placeholder("failed", _("how many letters failed or came back")),
        _link(_("the address that the button opens, written out: the list of requests at the desk")),
        _SITE,
    ),
}


def placeholders_for(kind: str, field: str) -> tuple[Placeholder, ...]:
    """Return what may stand in `field` of a letter of `kind`. Raises ValueError for an unknown kind."""
    known = PLACEHOLDERS[LetterKind(kind)]
    return tuple(place for place in known if place.in_lines) if field in LINE_FIELDS else known


def names_of(places: Iterable[Placeholder]) -> tuple[str, ...]:
    """Return the names of `places`, without braces."""
    return tuple(place.name for place in places)


def optional_names(kind: str) -> frozenset[str]:
    """Return the names of the placeholders of `kind` that can be empty."""
    return frozenset(place.name for place in PLACEHOLDERS[LetterKind(kind)] if place.optional)
