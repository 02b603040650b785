"""Which pages do texts link to, and how is one of them named to whoever reads such a text?

A link's words are the title of its page unless an editor writes others, so a link to an article names it, and needs its
label as a card does. An editor chooses the page, or types its address: one of this site counts as its page.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import unescape
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, Length, Substr
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from wagtail.models import Page
from wagtail.rich_text.rewriters import LinkRewriter

from partners.articles.disclosure import labelled, words_for
from partners.articles.links import own_address
from partners.articles.own_addresses import leads_of, place_of
from partners.articles.restrictions import is_behind_a_restriction
from partners.keeping import is_kept, once

# The largest key that a page can have, and its digits; a text from elsewhere may name any number.
_LARGEST_KEY, _MOST_DIGITS = 2**31 - 1, 10

# What a link names: the key of a page that was chosen, or an address of this site as it was typed.
type Named = int | str


@dataclass(frozen=True)
class LinkedPage:
    """A page that texts link to, as readers of one language meet it.

    `own` is the page itself, `there` its translation into that language, published or not, where it has one. `sponsor`
    is the partner whose article `shown` is. `typed` is the address that somebody typed instead of choosing the page,
    and leads to it alone, not to its translation.
    """

    own: Page
    there: Page
    sponsor: Page | None = None
    typed: str = ""

    @property
    def shown(self) -> Page:
        """The page that a link leads to: the published translation, else the page itself."""
        return self.there if self.there.live else self.own

    @property
    def href(self) -> str:
        """What a link on the site leads by."""
        return self.typed or self.shown.url or ""

    @property
    def address(self) -> str:
        """The absolute address, for whoever reads elsewhere."""
        return urljoin(self.shown.full_url or "", self.typed)

    @property
    def title(self) -> str:
        """The title in the readers' language."""
        return str(self.there.title)

    @property
    def is_open(self) -> bool:
        """Whether everybody may read it in the readers' language: what is withdrawn there is not offered in another."""
        return is_public(self.there)

    def is_page(self, key: int | None) -> bool:
        """Say whether it leads to the page of that key."""
        return bool(self.shown.pk == key)

    @property
    def label(self) -> str:
        """The label of an article that everybody may read, in the active language; else nothing."""
        kind = self.shown.linked_disclosure if self.sponsor is not None else None
        return "" if kind is None else str(words_for(kind).label)

    @property
    def label_words(self) -> str:
        """What stands before the words of a link to such an article: label and sponsor; else nothing."""
        return labelled(f"{self.label} · {self.sponsor.title}", "") if self.label and self.sponsor else ""

    @property
    def label_html(self) -> SafeString:
        """`label_words` as HTML, for the inside of a link: whoever walks from link to link hears nothing before it."""
        if not self.label or self.sponsor is None:
            return SafeString()
        language = self.shown.locale.language_code
        name = format_html('<span lang="{}">{}</span>', language, self.sponsor.title)
        return format_html(
            '<span class="link-label"><strong class="label{}">{}</strong> · {}{}</span>',
            "" if words_for(self.shown.linked_disclosure).paid else " label--unpaid",
            self.label,
            self.sponsor.title if language == get_language() else name,
            labelled("", ""),
        )


@dataclass(frozen=True)
class LinkedAddress:
    """What an address of the site leads to that is no page: a feed, a search, another site by a redirect."""

    href: str
    label: str = ""
    label_words: str = ""
    label_html: SafeString = field(default_factory=SafeString)

    def is_page(self, key: int | None) -> bool:
        """Say no."""
        return False

    @property
    def address(self) -> str:
        """The absolute address."""
        return urljoin(settings.SITE_URL, self.href)


type Linked = dict[Named, LinkedPage | LinkedAddress]


def is_public(page: Page) -> bool:
    """Say whether everybody may read `page`, which `load_linked_pages` has fetched."""
    return bool(page.live and not page.is_private)


def page_key(attributes: Mapping[str, str]) -> int:
    """Return the key of the page that a link in rich text names by its `attributes`; 0, which no page has, for none."""
    key = attributes.get("id", "")
    return int(key) if key.isdecimal() and len(key) <= _MOST_DIGITS and int(key) <= _LARGEST_KEY else 0


def named_by(attributes: Mapping[str, str]) -> Named | None:
    """Return what a link in rich text names by its `attributes`, or None where it leads out of the site, to a place on
    the same page, or to no page at all.
    """
    if (kind := attributes.get("linktype")) in {"page", "document"}:
        return page_key(attributes) if kind == "page" else None
    href = unescape(attributes.get("href", ""))
    return None if own_address(href) is None else href


def named_in(value: Any) -> Iterator[Named]:
    """Yield what any rich text inside of a raw value (of a StreamField, say) links to on this site."""
    if isinstance(value, str):
        if "<a" in value:
            links = (link for found in LinkRewriter().extract_tags(value).values() for link in found)
            yield from (named for link in links if (named := named_by(link.attrs)) is not None)
    elif isinstance(value, Mapping):
        yield from named_in(list(value.values()))
    elif isinstance(value, Collection):
        for part in value:
            yield from named_in(part)


def linked_pages(named: Collection[Named], language: str) -> Linked:
    """Return what `load_linked_pages` does, kept from one page that links to them to the next. Nobody may change it."""
    wanted = _in_order(named)
    key = _name(wanted, language)
    return once(key, lambda: load_linked_pages(wanted, language), of_places=_types(wanted)) if wanted else {}


def pages_linked_from_each(texts: Sequence[Collection[Named]], language: str) -> list[Linked]:
    """Return what `linked_pages` does for what each of `texts` names, by one query for all that nobody keeps."""
    wanted = [_in_order(named) for named in texts]
    missing = {one for named in wanted if not is_kept(_name(named, language)) for one in named}
    loaded = load_linked_pages(missing, language) if missing else {}

    def linked_from(named: tuple[Named, ...]) -> Linked:
        # What was kept a moment ago is asked for by itself.
        found = loaded if missing.issuperset(named) else load_linked_pages(named, language)
        return {one: found[one] for one in named if one in found}

    def shown_by(named: tuple[Named, ...]) -> Iterator[Page]:
        for linked in (loaded[one] for one in named if one in loaded):
            if isinstance(linked, LinkedPage):
                yield from (page for page in (linked.own, linked.there, linked.sponsor) if page is not None)

    return [
        once(_name(named, language), partial(linked_from, named), shown_by(named), of_places=_types(named))
        if named
        else {}
        for named in wanted
    ]


def _in_order(named: Collection[Named]) -> tuple[Named, ...]:
    return tuple(sorted(set(named), key=str))


def _name(named: tuple[Named, ...], language: str) -> tuple[str, tuple[Named, ...], str]:
    return "linked pages", named, language


def _types(named: Collection[Named]) -> bool:
    # A page may come to stand where nothing stood.
    return any(isinstance(one, str) for one in named)


def load_linked_pages(named: Collection[Named], language: str) -> Linked:
    """Return what is `named`, as readers of `language` meet it, by one query, and three more at most for each redirect
    on the way; nothing for what is gone, nor for an address at which nothing stands.
    """
    keys = {one for one in named if isinstance(one, int)}
    typed = {one for one in named if isinstance(one, str)}
    url_paths = {url_path for href in typed for url_path in place_of(href).url_paths}
    by_key = _load(keys, url_paths, language)
    leads = leads_of(typed, {page.url_path: page for page in by_key.values()}) if typed else {}
    if led := {lead.page for lead in leads.values() if lead.page and lead.page not in by_key}:
        by_key |= _load(led, (), language)
    translated = {page.translation_key: page for page in by_key.values() if page.locale.language_code == language}
    found: dict[Named, LinkedPage | LinkedAddress] = {}
    for key in by_key.keys() & keys:
        own = by_key[key]
        found[key] = _linked(own, translated.get(own.translation_key, own))
    for href, lead in leads.items():
        if lead.page is None:
            found[href] = LinkedAddress(lead.href)
        elif (own := by_key.get(lead.page)) is not None:
            found[href] = _linked(own, own, lead.href)
    return found


def _load(keys: Collection[int], url_paths: Collection[str], language: str) -> dict[int, Any]:
    """Return the pages of `keys` and at `url_paths`, with their translations into `language`, by their keys."""
    if not keys and not url_paths:
        return {}
    meant = Q(pk__in=keys) | Q(url_path__in=url_paths)
    pages = (
        # The first condition holds of the pages themselves as well: by it an index finds them, by the other none would.
        Page.objects.filter(translation_key__in=Page.objects.filter(meant).values("translation_key"))
        .filter(meant | Q(locale__language_code=language))
        .select_related("locale")
        .annotate(
            is_private=is_behind_a_restriction(),
            linked_disclosure=F("partnerarticlepage__disclosure"),
            linked_parent=page_above(),
        )
    )
    return {page.pk: page for page in pages}


def _linked(own: Any, there: Any, typed: str = "") -> LinkedPage:
    linked = LinkedPage(own, there, typed=typed)
    shown: Any = linked.shown
    is_named = shown.linked_disclosure is not None and is_public(shown)
    return replace(linked, sponsor=_page_of(shown.linked_parent)) if is_named else linked


def page_above(path_field: str = "path") -> Subquery:
    """Return, for a query, the page above the one at the place `path_field` of the tree: {id, title, translation_key}.

    Above an article that is its sponsor.
    """
    path = Substr(OuterRef(path_field), 1, Length(OuterRef(path_field)) - Page.steplen)
    seen = JSONObject(id="pk", title="title", translation_key="translation_key")
    return Subquery(Page.objects.filter(path=path).values(seen=seen))


def _page_of(seen: dict[str, Any]) -> Page:
    # A page, though little of it is known: what is made of it is made anew when that page changes.
    return Page(pk=seen["id"], title=seen["title"], translation_key=UUID(seen["translation_key"]))
