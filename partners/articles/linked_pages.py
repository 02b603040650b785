"""Which pages do texts link to, and how is one of them named to whoever reads such a text?

A link's words are the title of its page unless an editor writes others, so a link to an article names it, and needs its
label as a card does.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, Length, Substr
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from wagtail.models import Page
from wagtail.rich_text.rewriters import LinkRewriter

from partners.articles.disclosure import labelled, words_for
from partners.articles.restrictions import is_behind_a_restriction
from partners.keeping import is_kept, once

# The largest key that a page can have, and its digits; a text from elsewhere may name any number.
_LARGEST_KEY, _MOST_DIGITS = 2**31 - 1, 10


@dataclass(frozen=True)
class LinkedPage:
    """A page that texts link to, as readers of one language meet it.

    `own` is the page itself, `there` its translation into that language, published or not, where it has one. `sponsor`
    is the partner whose article `shown` is.
    """

    own: Page
    there: Page
    sponsor: Page | None = None

    @property
    def shown(self) -> Page:
        """The page that a link leads to: the published translation, else the page itself."""
        return self.there if self.there.live else self.own

    @property
    def address(self) -> str:
        """The absolute address of `shown`."""
        return self.shown.full_url or ""

    @property
    def title(self) -> str:
        """The title in the readers' language."""
        return str(self.there.title)

    @property
    def is_open(self) -> bool:
        """Whether everybody may read it in the readers' language: what is withdrawn there is not offered in another."""
        return is_public(self.there)

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


def is_public(page: Page) -> bool:
    """Say whether everybody may read `page`, which `load_linked_pages` has fetched."""
    return bool(page.live and not page.is_private)


def page_key(attributes: Mapping[str, str]) -> int:
    """Return the key of the page that a link in rich text names by its `attributes`; 0, which no page has, for none."""
    key = attributes.get("id", "")
    return int(key) if key.isdecimal() and len(key) <= _MOST_DIGITS and int(key) <= _LARGEST_KEY else 0


def keys_of_linked_pages(value: Any) -> Iterator[int]:
    """Yield the keys of the pages to which any rich text inside of a raw value (of a StreamField, say) links."""
    if isinstance(value, str):
        if "linktype" in value:
            for match in LinkRewriter().extract_tags(value).get("page", []):
                yield page_key(match.attrs)
    elif isinstance(value, Mapping):
        yield from keys_of_linked_pages(list(value.values()))
    elif isinstance(value, Collection):
        for part in value:
            yield from keys_of_linked_pages(part)


def linked_pages(keys: Collection[int], language: str) -> dict[int, LinkedPage]:
    """Return what `load_linked_pages` does, kept from one page that links to them to the next. Nobody may change it."""
    wanted = tuple(sorted(set(keys)))
    return once(_name(wanted, language), lambda: load_linked_pages(wanted, language)) if wanted else {}


def pages_linked_from_each(texts: Sequence[Collection[int]], language: str) -> list[dict[int, LinkedPage]]:
    """Return what `linked_pages` does for the keys of each of `texts`, by one query for all that nobody keeps."""
    wanted = [tuple(sorted(set(keys))) for keys in texts]
    missing = {key for keys in wanted if not is_kept(_name(keys, language)) for key in keys}
    loaded = load_linked_pages(missing, language) if missing else {}

    def linked_from(keys: tuple[int, ...]) -> dict[int, LinkedPage]:
        # What was kept a moment ago is asked for by itself.
        found = loaded if missing.issuperset(keys) else load_linked_pages(keys, language)
        return {key: found[key] for key in keys if key in found}

    def shown_by(keys: tuple[int, ...]) -> Iterator[Page]:
        for linked in (loaded[key] for key in keys if key in loaded):
            yield from (page for page in (linked.own, linked.there, linked.sponsor) if page is not None)

    return [once(_name(keys, language), partial(linked_from, keys), shown_by(keys)) if keys else {} for keys in wanted]


def _name(keys: tuple[int, ...], language: str) -> tuple[str, tuple[int, ...], str]:
    return "linked pages", keys, language


def load_linked_pages(keys: Collection[int], language: str) -> dict[int, LinkedPage]:
    """Return the pages of `keys` as readers of `language` meet them, by one query; none for those that are gone."""
    named = Page.objects.filter(pk__in=keys)
    pages = (
        # The first condition holds of the pages themselves as well: by it an index finds them, by the other none would.
        Page.objects.filter(translation_key__in=named.values("translation_key"))
        .filter(Q(pk__in=keys) | Q(locale__language_code=language))
        .select_related("locale")
        .annotate(
            is_private=is_behind_a_restriction(),
            linked_disclosure=F("partnerarticlepage__disclosure"),
            linked_parent=page_above(),
        )
    )
    by_key = {page.pk: page for page in pages}
    translated = {page.translation_key: page for page in by_key.values() if page.locale.language_code == language}
    found = {}
    for key in by_key.keys() & set(keys):
        own = by_key[key]
        linked = LinkedPage(own, translated.get(own.translation_key, own))
        shown = linked.shown
        is_named = shown.linked_disclosure is not None and is_public(shown)
        found[key] = LinkedPage(linked.own, linked.there, _page_of(shown.linked_parent)) if is_named else linked
    return found


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
