"""Which articles of a language are the newest?"""

from partners.articles.article_page import PartnerArticlePage
from partners.articles.counted_first import newest_of_language
from partners.keeping import once


def latest_articles(locale_id: int, count: int) -> list[PartnerArticlePage]:
    """Return the `count` newest posts of a language, ready for cards. Nobody may change them."""

    def ask() -> list[PartnerArticlePage]:
        first = newest_of_language(locale_id).first(count)
        posts = PartnerArticlePage.objects.newest_posts().filter(pk__in=first).newest_first()
        return list(posts.for_cards())

    return once(("latest", locale_id, count), ask, of_lists=True)
