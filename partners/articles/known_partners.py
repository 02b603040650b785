"""Which partners are there, for whoever names many of them, or one by what an address calls it?

Kept from one reader's page to the next until a partner changes: their articles come and go without it.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from partners.articles.listing import load_partners_at
from partners.articles.partner_page import PartnerPage, partner_at
from partners.articles.restrictions import open_to_all
from partners.keeping import once


class KnownPartner(NamedTuple):
    """What a list of choices says of a partner that anybody may read, and where it stands in the page tree."""

    title: str
    slug: str
    path: str
    locale_id: int
    translation_key: UUID


def partners_by_name(locale_id: int) -> dict[UUID, KnownPartner]:
    """Return the partners of a language by their translation keys, in the order of names. Nobody may change them."""

    def ask() -> dict[UUID, KnownPartner]:
        pages = open_to_all(PartnerPage.objects.live()).filter(locale=locale_id).order_by("title", "pk")
        found = (KnownPartner(*row) for row in pages.values_list(*KnownPartner._fields))
        return {partner.translation_key: partner for partner in found}

    return once(("partners by name", locale_id), ask, of_partners=True)


def partners_named(locale_id: int, text: str) -> Iterator[KnownPartner]:
    """Give the partners of a language in whose name `text` stands, of one line, in capitals or not."""
    partners, text = partners_by_name(locale_id), text.upper()

    def ask() -> str:
        return "\n".join(partner.title.upper() for partner in partners.values())

    # Of all names at once, since it mostly stands in none.
    if text in once(("names of partners", locale_id), ask, of_partners=True):
        yield from (partner for partner in partners.values() if text in partner.title.upper())


def partners_called(slug: str) -> list[PartnerPage]:
    """Return the partners of a slug that anybody may read, one a language at most. Nobody may change them.

    Raises PartnerPage.DoesNotExist where there is none, so that no absence is remembered.
    """

    def ask() -> list[PartnerPage]:
        pages = open_to_all(PartnerPage.objects.live()).filter(slug=slug).order_by("pk")
        found = list(pages)
        if not found:
            raise PartnerPage.DoesNotExist
        return found

    return once(("partners called", slug), ask, of_partners=True)


def pages_of(partners: Iterable[KnownPartner]) -> list[PartnerPage]:
    """Return the pages of partners, but for those that are gone since they were known."""
    known = list(partners)
    loaded = load_partners_at(partner.path for partner in known)
    found = []
    for partner in known:
        with contextlib.suppress(PartnerPage.DoesNotExist):
            found.append(loaded.get(partner.path) or partner_at(partner.path))
    return found


def places_of_partner(translation_key: UUID) -> dict[int, str]:
    """Return where a partner stands in the tree in each of its languages, published or not, by the pages' keys."""
    return once(
        ("places of partner", translation_key),
        lambda: dict(
            PartnerPage.objects.filter(translation_key=translation_key).order_by("path").values_list("pk", "path")
        ),
        of_partners=True,
    )
