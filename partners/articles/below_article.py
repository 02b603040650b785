"""What stands beside and below an article?"""

from functools import cached_property
from typing import TYPE_CHECKING

from wagtail.models import Page

from partners.articles.latest_page import LatestPostsPage
from partners.articles.paging import begun
from partners.articles.related import related_articles
from partners.articles.site_page import section_of_kind
from partners.articles.topics import Topic, topics_in

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage

LATEST_BELOW_AN_ARTICLE = 4


class BelowArticle:
    """What else an article leads to. Each is asked for when it is shown, since it may be kept already."""

    def __init__(self, article: "PartnerArticlePage") -> None:
        self._article = article

    @cached_property
    def topics(self) -> list[Topic]:
        """The article's topics, in its language where they have a name in it, by name."""
        # Of a preview, those that its editor has chosen.
        ids = getattr(self._article, "known_topic_ids", None)
        if ids is None:
            ids = [topic.pk for topic in self._article.topics.all()]
        return topics_in(self._article.locale_id, ids)

    @property
    def latest_page(self) -> Page | None:
        """Where all articles of the language are; None in a preview of one that was never saved, below no partner."""
        return section_of_kind(LatestPostsPage, self._article.path) if self._article.pk else None

    @property
    def latest(self) -> list["PartnerArticlePage"]:
        """The newest other articles of the language."""
        return self._shown[0]

    @property
    def further(self) -> str:
        """What asks `latest_page` for those behind the latest; empty where there are none."""
        return self._shown[1]

    @property
    def related(self) -> list["PartnerArticlePage"]:
        """Articles on the same topics or of the same partner that are not among the latest."""
        return self._shown[2]

    @cached_property
    def _shown(self) -> tuple[list["PartnerArticlePage"], str, list["PartnerArticlePage"]]:
        from partners.articles.newest import latest_articles  # noqa: PLC0415  it needs the article's, which imports this

        article = self._article
        # The same for all articles, which leave out themselves.
        newest = latest_articles(article.locale_id, LATEST_BELOW_AN_ARTICLE + 2)
        others = [other for other in newest if other.pk != article.pk]
        latest, further = begun(others, LATEST_BELOW_AN_ARTICLE)
        related = list(related_articles(article, self.topics, besides=latest)) if article.pk else []
        return latest, further, related
