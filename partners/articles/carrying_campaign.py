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


def carry_campaign_to_translations(article: "PartnerArticlePage", *, only_drafts: bool = False) -> None:
    """Give the translations of `article` the campaign that it has got; to be called within its transaction.

    What their editors have not finished or have scheduled will not bring the old one back, nor will a translation that
    is made anew from what was stored of the original. With `only_drafts`, what readers see stays, and so does a draft
    for which its editor has chosen another campaign.
    """
    campaign_id = article.partner_campaign_id
    others = type(article).objects.filter(translation_key=article.translation_key).exclude(pk=article.pk)
    if only_drafts:
        others = others.filter(live=False, has_new_campaign=False)
    differing = list(others.exclude(partner_campaign=campaign_id).order_by("pk"))
    keys = [other.pk for other in differing]
    type(article).objects.filter(pk__in=keys).update(partner_campaign=campaign_id, has_new_campaign=False)
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
