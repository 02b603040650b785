"""How does a reader narrow the hits, by a form without JavaScript or by a link?"""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from partners.articles.disclosure import WORDS
from partners.articles.known_partners import partners_by_name, places_of_partner
from partners.articles.topics import all_topics, topics_of
from partners.keeping import locales, markup
from partners.search.lexemes import Narrowing

PAID, CONTRIBUTED = "paid", "contributed"
# More partners than these make no list to choose from; a link still narrows by any of them.
MOST_PARTNERS = 100


class LanguageSelect(forms.Select):
    """A list of languages, each of which is named in itself and says so."""

    def create_option(self, name: str, value: Any, *rest: Any, **options: Any) -> dict[str, Any]:
        """Return what Django shows of a choice, with its language."""
        option = super().create_option(name, value, *rest, **options)
        if value:
            option["attrs"]["lang"] = str(value)
        return option


class KnownChoiceField(forms.ChoiceField):
    """A choice among names that `known` gives with their words, which need not be made ready to look for one."""

    known: Callable[[], list[tuple[str, Any]]] = list

    def valid_value(self, value: Any) -> bool:
        """Say whether `value` is one of those that there are."""
        return any(value == one for one, _words in self.known())


class SearchForm(forms.Form):
    """The fields of the search page. Nothing is required, and a value that is unknown counts as none."""

    q = forms.CharField(required=False, label=_("Search for"))
    language = KnownChoiceField(required=False, label=_("Language"), widget=LanguageSelect)
    topic = KnownChoiceField(required=False, label=_("Topic"))
    partner = KnownChoiceField(required=False, label=_("Partner"))
    kind = KnownChoiceField(required=False, label=_("Kind"))

    def __init__(self, data: QueryDict, *, locale: Locale) -> None:
        super().__init__(data, auto_id="search-%s")
        # Asked for when they are shown, since that may be kept already.
        choices: dict[str, Callable[[], list[tuple[str, Any]]]] = {
            "language": lambda: [(one.language_code, one.language_name_local) for one in locales().values()],
            "topic": lambda: [(topic.slug, topic.name) for topic in topics_of(locale.pk)],
            "partner": lambda: _partners_to_choose(locale, data.get("partner", "")),
            "kind": lambda: [(PAID, _("Paid content")), (CONTRIBUTED, _("Contributed content"))],
        }
        nothing = {
            "language": _("All languages"),
            "topic": _("All topics"),
            "partner": _("All partners"),
            "kind": _("All kinds"),
        }
        self.locale = locale
        for name, known in choices.items():
            field = cast("KnownChoiceField", self.fields[name])
            field.known = known
            field.choices = lambda name=name, known=known: [("", nothing[name]), *known()]
        self.is_valid()

    def narrowing_fields(self) -> list[dict[str, Any]]:
        """Return the fields beside the query itself: `label`, `id`, and the `field` as HTML, kept for each answer."""
        chosen = self.chosen()
        return [
            {
                "label": field.label,
                "id": field.id_for_label,
                # Of an unknown value nothing is shown but that it is one. Safe: Django has rendered it.
                "field": mark_safe(  # noqa: S308
                    markup(("search field", field.name, chosen.get(field.name), bool(field.errors)), field.as_widget)
                ),
            }
            for field in (self[name] for name in ("language", "topic", "partner", "kind"))
        ]

    def named_fields(self) -> list[forms.BoundField]:
        """Return the fields whose choices are names that a reader may search for."""
        return [self["topic"], self["partner"]]

    def chosen(self) -> dict[str, str]:
        """Return the fields that narrow the hits, with their values."""
        known = getattr(self, "cleaned_data", {})
        return {name: known[name] for name in ("language", "topic", "partner", "kind") if known.get(name)}

    def parameters(self) -> str:
        """Return query and choices as the part of an address that leads to them."""
        return urlencode({"q": self.data.get("q", ""), **self.chosen()})

    def chosen_in(self, locale: Locale) -> dict[str, str]:
        """Return what `chosen` does as the search in another language knows it: without what has no name there."""
        named = {"topic": _topic_in, "partner": _partner_in}
        found = {
            name: named[name](self.locale.pk, locale.pk, value) if name in named else value
            for name, value in self.chosen().items()
        }
        return {name: value for name, value in found.items() if value}

    def narrowing(self) -> Narrowing:
        """Return what the choices narrow the hits by; topic and partner in all their languages."""
        chosen = self.chosen()
        return Narrowing(
            locale_id=_locale(chosen.get("language")),
            partners=_pages_of_partner(self.locale, chosen.get("partner")),
            topics=_rows_of_topic(self.locale, chosen.get("topic")),
            disclosures=tuple(
                value for value, words in WORDS.items() if chosen.get("kind") == (PAID if words.paid else CONTRIBUTED)
            ),
        )


def _partners_to_choose(locale: Locale, asked: str) -> list[tuple[str, str]]:
    """Return the slugs and names of the partners in the list, and of the one that a link has `asked` for."""
    partners = enumerate(partners_by_name(locale.pk).values())
    return [(one.slug, one.title) for place, one in partners if place < MOST_PARTNERS or one.slug == asked]


def _locale(language_code: str | None) -> int | None:
    return next((pk for pk, locale in locales().items() if locale.language_code == language_code), None)


def _pages_of_partner(locale: Locale, slug: str | None) -> tuple[int, ...] | None:
    if not slug:
        return None
    named = [partner for partner in partners_by_name(locale.pk).values() if partner.slug == slug]
    return tuple(pk for partner in named for pk in places_of_partner(partner.translation_key))


def _partner_in(locale_id: int, other_id: int, slug: str) -> str | None:
    keys = [key for key, partner in partners_by_name(locale_id).items() if partner.slug == slug]
    others = partners_by_name(other_id)
    return next((others[key].slug for key in keys if key in others), None)


def _topic_in(locale_id: int, other_id: int, slug: str) -> str | None:
    keys = {topic.translation_key for topic in topics_of(locale_id) if topic.slug == slug}
    return next((topic.slug for topic in topics_of(other_id) if topic.translation_key in keys), None)


def _rows_of_topic(locale: Locale, slug: str | None) -> tuple[int, ...] | None:
    if not slug:
        return None
    topics = all_topics()
    keys = {topic.translation_key for topic in topics.values() if (topic.locale_id, topic.slug) == (locale.pk, slug)}
    return tuple(pk for pk, topic in topics.items() if topic.translation_key in keys)
