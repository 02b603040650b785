"""What stands beside and below an article?"""

from functools import cached_property
from typing import TYPE_CHECKING

from wagtail.models import Page

from partners.articles.latest_page import LatestPostsPage
from partners.articles.listing import with_sponsors
from partners.articles.paging import begun
from partners.articles.related import related_articles
from partners.articles.site_page import section_of_kind
from partners.articles.topics import Topic

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage

LATEST_BELOW_AN_ARTICLE = 4


class BelowArticle:
    """What else an article leads to. Each is asked for when it is shown, since it may be kept already."""

    def __init__(self, article: "PartnerArticlePage") -> None:
        self._article = article

    @cached_property
    def _own_topics(self) -> list[Topic]:
        return list(self._article.topics.all())

    @property
    def topics(self) -> list[Topic]:
        """The article's topics, in its language."""
        locale_id = self._article.locale_id
        return [topic if topic.locale_id == locale_id else topic.localized for topic in self._own_topics]

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
        article = self._article
        posts = type(article).objects.newest_posts().in_language(article.locale_id).newest_first()
        found = list(posts.exclude(pk=article.pk).for_cards()[: LATEST_BELOW_AN_ARTICLE + 1])
        latest, further = begun(found, LATEST_BELOW_AN_ARTICLE)
        related = list(related_articles(article, self._own_topics, besides=latest)) if article.pk else []
        # What is shown on cards is fetched for all at once.
        with_sponsors([*latest, *related])
        return latest, further, related
