"""What follows when an article goes to another partner?

Whose article it is, is a fact about the article, not about a language: its translations and aliases go along to the new
partner's page in their language. One that cannot goes on naming the former partner, and the editor is told which.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.log_actions import log
from wagtail.models import Page

from partners.articles.article_page import PartnerArticlePage
from partners.articles.carrying_campaign import leave_campaign_of_former_partner
from partners.articles.label_change import SPONSOR_CHANGED, stored_label, was_seen
from partners.articles.partner_page import PartnerPage


def follow_moved_article(
    sender: Any, instance: Any, parent_page_before: Any, parent_page_after: Any, **_kwargs: Any
) -> None:
    """Take a moved article out of its former partner's campaign, write the move into its history, and take its
    translations along.

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
        for key in [other.pk for other in left_behind(article)]:
            # One that goes along takes the rest with it.
            other = PartnerArticlePage.objects.get(pk=key)
            if other.sponsor.translation_key != parent_page_after.translation_key:
                _go_along(other, parent_page_after)


def left_behind(article: PartnerArticlePage) -> list[PartnerArticlePage]:
    """Return the translations and aliases of `article` that stand below another partner than it does."""
    partner = article.sponsor.translation_key
    others = PartnerArticlePage.objects.filter(translation_key=article.translation_key).exclude(pk=article.pk)
    found = others.select_related("locale").order_by("pk")
    return [other for other in found if other.sponsor.translation_key != partner]


def warn_of_left_behind(request: HttpRequest, page: Page) -> None:
    """Tell the editor who has moved `page` which other languages still name the former partner; for Wagtail's hook
    `after_move_page`.
    """
    article = PartnerArticlePage.objects.filter(pk=page.pk).first()
    for other in left_behind(article) if article else []:
        sentence = _(
            "“%(title)s” (%(language)s) still names “%(partner)s” as its sponsor. Move it as well, as soon as the new "
            "partner has a page with a logo in that language."
        ) % {"title": other.title, "language": other.locale, "partner": other.sponsor.title}
        url = reverse("wagtailadmin_pages:move", args=[other.pk])
        messages.warning(request, sentence, buttons=[messages.button(url, _("Move"))])


def warn_of_left_behind_by_many(request: HttpRequest, action_type: str, objects: Iterable[Page], action: Any) -> None:
    """Do the same after several pages were moved at once; for Wagtail's hook `after_bulk_action`."""
    if action_type == "move":
        for page in objects:
            warn_of_left_behind(request, page)


def _go_along(other: PartnerArticlePage, partner: PartnerPage) -> None:
    there = PartnerPage.objects.filter(translation_key=partner.translation_key, locale=other.locale_id).first()
    if there and other.can_move_to(there) and Page._slug_is_available(other.slug, there, page=other):
        other.move(there, pos="last-child")
