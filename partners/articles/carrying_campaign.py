"""How does an article have the same campaign in all of its languages?"""

import json
from typing import TYPE_CHECKING

from wagtail_localize.models import TranslationSource

from partners.articles.label_change import keep_for_editors
from partners.articles.partner_campaign import is_of_another_partner

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage


def begin_campaign_of_new(article: "PartnerArticlePage") -> None:
    """Give a new translation the campaign that the article has in its other languages; take a copy out of another's.

    A copy below another partner is no part of what the first one has booked.
    """
    if article.partner_campaign_id is None:
        others = type(article).objects.filter(translation_key=article.translation_key)
        article.partner_campaign_id = others.values_list("partner_campaign", flat=True).first()
    if article.partner_campaign_id and is_of_another_partner(article.partner_campaign_id, article.sponsor):
        article.partner_campaign_id = None


def keep_out_of_left_campaign(version: "PartnerArticlePage", row: "PartnerArticlePage") -> None:
    """Take `version`, which a revision remembers, out of a campaign that the article left with its former partner.

    `row` is the article as it is stored. Where that is in the same campaign, nothing has been left.
    """
    campaign_id = version.partner_campaign_id
    if campaign_id != row.partner_campaign_id and is_of_another_partner(campaign_id, version.sponsor):
        version.partner_campaign_id = row.partner_campaign_id


def leave_campaign_of_former_partner(article: "PartnerArticlePage") -> str:
    """Take `article`, which has been moved, out of another partner's campaign; return the campaign's name or ''."""
    campaign = article.partner_campaign
    if campaign is None or not is_of_another_partner(campaign.pk, article.sponsor):
        return ""
    type(article).objects.filter(pk=article.pk).update(partner_campaign=None, has_new_campaign=False)
    sources = TranslationSource.objects.filter(object_id=article.translation_key, locale=article.locale_id)
    for source in sources.select_for_update():
        content = json.loads(source.content_json)
        if content.get("partner_campaign") == campaign.pk:
            source.content_json = json.dumps({**content, "partner_campaign": None})
            source.save(update_fields=["content_json"])
    return campaign.name


def carry_campaign_to_translations(article: "PartnerArticlePage", *, only_drafts: bool = False) -> None:
    """Give the translations of `article` the campaign that it has got; to be called within its transaction.

    What their editors have not finished or have scheduled will not bring the old one back, nor will a translation that
    is made anew from what was stored of the original. With `only_drafts`, what readers see stays, and so does a draft
    for which its editor has chosen another campaign. A translation that stands below another partner has no part in it.
    """
    campaign_id = article.partner_campaign_id
    others = type(article).objects.filter(translation_key=article.translation_key).exclude(pk=article.pk)
    if only_drafts:
        others = others.filter(live=False, has_new_campaign=False)
    partner = article.sponsor.translation_key
    differing = [
        other
        for other in others.exclude(partner_campaign=campaign_id).order_by("pk")
        if other.sponsor.translation_key == partner
    ]
    keys = [other.pk for other in differing]
    type(article).objects.filter(pk__in=keys).update(partner_campaign=campaign_id, has_new_campaign=False)
    for other in differing:
        for revision in other.revisions.all():
            if revision.pk == other.latest_revision_id or revision.approved_go_live_at:
                revision.content = {**revision.content, "partner_campaign": campaign_id}
                keep_for_editors(revision, is_newest=revision.pk == other.latest_revision_id)
    for source in TranslationSource.objects.filter(object_id=article.translation_key).select_for_update():
        content = json.loads(source.content_json)
        if content.get("partner_campaign") != campaign_id:
            source.content_json = json.dumps({**content, "partner_campaign": campaign_id})
            source.save(update_fields=["content_json"])
