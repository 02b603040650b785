"""What stands below an article?"""

from typing import TYPE_CHECKING, Any

from partners.articles.latest_page import LatestPostsPage
from partners.articles.listing import with_sponsors
from partners.articles.paging import begun
from partners.articles.related import related_articles
from partners.articles.site_page import section_of_kind

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage

LATEST_BELOW_AN_ARTICLE = 4


def below_article(article: "PartnerArticlePage") -> dict[str, Any]:
    """Return `latest`, the newest other articles of the language; `latest_page`, where all of them are, and `further`,
    what asks it for those behind; `topics`; and `related`, articles that are not among the latest.
    """
    topics = list(article.topics.all())
    posts = type(article).objects.newest_posts().in_language(article.locale_id).newest_first()
    found = list(posts.exclude(pk=article.pk).for_cards()[: LATEST_BELOW_AN_ARTICLE + 1])
    latest, further = begun(found, LATEST_BELOW_AN_ARTICLE)
    # A preview of an article that was never saved stands below no partner yet.
    related = list(related_articles(article, topics, besides=latest)) if article.pk else []
    # What is shown of the article and on cards is fetched for all at once.
    shown = [article, *latest, *related]
    with_sponsors(shown if article.pk else shown[1:])
    return {
        "latest": latest,
        "latest_page": section_of_kind(LatestPostsPage, article.path) if article.pk else None,
        "further": further,
        "topics": [topic if topic.locale_id == article.locale_id else topic.localized for topic in topics],
        "related": related,
    }
