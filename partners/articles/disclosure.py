"""Was the article paid for, and who controlled its text?

The two facts follow the UK ASA's CAP Code, rule 2.4; the label stands before the title as the FTC's
'Native Advertising: A Guide for Businesses' asks.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _


class Disclosure(models.TextChoices):
    """The kinds of partner content. A draft may have none yet; a published article may not."""

    PARTNER_CONTROLLED = "partner_controlled", _("Paid, and controlled by the partner")
    PAID_BY_PARTNER = "paid_by_partner", _("Paid by the partner, written by us")
    UNPAID_CONTRIBUTION = "unpaid_contribution", _("Contributed by the partner, unpaid")


@dataclass(frozen=True)
class DisclosureWords:
    """What a reader is told: `label` stands first, `sentence` has one place, `{sponsor}`."""

    label: str | Promise
    sentence: str | Promise
    paid: bool


WORDS: dict[str, DisclosureWords] = {
    Disclosure.PARTNER_CONTROLLED: DisclosureWords(
        label=_("Paid content"),
        sentence=_("{sponsor} paid for this article and controlled its text."),
        paid=True,
    ),
    Disclosure.PAID_BY_PARTNER: DisclosureWords(
        label=_("Paid content"),
        sentence=_("{sponsor} paid for this article. Our editors wrote it and controlled its text."),
        paid=True,
    ),
    Disclosure.UNPAID_CONTRIBUTION: DisclosureWords(
        label=_("Contributed content"),
        sentence=_("{sponsor} contributed this article. No payment was made for it."),
        paid=False,
    ),
}
_FROM_MILD_TO_STRICT: list[str] = [
    Disclosure.UNPAID_CONTRIBUTION,
    Disclosure.PAID_BY_PARTNER,
    Disclosure.PARTNER_CONTROLLED,
]
# Shown for a draft whose kind is not chosen yet: never silence, never a milder word than the strictest kind.
UNDECIDED = DisclosureWords(
    label=_("Paid content"),
    sentence=_("{sponsor} supplied this article. How it came about has not been recorded yet."),
    paid=True,
)


def words_for(kind: str) -> DisclosureWords:
    """Return the words for a disclosure `kind`; an unknown or empty kind gets the strictest label."""
    return WORDS.get(kind, UNDECIDED)


def strictness(kind: str) -> int:
    """Return how much a `kind` tells readers of being paid for: more for a stricter one, least for a draft's none."""
    return _FROM_MILD_TO_STRICT.index(kind) if kind in _FROM_MILD_TO_STRICT else -1


def sentence_for(kind: str, sponsor: str) -> str:
    """Return the sentence that says who paid and who controlled the text, naming `sponsor`."""
    return str(words_for(kind).sentence).format(sponsor=sponsor)


def labelled(label: str, words: str) -> str:
    """Return `words` (a title, what a picture shows) after the `label`, as every path that names an article does."""
    return f"{label}{pgettext('between a label and a title', ': ')}{words}"


@dataclass(frozen=True)
class ExplainedKind:
    """A kind of partner content as it is explained to readers, without a partner's name."""

    name: str
    label: str
    sentence: str
    paid: bool


def explained_kinds() -> list[ExplainedKind]:
    """Return every kind with its words, in the active language, those that are paid for first."""
    partner = gettext("The partner")
    return [
        ExplainedKind(
            name=str(kind.label),
            label=str(words_for(kind).label),
            sentence=sentence_for(kind, partner),
            paid=words_for(kind).paid,
        )
        for kind in Disclosure
    ]
