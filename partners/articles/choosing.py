"""What does a reader want to see of a list: which partner's, topic's, year's, language's or kind's articles?"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import DateField, Exists, IntegerField, OuterRef, Q, QuerySet, UUIDField
from django.http import Http404, QueryDict
from wagtail.models import Locale

from partners.articles.article_count import counted_posts
from partners.articles.counted_first import Counted, share_of
from partners.articles.disclosure import WORDS
from partners.articles.known_partners import partners_called, places_of_partner
from partners.articles.listing import ArticleQuerySet
from partners.articles.partner_page import PartnerPage
from partners.articles.topics import Topic, all_topics
from partners.keeping import locales
from partners.ready_made import Slot

# In the order of an address: one choice has one address.
NAMES = ("kind", "language", "partner", "topic", "year")
EVERY_LANGUAGE = "all"
KINDS = {
    "paid": [kind for kind, words in WORDS.items() if words.paid],
    "contributed": [kind for kind, words in WORDS.items() if not words.paid],
}
_YEAR = re.compile(r"[12][0-9]{3}", re.ASCII)
_LONGEST = 255  # a slug's length


@dataclass(frozen=True)
class Choice:
    """A reader's choice in a list of the language `locale`; what is empty or None is left open.

    `partner` and `topic` stand for all their translations. `language` is empty for the list's own.
    """

    locale: Locale
    kind: str = ""
    language: str = ""
    partner: PartnerPage | None = None
    topic: Topic | None = None
    year: int | None = None

    @property
    def values(self) -> dict[str, str]:
        """What is chosen, as an address names it, in the order of addresses."""
        values = {
            "kind": self.kind,
            "language": self.language,
            "partner": self.partner.slug if self.partner else "",
            "topic": self.topic.slug if self.topic else "",
            "year": str(self.year or ""),
        }
        return {name: value for name, value in values.items() if value}

    def query(self, **changes: str) -> str:
        """Return the choice as the part of an address behind its path, with `changes` ("" takes one away)."""
        values = {**self.values, **changes}
        told = urlencode([(name, values[name]) for name in (*NAMES, "after", "before") if values.get(name)])
        return f"?{told}" if told else ""

    def without(self, name: str) -> "Choice":
        """Return the choice with `name` left open."""
        left: dict[str, Any] = {name: "" if name in {"kind", "language"} else None}
        return replace(self, **left)

    def is_told_by(self, parameters: QueryDict) -> bool:
        """Say whether an address with these parameters is the choice's own: sorted, nothing empty, nothing twice."""
        told = [(name, value) for name in parameters for value in parameters.getlist(name) if name in NAMES]
        return told == list(self.values.items())

    def of(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Keep what is chosen of `articles`."""
        if self.language != EVERY_LANGUAGE:
            articles = articles.filter(locale__in=self.locale_ids)
        if self.kind:
            articles = articles.filter(disclosure__in=KINDS[self.kind])
        if self.year:
            # A range, where the year of each date would be asked for: an index answers it.
            articles = articles.filter(publication_date__range=(date(self.year, 1, 1), date(self.year, 12, 31)))
        if self.partner:
            articles = articles.filter(self._below_partner(self.partner))
        if self.topic:
            articles = articles.filter(Exists(_rows_of(self.topic).filter(partnerarticlepage=OuterRef("pk"))))
        return articles

    @property
    def shape(self) -> "Shape":
        """What a query of what is chosen is composed of."""
        return Shape(
            kind=self.kind,
            languages=0 if self.language == EVERY_LANGUAGE and len(self.values) == 1 else len(self.locale_ids),
            partners=len(self._partner_ids),
            is_of_partner=self.partner is not None,
            has_topic=self.topic is not None,
            has_year=self.year is not None,
        )

    @property
    def slots(self) -> dict[str, Any]:
        """What such a query is asked with."""
        values: dict[str, Any] = {f"language_{number}": pk for number, pk in enumerate(self.locale_ids)}
        values |= {f"partner_{number}": pk for number, pk in enumerate(self._partner_ids)}
        if self.topic:
            values["topic"] = self.topic.translation_key
        if self.year:
            values |= {"year": self.year, "first_day": date(self.year, 1, 1), "last_day": date(self.year, 12, 31)}
        return values

    @cached_property
    def _partner_ids(self) -> list[int]:
        return list(places_of_partner(self.partner.translation_key)) if self.partner else []

    @property
    def locale_id(self) -> int:
        """The id of the list's own language."""
        return int(self.locale.pk)

    @property
    def locale_ids(self) -> list[int]:
        """The ids of the languages that are chosen."""
        language = self.language or self.locale.language_code
        return [pk for pk, locale in locales().items() if language in {locale.language_code, EVERY_LANGUAGE}]

    @staticmethod
    def _below_partner(partner: PartnerPage) -> Q:
        below = Q(pk__in=[])
        for path in places_of_partner(partner.translation_key).values():
            below |= Q(path__startswith=path)
        return below


@dataclass(frozen=True)
class Shape:
    """What the query of a choice is composed of: its kind, how many languages and pages of a partner it names, and
    which of its other questions are answered. No languages are all of them, where nothing else is chosen.
    """

    kind: str
    languages: int
    partners: int
    is_of_partner: bool
    has_topic: bool
    has_year: bool

    @property
    def is_shared(self) -> bool:
        """Whether no index has what is chosen in its order, so that it depends on the numbers how it is found."""
        return bool(self.kind or self.has_topic or self.partners > 1)

    def counted(self) -> Counted | None:
        """Return what `Choice.of` keeps of `newest_posts`, as it is counted, with `Choice.slots`; None where it keeps
        everything.
        """
        if not self.languages:
            return None
        languages: Any = [Slot(f"language_{number}", IntegerField()) for number in range(self.languages)]
        partners: Any = [Slot(f"partner_{number}") for number in range(self.partners)]
        topic = Slot("topic", UUIDField()) if self.has_topic else None
        found: QuerySet[Any] = counted_posts().filter(locale_id__in=languages)
        if self.kind:
            found = found.filter(disclosure__in=KINDS[self.kind])
        if self.has_year:
            found = found.filter(day__range=(Slot("first_day", DateField()), Slot("last_day", DateField())))
        if self.is_of_partner:
            found = found.filter(partner_id__in=partners)
        if not self.is_shared:
            return Counted(found)
        share = share_of(
            locale_ids=languages,
            partner_ids=partners,
            topic=topic,
            year=Slot("year", IntegerField()) if self.has_year else None,
            disclosures=KINDS[self.kind] if self.kind else (),
        )
        return Counted(found, share, topic)


def _rows_of(topic: Topic) -> QuerySet[Any]:
    from partners.articles.article_page import PartnerArticlePage  # noqa: PLC0415  that module imports this one

    rows: QuerySet[Any] = PartnerArticlePage.topics.through.objects.all()
    # An article may name the topic by the row of another language.
    key = topic.translation_key
    return rows.filter(topic__in=[pk for pk, one in all_topics().items() if one.translation_key == key])


def read_choice(parameters: QueryDict, locale: Locale) -> Choice:
    """Return what the parameters of an address choose; parameters of other names say nothing here.

    Raises Http404 for a value that names nothing: to show everything instead would not be what the link says.
    """
    given = {name: parameters.get(name, "") for name in NAMES}
    if any("\x00" in value or len(value) > _LONGEST for value in given.values()):
        raise Http404
    kind, language, year = given["kind"], given["language"], given["year"]
    if (kind and kind not in KINDS) or (year and not _YEAR.fullmatch(year)):
        raise Http404
    if language == locale.language_code:
        language = ""
    if language not in {"", EVERY_LANGUAGE, *(one.language_code for one in locales().values())}:
        raise Http404
    return Choice(
        locale=locale,
        kind=kind,
        language=language,
        partner=_partner(given["partner"], locale),
        topic=_topic(given["topic"], locale),
        year=int(year) if year else None,
    )


def _partner(slug: str, locale: Locale) -> PartnerPage | None:
    try:
        return _of_language(partners_called(slug), locale) if slug else None
    except PartnerPage.DoesNotExist:
        raise Http404 from None


def _topic(slug: str, locale: Locale) -> Topic | None:
    named = [topic for topic in all_topics().values() if topic.slug == slug]
    if slug and not named:
        raise Http404
    return _of_language(sorted(named, key=attrgetter("pk")), locale) if slug else None


def _of_language[Named: (PartnerPage, Topic)](named: list[Named], locale: Locale) -> Named:
    """Return the one of `locale`, else the first."""
    return min(named, key=lambda one: one.locale_id != locale.pk)
