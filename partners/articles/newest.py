"""Which articles of a language are the newest?"""

from django.db.models import IntegerField

from partners.articles.article_page import PartnerArticlePage
from partners.articles.counted_first import newest_of_language
from partners.articles.listing import ArticleQuerySet
from partners.articles.restrictions import private_patterns
from partners.keeping import once
from partners.ready_made import Slot, ready_made

# So many more are looked at: some that are counted may be for some readers only.
_SPARE = 3


def latest_articles(locale_id: int, count: int) -> list[PartnerArticlePage]:
    """Return the `count` newest posts of a language, ready for cards. Nobody may change them."""

    def ask() -> list[PartnerArticlePage]:
        return _latest(count + _SPARE).rows(locale=locale_id, **private_patterns())[:count]

    return once(("latest", locale_id, count), ask, of_list=locale_id)


@ready_made
def _latest(count: int) -> ArticleQuerySet:
    first = newest_of_language(Slot("locale", IntegerField())).first(count)
    return PartnerArticlePage.objects.newest_posts(is_ready_made=True).filter(pk__in=first).newest_first().for_cards()
