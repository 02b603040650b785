"""What follows when an article goes to another partner?"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from partners.articles.article_page import PartnerArticlePage
from partners.articles.carrying_campaign import leave_campaign_of_former_partner
from partners.articles.label_change import SPONSOR_CHANGED, stored_label, was_seen


def follow_moved_article(sender: Any, instance: Any, parent_page_before: Any, parent_page_after: Any, **_: Any) -> None:
    """Take a moved article out of its former partner's campaign, and write down that readers are told of another one.

    For Wagtail's `post_page_move`; pages of other kinds, and those that keep their parent, are left alone.
    """
    if parent_page_before.pk == parent_page_after.pk:
        return
    article = PartnerArticlePage.objects.filter(pk=instance.pk).first()
    if article is None:
        return
    with transaction.atomic():
        stored = stored_label(article)
        names = {"old": parent_page_before.title, "new": parent_page_after.title}
        if left := leave_campaign_of_former_partner(article):
            names["left_campaign"] = left
        if was_seen(stored):
            PartnerArticlePage.objects.filter(pk=article.pk).update(label_changed_at=timezone.now())
            log(instance=instance, action=SPONSOR_CHANGED, data=names)
