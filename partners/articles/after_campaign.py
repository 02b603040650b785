"""What is found at the address of an article whose campaign is over?"""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import get_script_prefix
from django.utils.cache import patch_cache_control

from partners.articles.partner_campaign import Ending, PartnerCampaign, leads_away

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage

# Seconds for which anybody may keep either answer: a campaign can be prolonged, and then the page is back.
FRESH_SECONDS = 60


def answer_instead(article: "PartnerArticlePage", request: HttpRequest) -> HttpResponse | None:
    """Return the redirect (302) or the page that says 410, or None where the article itself is shown."""
    campaign = article.campaign_over
    response: HttpResponse
    if campaign is None:
        return None
    if campaign.ending == Ending.REDIRECTS:
        # Not for good: 301 would be remembered by browsers beyond a campaign that is prolonged.
        response = HttpResponseRedirect(destination_of(article, campaign, request))
    elif campaign.ending == Ending.GONE:
        response = TemplateResponse(request, "410.html", status=410)
        response.headers["X-Robots-Tag"] = "noindex"
    else:
        return None
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return response


def destination_of(article: "PartnerArticlePage", campaign: PartnerCampaign, request: HttpRequest) -> str:
    """Return the address that `article` leads to: the page's translation, the address, or the nearest page above.

    A page that is not published, or leads away itself, is passed over, so redirects never go in circles.
    """
    if page := campaign.redirect_page:
        page = page.get_translation_or_none(article.locale) or page
        if page.live and not leads_away(page) and (url := page.get_url(request)):
            return str(url)
    if campaign.redirect_address and campaign.redirect_address.partition("?")[0] != request.path:
        return campaign.redirect_address
    above = article.get_ancestors().live().filter(depth__gt=1).order_by("-depth")
    urls = (page.get_url(request) for page in above)
    return next((str(url) for url in urls if url), get_script_prefix())
