"""What stands beside and below an article?"""

from typing import TYPE_CHECKING, Any

from django.utils.functional import SimpleLazyObject

from partners.articles.latest_page import LatestPostsPage
from partners.articles.paging import begun
from partners.articles.related import related_articles
from partners.articles.site_page import section_of_kind
from partners.articles.topics import Topic, topics_in

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage

LATEST_BELOW_AN_ARTICLE = 4


def below_article(article: "PartnerArticlePage") -> dict[str, Any]:
    """Return `latest`, the newest other articles of the language; `latest_page`, where all of them are, and `further`,
    what asks it for those behind; `topics`; and `related`, articles that are not among the latest.

    Each is asked for when it is shown, since what shows it may be kept already.
    """
    latest: Any = SimpleLazyObject(lambda: _latest(article))
    topics: Any = SimpleLazyObject(lambda: _topics(article))
    return {
        "latest": SimpleLazyObject(lambda: latest[0]),
        "further": SimpleLazyObject(lambda: latest[1]),
        # A preview of an article that was never saved stands below no partner yet.
        "latest_page": SimpleLazyObject(lambda: section_of_kind(LatestPostsPage, article.path) if article.pk else None),
        "topics": topics,
        "related": SimpleLazyObject(lambda: related_articles(article, topics, besides=latest[0]) if article.pk else []),
    }


def _latest(article: "PartnerArticlePage") -> tuple[list["PartnerArticlePage"], str]:
    from partners.articles.newest import latest_articles  # noqa: PLC0415  it needs the article's, which imports this

    # The same for all articles, which leave out themselves.
    newest = latest_articles(article.locale_id, LATEST_BELOW_AN_ARTICLE + 2)
    return begun([other for other in newest if other.pk != article.pk], LATEST_BELOW_AN_ARTICLE)


def _topics(article: "PartnerArticlePage") -> list[Topic]:
    # Of a preview, those that its editor has chosen.
    ids = getattr(article, "known_topic_ids", None)
    if ids is None:
        ids = [topic.pk for topic in article.topics.all()]
    return topics_in(article.locale_id, ids)
