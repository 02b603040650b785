"""Which articles that fit come first, whether many fit or few among very many?

Many are found soon by whoever walks from the newest; few are found by what they have in common, or the walk would go
through everything. Which of both, the numbers say that are kept of them, in the same statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Power
from django.db.models.lookups import GreaterThan

from partners.articles.article_count import (
    ANY_PARTNER,
    ANY_TOPIC,
    ANY_YEAR,
    ArticleCount,
    CountedArticle,
    counted_listed,
    counted_posts,
)
from partners.ready_made import Slot, stands_to_any


@dataclass(frozen=True)
class Share:
    """How many articles fit, of how many that a walk comes by: the numbers of both, among `counts`."""

    counts: QuerySet[ArticleCount]
    fitting: Q
    walked: Q

    def is_large(self, most: int) -> Subquery:
        """Return whether `most` that fit are found sooner by a walk, which comes by one of them in as many articles as
        the share says, than by reading all that fit.
        """
        fitting, walked = _sum_of(self.fitting), _sum_of(self.walked)
        is_large = GreaterThan(Power(fitting, 2), most * walked)
        return Subquery(self.counts.order_by().values(is_large=is_large), output_field=BooleanField())


@dataclass(frozen=True)
class Counted:
    """Articles as they are counted: of those `found`, the ones about `topic`, if there is one. `share` is None where an
    index has them, and nothing else, in their order.
    """

    found: QuerySet[CountedArticle]
    share: Share | None = None
    topic: Slot | None = None

    def first(self, most: int, *, beyond: Q | None = None, sign: str = "-") -> QuerySet[Any]:
        """Return the keys of the first `most` of those `beyond` a place, newest first, or oldest with no `sign`."""
        found = self.found if beyond is None else self.found.filter(beyond)
        walked, gathered = found, found
        if self.topic is not None:
            # Said in a way for which there is no index: a plan for any values would look for a common topic there, too.
            walked = found.filter(stands_to_any(self.topic, F("topics")))
            gathered = found.filter(topics__contains=[self.topic])
        walked = walked.order_by(f"{sign}day", f"{sign}pk")
        if self.share is None:
            return walked.values("pk")[:most]
        # An order that no index has, so that the database must look for what they have in common.
        day = ExpressionWrapper(F("day") + Value(0), output_field=DateField())
        gathered = gathered.order_by(day.desc() if sign else day.asc(), f"{sign}pk")
        # It says nothing of an article, so the half for which it is not so is not executed.
        is_large = self.share.is_large(most)
        many, few = walked.filter(is_large), gathered.filter(~ExpressionWrapper(is_large, BooleanField()))
        return many.values("pk")[:most].union(few.values("pk")[:most], all=True)


def share_of(
    *,
    locale_ids: Sequence[Slot],
    partner_ids: Sequence[Slot] = (),
    topic: Slot | None = None,
    year: Slot | None = None,
    disclosures: Sequence[str] = (),
) -> Share:
    """Return the share of what fits; of those whose campaign is over, some may be counted.

    What a walk comes by is of the languages and year, and of the partner, where it is one page alone.
    """
    fitting = Q(partner_id__in=partner_ids or [ANY_PARTNER], topic=topic or ANY_TOPIC)
    if disclosures:
        fitting &= Q(disclosure__in=disclosures)
    walked_partner = partner_ids[0] if len(partner_ids) == 1 else ANY_PARTNER
    languages: Any = locale_ids
    partners: Any = list(dict.fromkeys([*partner_ids, walked_partner]))
    topics: Any = list(dict.fromkeys([topic or ANY_TOPIC, ANY_TOPIC]))
    counts = ArticleCount.objects.filter(
        locale_id__in=languages, year=year or ANY_YEAR, partner_id__in=partners, topic__in=topics
    )
    return Share(counts, fitting, Q(partner_id=walked_partner, topic=ANY_TOPIC))


def _sum_of(which: Q) -> Any:
    articles = Case(When(which, then=F("articles")), default=0, output_field=IntegerField())
    return Coalesce(Func(articles, function="sum", output_field=IntegerField()), 0)


def newest_of_language(locale_id: Slot) -> Counted:
    """Return the newest posts of a language."""
    return Counted(counted_posts().filter(locale_id=locale_id))


def listed_of_language(locale_id: Slot) -> Counted:
    """Return what lists name of a language."""
    return Counted(counted_listed().filter(locale_id=locale_id))


def listed_of_partner(partner_id: Slot) -> Counted:
    """Return what lists name of a partner's page."""
    return Counted(counted_listed().filter(partner_id=partner_id))


def listed_of_topic(locale_id: Slot, topic: Slot) -> Counted:
    """Return what lists name of a language about a topic."""
    found = counted_listed().filter(locale_id=locale_id)
    return Counted(found, share_of(locale_ids=[locale_id], topic=topic), topic)
