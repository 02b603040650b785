"""What is loaded of articles for their cards?"""

from collections.abc import Iterable

from partners.articles.article_page import PartnerArticlePage
from partners.articles.listing import ArticleQuerySet, with_renditions, with_sponsors
from partners.articles.paging import Listed
from partners.articles.restrictions import private_patterns
from partners.ready_made import ReadyMade, is_any, ready_made


def loaded_for_cards(articles: Iterable[PartnerArticlePage | Listed]) -> dict[int, PartnerArticlePage]:
    """Return articles by their keys with what their cards show, by a query each for those that are only listed, their
    sponsors and their pictures; without those that are not public any more.
    """
    found = {one.pk: one if isinstance(one, PartnerArticlePage) else None for one in articles}
    if listed := [pk for pk, article in found.items() if article is None]:
        query: ReadyMade[PartnerArticlePage] = _of_keys()
        found |= {article.pk: article for article in query.rows(keys=listed, **private_patterns())}
    there = [article for article in found.values() if article is not None]
    return {article.pk: article for article in with_renditions(with_sponsors(there))}


def loaded_for_card(article: PartnerArticlePage | Listed) -> PartnerArticlePage:
    """Return one of them. Raises PartnerArticlePage.DoesNotExist where it is not public any more."""
    if (found := loaded_for_cards([article]).get(article.pk)) is None:
        raise PartnerArticlePage.DoesNotExist
    return found


@ready_made
def _of_keys() -> ArticleQuerySet:
    # Whatever has become of one since it was listed: nobody may see more than what he may read.
    return PartnerArticlePage.objects.published(is_ready_made=True).filter(is_any("pk", "keys")).for_cards().order_by()
