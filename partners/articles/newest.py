"""Which articles of a language are the newest?"""

from partners.articles.article_page import PartnerArticlePage
from partners.keeping import once


def latest_articles(locale_id: int, count: int) -> list[PartnerArticlePage]:
    """Return the `count` newest posts of a language, ready for cards. Nobody may change them."""

    def ask() -> list[PartnerArticlePage]:
        posts = PartnerArticlePage.objects.newest_posts().in_language(locale_id).newest_first()
        return list(posts.for_cards()[:count])

    return once(("latest", locale_id, count), ask, of_lists=True)
