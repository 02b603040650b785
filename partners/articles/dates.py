"""When did an article come out, and when did readers last see something else of it?"""

from datetime import datetime, time
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage


def published_at(article: "PartnerArticlePage") -> datetime:
    """Return when the article came out: on the day that its editor says, at the hour when that is the real day.

    A date that the editor has set later than the publication itself would have readers wait for it.
    """
    midnight = timezone.make_aware(datetime.combine(article.publication_date, time()))
    first = article.first_published_at
    if first is None or article.publication_date < timezone.localdate(first):
        return midnight
    return first


def updated_at(article: "PartnerArticlePage") -> datetime:
    """Return when the article was last published, or its label changed; never before it came out."""
    return max(filter(None, (published_at(article), article.last_published_at, article.label_changed_at)))
