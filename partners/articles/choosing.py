"""What does a reader want to see of a list: which partner's, topic's, year's, language's or kind's articles?"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, QueryDict
from wagtail.models import Locale

from partners.articles.disclosure import WORDS
from partners.articles.listing import ArticleQuerySet
from partners.articles.restrictions import open_to_all
from partners.articles.topics import Topic

if TYPE_CHECKING:
    from partners.articles.partner_page import PartnerPage

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
    partner: "PartnerPage | None" = None
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
            own = Q(locale=self.locale_id)
            articles = articles.filter(Q(locale__language_code=self.language) if self.language else own)
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
    def locale_id(self) -> int:
        """The id of the list's own language."""
        return int(self.locale.pk)

    def _below_partner(self, partner: "PartnerPage") -> Q:
        paths = type(partner).objects.filter(translation_key=partner.translation_key).values_list("path", flat=True)
        below = Q(pk__in=[])
        for path in paths:
            below |= Q(path__startswith=path)
        return below


def _rows_of(topic: Topic) -> QuerySet[Any]:
    from partners.articles.article_page import PartnerArticlePage  # noqa: PLC0415  that module imports this one

    rows: QuerySet[Any] = PartnerArticlePage.topics.through.objects.all()
    keys = Topic.objects.filter(translation_key=topic.translation_key).values_list("pk", flat=True)
    # An article may name the topic by the row of another language.
    return rows.filter(topic__in=list(keys))


def read_choice(parameters: QueryDict, locale: Locale) -> Choice:
    """Return what the parameters of an address choose; parameters of other names say nothing here.

    Raises Http404 for a value that names nothing: to show everything instead would not be what the link says.
    """
    from partners.articles.partner_page import PartnerPage  # noqa: PLC0415  that module imports this one

    given = {name: parameters.get(name, "") for name in NAMES}
    if any("\x00" in value or len(value) > _LONGEST for value in given.values()):
        raise Http404
    kind, language, year = given["kind"], given["language"], given["year"]
    if (kind and kind not in KINDS) or (year and not _YEAR.fullmatch(year)):
        raise Http404
    if language == locale.language_code:
        language = ""
    if language not in {"", EVERY_LANGUAGE} and not Locale.objects.filter(language_code=language).exists():
        raise Http404
    return Choice(
        locale=locale,
        kind=kind,
        language=language,
        partner=_named(open_to_all(PartnerPage.objects.live()), given["partner"], locale),
        topic=_named(Topic.objects.all(), given["topic"], locale),
        year=int(year) if year else None,
    )


def _named[Named: ("PartnerPage", Topic)](found: QuerySet[Named], slug: str, locale: Locale) -> Named | None:
    """Return what has the slug in `locale`, else in another language. Raises Http404 where nothing has."""
    if not slug:
        return None
    named = list(found.filter(slug=slug).select_related("locale").order_by("pk"))
    if not named:
        raise Http404
    return min(named, key=lambda one: one.locale_id != locale.pk)
