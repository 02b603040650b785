"""What is there little of on a site of any size? A topic and a partner of five articles, a language of five.

Written into the database that is asked, which is there for that alone.
"""

from collections.abc import Callable, Iterable
from typing import Any

from tests.bench.questions import RARE_LANGUAGE, RARE_TOPIC, SMALL_PARTNER

FEW = 5


def _make_few() -> None:
    """Give five old articles a topic of their own, and five others a partner, where that was not done before."""
    from partners.articles.partner_page import PartnerPage
    from partners.articles.topics import Topic

    old = _bulk("en").exclude(slug__endswith="0").order_by("publication_date", "pk")
    if not Topic.objects.filter(slug=RARE_TOPIC).exists():
        topic = Topic.objects.create(slug=RARE_TOPIC, name="Rare", locale=old[0].locale)
        _index(_with_topic(old[FEW : 2 * FEW], topic))
    if not PartnerPage.objects.filter(slug=SMALL_PARTNER).exists():
        like = PartnerPage.objects.get(locale__language_code="en", slug="bulk-partner-0")
        partner = like.copy(recursive=False, update_attrs={"slug": SMALL_PARTNER, "title": "Small partner"})
        moved = list(old[:FEW])
        for article in moved:
            article.move(partner, pos="last-child")
        _index([partner, *_bulk("en").filter(pk__in=[article.pk for article in moved])])


def _leave_few() -> None:
    """Give all articles of a language but five to another one, by a statement each for pages and search."""
    from wagtail.models import Locale, Page

    from partners.articles.article_count import merge
    from partners.search.entry import SearchEntry

    kept = _bulk(RARE_LANGUAGE).order_by("publication_date", "pk").values_list("pk", flat=True)[:FEW]
    others = list(_bulk(RARE_LANGUAGE).exclude(pk__in=list(kept)).values_list("pk", flat=True))
    receiver = Locale.objects.get(language_code="zh-hant")
    Page.objects.filter(pk__in=others).update(locale=receiver)
    SearchEntry.objects.filter(pk__in=others).update(locale=receiver)
    merge()
    _tidy()


def _bulk(language: str) -> Any:
    from home.bulk.articles import ARTICLE_SLUG
    from partners.articles.article_page import PartnerArticlePage

    articles = PartnerArticlePage.objects.live().filter(locale__language_code=language)
    return articles.filter(slug__startswith=ARTICLE_SLUG).select_related("locale")


def _with_topic(articles: Iterable[Any], topic: Any) -> list[Any]:
    found = list(articles)
    through = type(found[0]).topics.through
    through.objects.bulk_create(through(partnerarticlepage=article, topic=topic) for article in found)
    return found


def _index(pages: Iterable[Any]) -> None:
    from partners.articles.article_count import merge
    from partners.search.indexing import index_pages

    index_pages(pages)
    merge()
    _tidy()


def _tidy() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


# By the groups of questions before which they are made.
RARITIES: dict[str, Callable[[], None]] = {"few": _make_few, "a language of five": _leave_few}
