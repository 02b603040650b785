"""Which partners and topics does a list offer to choose from, and what does it call them?

Kept from one reader's page to the next until a partner, or a topic, changes, with what of their markup is always the
same: the numbers behind them come and go without it.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from html import escape
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef

from partners.articles.partner_page import PartnerPage
from partners.articles.restrictions import open_to_all
from partners.articles.topics import all_topics
from partners.keeping import locales, once


class Offered(NamedTuple):
    """What a reader may choose: its name, in `lang` where that is not the list's language, and what an address calls
    it; the beginning of its <option>, and its name as HTML.
    """

    value: str
    name: str
    lang: str
    opening: str
    label: str


@dataclass(frozen=True)
class AllOffered:
    """All that is offered of one kind, by name; `places` say where, by whatever an article is counted under."""

    options: list[Offered]
    places: dict[Hashable, int]


class _Named(NamedTuple):
    key: UUID
    locale_id: int
    slug: str
    name: str


def offered(value: str, name: str, lang: str = "") -> Offered:
    """Return a choice."""
    opening = f'<option value="{escape(value)}"{f' lang="{escape(lang)}"' if lang else ""}'
    return Offered(value, name, lang, opening, escape(name))


def offered_partners(locale_id: int) -> AllOffered:
    """Return the partners that anybody may read, for lists of a language, by the keys of all their pages. Nobody may
    change them.

    One goes by its page of that language, or else by the first in the order of the tree.
    """

    def ask() -> AllOffered:
        is_open = Exists(open_to_all(PartnerPage.objects.live()).filter(pk=OuterRef("pk")))
        asked = ("pk", "translation_key", "locale_id", "slug", "title")
        pages = PartnerPage.objects.annotate(is_open=is_open).order_by("path")
        rows = list(pages.values_list("is_open", *asked))
        known = _offered_in(locale_id, (_Named(*row) for is_open, _pk, *row in rows if is_open))
        return AllOffered(known.options, {pk: known.places[key] for _o, pk, key, *_r in rows if key in known.places})

    return once(("partners offered", locale_id), ask, of_partners=True)


def offered_topics(locale_id: int) -> AllOffered:
    """Return the topics, for lists of a language, by their translation keys. Nobody may change them.

    One goes by its row of that language, or else by the first one.
    """

    def ask() -> AllOffered:
        topics = sorted(all_topics().values(), key=attrgetter("pk"))
        return _offered_in(
            locale_id, (_Named(one.translation_key, one.locale_id, one.slug, one.name) for one in topics)
        )

    return once(("topics offered", locale_id), ask)


def _offered_in(locale_id: int, named: Iterable[_Named]) -> AllOffered:
    """Return what is `named`, each once: of the language, or else the first."""
    chosen: dict[UUID, _Named] = {}
    for one in named:
        if one.key not in chosen or one.locale_id == locale_id:
            chosen[one.key] = one
    codes: dict[int, Any] = {pk: locale.language_code for pk, locale in locales().items()}
    found = sorted(chosen.values(), key=lambda one: one.name.casefold())
    options = [offered(one.slug, one.name, "" if one.locale_id == locale_id else codes[one.locale_id]) for one in found]
    return AllOffered(options, {one.key: place for place, one in enumerate(found)})
