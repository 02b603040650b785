"""How many articles would a reader find behind each further choice?

Each choice is counted within the others: beside 'year: 2026', a topic's count is that of 2026. Where there are many
articles, counts are kept for a minute: they tell where to look, and the articles themselves are never kept.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, IntegerField, QuerySet, Value
from django.db.models.functions import ExtractYear, Left, Length
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Locale

from partners.articles.choosing import EVERY_LANGUAGE, KINDS, Choice
from partners.articles.disclosure import words_for
from partners.articles.listing import ArticleQuerySet
from partners.articles.restrictions import open_to_all
from partners.articles.topics import Topic

MANY = 2_000  # articles; fewer are counted each time
KEPT_FOR = 60  # seconds


class _Fact(NamedTuple):
    """So many articles of one language, partner (by its translation key), kind and year."""

    language: str
    partner: str
    kind: str
    year: str
    articles: int


@dataclass(frozen=True)
class Option:
    """One value of a filter: what an address and a reader call it, and how many articles it leads to."""

    value: str
    name: str
    count: int
    is_chosen: bool = False
    lang: str = ""


@dataclass(frozen=True)
class Filter:
    """A question that a list can be asked; `without` is how many articles there are with it left open."""

    name: str
    label: str
    anything: str
    options: list[Option]
    without: int

    @property
    def chosen(self) -> Option | None:
        """The option that is chosen, or None where the question is left open."""
        return next((option for option in self.options if option.is_chosen and option.value), None)


def filters_for(choice: Choice, articles: ArticleQuerySet) -> tuple[list[Filter], int]:
    """Return the filters of a list of `articles` (those of every language), and how many of them are chosen."""
    own = choice.locale.language_code
    codes = dict(Locale.objects.order_by("pk").values_list("pk", "language_code"))
    partners = _partners(codes)
    everything = _facts(choice.without("topic"), articles, codes, partners)
    facts = _facts(choice, articles, codes, partners) if choice.topic else everything
    wanted = _wanted(choice)

    by = {name: _counted(facts, wanted, name) for name in ("language", "partner", "kind", "year")}
    own_names: dict[str, str] = dict(settings.LANGUAGES)
    languages = [
        Option("", own_names.get(own, own), by["language"][own], not choice.language),
        *(
            Option(code, str(own_names.get(code, code)), by["language"][code], code == choice.language, code)
            for code in codes.values()
            if code != own and (by["language"][code] or code == choice.language)
        ),
    ]
    if len(languages) > 1:
        every = by["language"].total()
        languages.append(Option(EVERY_LANGUAGE, _("All languages"), every, choice.language == EVERY_LANGUAGE))
    filters = [
        Filter(
            "partner",
            _("Partner"),
            _("All partners"),
            _partner_options(partners.values(), by["partner"], wanted["partner"], own),
            by["partner"].total(),
        ),
        Filter(
            "topic",
            _("Topic"),
            _("All topics"),
            _topic_options(choice, articles),
            _counted(everything, wanted, "").total(),
        ),
        Filter(
            "year",
            pgettext("of publication", "Year"),
            _("All years"),
            [
                Option(year, year, by["year"][year], year == wanted["year"])
                for year in sorted({*by["year"], *([wanted["year"]] if wanted["year"] else [])}, reverse=True)
            ],
            by["year"].total(),
        ),
        Filter("language", _("Language"), "", languages, by["language"][own]),
        Filter(
            "kind",
            pgettext("paid or contributed", "Kind"),
            _("All kinds"),
            [
                Option(kind, str(words_for(of[0]).label), by["kind"][kind], kind == wanted["kind"])
                for kind, of in KINDS.items()
                if by["kind"][kind] or kind == wanted["kind"]
            ],
            by["kind"].total(),
        ),
    ]
    return filters, _counted(facts, wanted, "").total()


class _Partner(NamedTuple):
    path: str
    key: str
    title: str
    slug: str
    language: str


def _partners(codes: dict[int, str]) -> dict[str, _Partner]:
    """Return those partners whose pages can be read, by their paths."""
    from partners.articles.partner_page import PartnerPage  # noqa: PLC0415  that module imports this one

    rows = open_to_all(PartnerPage.objects.live()).values_list("path", "translation_key", "title", "slug", "locale_id")
    return {path: _Partner(path, str(key), title, slug, codes[locale]) for path, key, title, slug, locale in rows}


def _wanted(choice: Choice) -> dict[str, str]:
    """Return what a fact must be to be chosen; an empty value asks for nothing."""
    language = choice.language or choice.locale.language_code
    return {
        "language": "" if language == EVERY_LANGUAGE else language,
        "partner": str(choice.partner.translation_key) if choice.partner else "",
        "kind": choice.kind,
        "year": str(choice.year or ""),
    }


def _counted(facts: Iterable[_Fact], wanted: dict[str, str], name: str) -> Counter[str]:
    """Count the chosen articles by the values of `name`, which itself is left open ("" leaves nothing open)."""
    places = {key: _Fact._fields.index(key) for key in wanted}
    asked = [(places[key], value) for key, value in wanted.items() if value and key != name]
    place = places.get(name, 0)
    found: Counter[str] = Counter()
    for fact in facts:
        if all(fact[at] == value for at, value in asked):
            found[str(fact[place])] += fact.articles
    return found


def _facts(
    choice: Choice, articles: ArticleQuerySet, codes: dict[int, str], partners: dict[str, _Partner]
) -> list[_Fact]:
    """Count the articles of the chosen topic, whatever else is chosen, by one query."""
    about = Choice(choice.locale, language=EVERY_LANGUAGE, topic=choice.topic).of(articles)

    def count() -> list[tuple[Any, ...]]:
        grouped = about.annotate(
            sponsor=Left("path", Length("path") - Value(about.model.steplen, output_field=IntegerField())),
            year=ExtractYear("publication_date"),
        )
        return list(
            grouped.order_by().values_list("locale_id", "sponsor", "disclosure", "year").annotate(count=Count("pk"))
        )

    kinds = {disclosure: kind for kind, of in KINDS.items() for disclosure in of}
    key = f"facts-{choice.topic.translation_key if choice.topic else ''}"
    return [
        _Fact(codes[locale], partners[path].key if path in partners else "", kinds[disclosure], str(year), count)
        for locale, path, disclosure, year, count in _kept(key, count)
        if disclosure in kinds
    ]


def _topic_options(choice: Choice, articles: ArticleQuerySet) -> list[Option]:
    """Count the articles of each topic within the other choices, by one query; a topic goes by its row of the list's
    language where there is one.
    """
    from partners.articles.article_page import PartnerArticlePage  # noqa: PLC0415  that module imports this one

    chosen = choice.without("topic").of(articles)

    def count() -> list[tuple[Any, ...]]:
        rows: QuerySet[Any] = PartnerArticlePage.topics.through.objects.filter(
            partnerarticlepage__in=chosen.order_by().values("pk")
        )
        # Translations of a topic are one topic; an article may name more than one of them.
        keyed = rows.values_list("topic__translation_key").annotate(count=Count("partnerarticlepage", distinct=True))
        return [(str(key), count) for key, count in keyed.order_by()]

    others = choice.without("topic")
    counts = dict(_kept(f"topics-{choice.locale_id}{others.query()}", count))
    own = choice.topic.translation_key if choice.topic else None
    named: dict[str, tuple[Topic, str]] = {}
    for topic in Topic.objects.select_related("locale").order_by("pk"):
        key = str(topic.translation_key)
        if (counts.get(key) or topic.translation_key == own) and (
            key not in named or topic.locale_id == choice.locale_id
        ):
            named[key] = (topic, "" if topic.locale_id == choice.locale_id else topic.locale.language_code)
    return sorted(
        (
            Option(topic.slug, topic.name, counts.get(key, 0), topic.translation_key == own, lang)
            for key, (topic, lang) in named.items()
        ),
        key=lambda option: option.name.casefold(),
    )


def _partner_options(partners: Iterable[_Partner], counts: Counter[str], chosen: str, language: str) -> list[Option]:
    named: dict[str, _Partner] = {}
    for partner in partners:
        if partner.key not in named or partner.language == language:
            named[partner.key] = partner
    options = (
        Option(
            partner.slug,
            partner.title,
            counts[key],
            key == chosen,
            "" if partner.language == language else partner.language,
        )
        for key, partner in named.items()
        if counts[key] or key == chosen
    )
    return sorted(options, key=lambda option: option.name.casefold())


def _kept(key: str, count: Callable[[], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """Return what `count` returns; where that is of many articles, what it returned up to a minute ago."""
    key = f"listing-{key}"
    rows: list[tuple[Any, ...]] | None = cache.get(key)
    if rows is None:
        rows = count()
        if sum(row[-1] for row in rows) > MANY:
            cache.set(key, rows, KEPT_FOR)
    return rows
