"""partners/articles/campaign_admin.py: a campaign that articles belong to is kept, however it is to be deleted."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from partners.articles.partner_campaign import PartnerCampaign
from tests import builders

pytestmark = pytest.mark.django_db

LIST = "wagtailsnippets_partners_partnercampaign:list"


def addresses(*campaigns):
    """Return where the campaigns are deleted: one by itself, all together."""
    bulk = reverse("wagtail_bulk_action", args=["partners", "partnercampaign", "delete"])
    query = urlencode([("id", campaign.pk) for campaign in campaigns] + [("next", reverse(LIST))])
    return {
        "one": reverse("wagtailsnippets_partners_partnercampaign:delete", args=[campaigns[0].pk]),
        "many": f"{bulk}?{query}",
    }


@pytest.mark.parametrize("live", [True, False], ids=["published", "draft"])
@pytest.mark.parametrize("way", ["one", "many"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_campaign_with_articles_is_kept_and_the_editor_told_why(admin_client, way, method, live):
    partner = builders.partner()
    used, unused = builders.campaign(partner, name="Used"), builders.campaign(partner, name="Unused")
    builders.article(partner, partner_campaign=used, live=live)
    builders.article(partner, partner_campaign=used, live=live)
    response = getattr(admin_client, method)(addresses(used, unused)[way], follow=True)
    assert response.redirect_chain == [(reverse(LIST), 302)]
    assert PartnerCampaign.objects.count() == 2
    (told,) = [str(message) for message in response.context["messages"]]
    assert "cannot be deleted: Used. Prolong it" in told


@pytest.mark.parametrize("way", ["one", "many"])
def test_a_campaign_without_articles_is_deleted(admin_client, way):
    unused = builders.campaign()
    assert admin_client.post(addresses(unused)[way]).status_code == 302
    assert not PartnerCampaign.objects.exists()
