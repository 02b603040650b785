"""partners/articles/campaign_turning.py and campaign_admin.py: who is told of an end."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_http_date
from wagtail.models import PageLogEntry

from partners.articles.article_page import PartnerArticlePage
from partners.articles.campaign_turning import campaign_turned, tell_turns
from partners.articles.partner_campaign import Ending, PartnerCampaign
from tests.partners.articles.campaigns.conftest import TITLE

pytestmark = pytest.mark.django_db


def test_each_turn_is_told_once(article, campaign, wait):
    heard = []

    def hear(sender, campaign, article_ids, **signal):
        heard.append((campaign.pk, article_ids))

    campaign_turned.connect(hear)
    try:
        tell_turns()
        heard.clear()
        assert tell_turns() == []
        wait(days=2)
        assert tell_turns() == [article.pk]
        assert tell_turns() == []
        campaign.ends_at += timedelta(days=7)
        campaign.save(update_fields=["ends_at"])
        assert tell_turns() == [article.pk]
    finally:
        campaign_turned.disconnect(hear)
    assert heard == [(campaign.pk, [article.pk])] * 2
    actions = PageLogEntry.objects.filter(page=article.pk, action__startswith="partners.campaign")
    entries = list(actions.order_by("pk"))
    assert [entry.action for entry in entries] == ["partners.campaign.end", "partners.campaign.resume"]
    assert str(entries[0].message) == "Campaign “Autumn at the quay” ended. The page stays, and lists keep it."


def test_feed_is_dated_by_the_turn(client, article, campaign, wait):
    PartnerCampaign.objects.filter(pk=campaign.pk).update(ending=Ending.GONE)
    tell_turns()
    earlier = timezone.now() - timedelta(days=1)
    PageLogEntry.objects.update(timestamp=earlier)
    PartnerArticlePage.objects.update(first_published_at=earlier, last_published_at=earlier)
    before = parse_http_date(client.get("/feeds/all.rss").headers["Last-Modified"])
    wait(days=2)
    tell_turns()
    response = client.get("/feeds/all.rss")
    assert parse_http_date(response.headers["Last-Modified"]) > before
    assert TITLE not in response.content.decode()


def test_editor_sees_what_ends_this_month_and_is_warned(admin_client, article, campaign):
    listed = reverse("wagtailsnippets_partners_partnercampaign:list")
    PartnerCampaign.objects.filter(pk=campaign.pk).update(
        starts_at=timezone.now() - timedelta(days=9), ends_at=timezone.now() - timedelta(seconds=1)
    )
    assert campaign.name in admin_client.get(listed, {"ends": "this"}).content.decode()
    assert campaign.name not in admin_client.get(listed, {"ends": "next"}).content.decode()
    assert campaign.name in admin_client.get(listed, {"standing": "over"}).content.decode()
    assert campaign.name not in admin_client.get(listed, {"standing": "running"}).content.decode()
    assert campaign.name in admin_client.get(reverse("wagtailadmin_home")).content.decode()
    editor = admin_client.get(reverse("wagtailadmin_pages:edit", args=[article.pk])).content.decode()
    assert "Prolong the campaign" in editor
