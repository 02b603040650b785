"""How does an article have the same campaign in all of its languages?"""

import json
from typing import TYPE_CHECKING

from wagtail_localize.models import TranslationSource

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage


def take_campaign_of_translations(article: "PartnerArticlePage") -> None:
    """Give a new translation the campaign that the article has in its other languages."""
    others = type(article).objects.filter(translation_key=article.translation_key)
    article.partner_campaign_id = others.values_list("partner_campaign", flat=True).first()


def carry_campaign_to_translations(article: "PartnerArticlePage") -> None:
    """Give the translations of `article` the campaign that it has got; to be called within its transaction.

    What their editors have not finished or have scheduled will not bring the old one back, nor will a translation that
    is made anew from what was stored of the original.
    """
    campaign_id = article.partner_campaign_id
    others = type(article).objects.filter(translation_key=article.translation_key).exclude(pk=article.pk)
    differing = list(others.exclude(partner_campaign=campaign_id).order_by("pk"))
    type(article).objects.filter(pk__in=[other.pk for other in differing]).update(partner_campaign=campaign_id)
    for other in differing:
        for revision in other.revisions.all():
            if revision.pk == other.latest_revision_id or revision.approved_go_live_at:
                revision.content = {**revision.content, "partner_campaign": campaign_id}
                revision.save(update_fields=["content"])
    for source in TranslationSource.objects.filter(object_id=article.translation_key).select_for_update():
        content = json.loads(source.content_json)
        if content.get("partner_campaign") != campaign_id:
            source.content_json = json.dumps({**content, "partner_campaign": campaign_id})
            source.save(update_fields=["content_json"])


def stored_campaign_id(article: "PartnerArticlePage") -> int | None:
    """Return the key of the campaign that the article's row names, or None."""
    return type(article).objects.filter(pk=article.pk).values_list("partner_campaign", flat=True).first()
