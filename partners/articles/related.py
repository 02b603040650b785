"""Which articles should somebody read who has read this one?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from partners.articles.topics import Topic

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage
    from partners.articles.listing import ArticleQuerySet

RELATED_BELOW_AN_ARTICLE = 3
# Of each of so many topics, and of the partner, the newest few are compared: the cost is the same however many
# articles there are, and what is related is also new.
TOPICS_COMPARED = 6
COMPARED = 24


def related_articles(
    article: "PartnerArticlePage", topics: Iterable[Topic], *, besides: Iterable["PartnerArticlePage"] = ()
) -> "ArticleQuerySet":
    """Return up to RELATED_BELOW_AN_ARTICLE other articles of the article's language, by one query.

    Those that share most of its `topics` come first, then those of its partner, then the newer. `besides` are articles
    that the page names already.
    """
    kind = type(article)
    listed = kind.objects.listed().in_language(article.locale_id)
    named = [article.pk, *(one.pk for one in besides)]
    newest = listed.exclude(pk__in=named).newest_first().values("pk")
    about: QuerySet[Any] = kind.topics.through.objects.filter(partnerarticlepage=OuterRef("pk"))
    shared = [topic.pk for topic in topics][:TOPICS_COMPARED]
    same_partner = newest.filter(path__startswith=article.parent_path)
    compared = same_partner[:COMPARED].union(
        *(newest.filter(Exists(about.filter(topic=topic)))[:COMPARED] for topic in shared), all=True
    )
    count = about.filter(topic__in=shared).order_by().values("partnerarticlepage").annotate(n=Count("pk")).values("n")
    return (
        kind.objects.filter(pk__in=compared)
        .annotate(
            topics_shared=Coalesce(Subquery(count, output_field=IntegerField()), 0),
            is_of_partner=Case(When(path__startswith=article.parent_path, then=Value(1)), default=Value(0)),
        )
        .order_by("-topics_shared", "-is_of_partner", "-publication_date", "-pk")
        .for_cards()[:RELATED_BELOW_AN_ARTICLE]
    )
