"""Which articles should somebody read who has read this one?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from wagtail.models import Page

from partners.articles.article_count import CountedArticle, counted_listed
from partners.articles.counted_first import Counted, listed_of_topic
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
    named = [article.pk, *(one.pk for one in besides)]
    compared_topics = list(topics)[:TOPICS_COMPARED]
    shared = [topic.pk for topic in compared_topics]
    about: QuerySet[Any] = kind.topics.through.objects.filter(partnerarticlepage=OuterRef("pk"), topic__in=shared)
    # What is counted knows day, partner and topics of each article in one narrow row.
    partner = Page.objects.filter(path=article.parent_path).values("pk")[:1]
    of_topics = (listed_of_topic(article.locale_id, topic.translation_key) for topic in compared_topics)
    narrowed = [Counted(counted_listed().filter(partner_id=partner)), *of_topics]
    firsts = [one.first(COMPARED, beyond=~Q(pk__in=named)) for one in narrowed]
    compared = CountedArticle.objects.none().union(*firsts, all=True)
    count = about.order_by().values("partnerarticlepage").annotate(n=Count("pk")).values("n")
    return (
        kind.objects.listed()
        .filter(pk__in=compared)
        .annotate(
            topics_shared=Coalesce(Subquery(count, output_field=IntegerField()), 0),
            is_of_partner=Case(When(path__startswith=article.parent_path, then=Value(1)), default=Value(0)),
        )
        .order_by("-topics_shared", "-is_of_partner", "-publication_date", "-pk")
        .for_cards()[:RELATED_BELOW_AN_ARTICLE]
    )
