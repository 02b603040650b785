"""Which articles should somebody read who has read this one?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)
from wagtail.models import Page

from partners.articles.article_count import CountedArticle, counted_listed
from partners.articles.counted_first import Counted, listed_of_topic
from partners.articles.restrictions import private_patterns
from partners.articles.topics import Topic
from partners.ready_made import Slot, is_any, ready_made, stands_to_any

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage
    from partners.articles.listing import ArticleQuerySet

RELATED_BELOW_AN_ARTICLE = 3
# Of each of so many topics, and of the partner, the newest few are compared: the cost is the same however many
# articles there are, and what is related is also new.
TOPICS_COMPARED = 6
COMPARED = 24
# Of the best, so many more than are shown are looked at: some may be for nobody any more.
SPARE = 3


def related_articles(
    article: "PartnerArticlePage", topics: Iterable[Topic], *, besides: Iterable["PartnerArticlePage"] = ()
) -> list["PartnerArticlePage"]:
    """Return up to RELATED_BELOW_AN_ARTICLE other articles of the article's language, by one query.

    Those that share most of its `topics` come first, then those of its partner, then the newer. `besides` are articles
    that the page names already.
    """
    compared = list(topics)[:TOPICS_COMPARED]
    return _related(type(article), len(compared)).rows(
        locale=article.locale_id,
        partner=article.parent_path,
        named=[article.pk, *(one.pk for one in besides)],
        **{f"topic_{number}": topic.translation_key for number, topic in enumerate(compared)},
        **private_patterns(),
    )


@ready_made
def _related(kind: "type[PartnerArticlePage]", topics: int) -> "ArticleQuerySet":
    # What is counted knows day, partner and topics of each article in one narrow row.
    partner = Page.objects.filter(path=Slot("partner", CharField())).values("pk")[:1]
    locale = Slot("locale", IntegerField())
    shared = [Slot(f"topic_{number}", UUIDField()) for number in range(topics)]
    narrowed = [Counted(counted_listed().filter(partner_id=partner)), *(listed_of_topic(locale, one) for one in shared)]
    firsts = [one.first(COMPARED, beyond=~Q(is_any("pk", "named"))) for one in narrowed]
    compared = CountedArticle.objects.none().union(*firsts, all=True)
    rank: dict[str, Any] = {
        "topics_shared": _how_many_of(shared),
        "is_of_partner": _one_if(partner_id=Subquery(partner)),
    }
    # As an array: the database may not sort all articles by their rank, and look then which are among the compared.
    found: Any = ArraySubquery(compared, output_field=ArrayField(BigIntegerField()))
    best: QuerySet[Any] = CountedArticle.objects.filter(stands_to_any(F("pk"), found)).annotate(**rank)
    best = best.order_by("-topics_shared", "-is_of_partner", "-day", "-pk")[: RELATED_BELOW_AN_ARTICLE + SPARE]
    # The rank of those alone that are looked at again.
    own: QuerySet[Any] = CountedArticle.objects.filter(pk=OuterRef("pk"))
    return (
        kind.objects.listed(is_ready_made=True)
        .filter(pk__in=best.values("pk"))
        .annotate(**{name: Subquery(own.annotate(**rank).values(name)) for name in rank})
        .order_by("-topics_shared", "-is_of_partner", "-publication_date", "-pk")
        .for_cards()[:RELATED_BELOW_AN_ARTICLE]
    )


def _how_many_of(topics: list[Slot]) -> Any:
    return sum((_one_if(topics__contains=[topic]) for topic in topics), start=Value(0, IntegerField()))


def _one_if(**condition: Any) -> Case:
    return Case(When(**condition, then=Value(1)), default=Value(0), output_field=IntegerField())
