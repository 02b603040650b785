"""What is found at the address of an article whose campaign is over?"""

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import get_script_prefix
from django.utils.translation import get_language_from_path
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from partners.articles.partner_campaign import Ending, PartnerCampaign, leads_away

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage


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
    return response


def destination_of(article: "PartnerArticlePage", campaign: PartnerCampaign, request: HttpRequest) -> str:
    """Return the address that `article` leads to: the page's translation, the address, or the nearest page above.

    A page that is not published, or leads away itself, is passed over, however it is named, so redirects never go in
    circles.
    """
    if page := campaign.redirect_page:
        page = page.get_translation_or_none(article.locale) or page
        if page.live and not leads_away(page) and (url := page.get_url(request)):
            return str(url)
    if campaign.redirect_address and not _leads_nowhere(campaign.redirect_address, request):
        return campaign.redirect_address
    above = article.get_ancestors().live().filter(depth__gt=1).order_by("-depth")
    urls = (page.get_url(request) for page in above)
    return next((str(url) for url in urls if url), get_script_prefix())


def _leads_nowhere(address: str, request: HttpRequest) -> bool:
    """Say whether `address` is that of a page which is not published or leads away itself, a former one of it too.

    What is no page, such as a search, leads somewhere.
    """
    followed = set()
    while address not in followed:
        followed.add(address)
        page = _page_at(address, request)
        if page is not None and page.live:
            return leads_away(page)
        path = Redirect.normalise_path(address)
        old = get_redirect(request, path) or get_redirect(request, urlsplit(path).path)
        if old is None:
            return page is not None
        if old.redirect_page is not None:
            return not old.redirect_page.live or leads_away(old.redirect_page)
        if urlsplit(old.link or "").netloc:
            return False
        address = old.link or ""
    return True


def _page_at(address: str, request: HttpRequest) -> Page | None:
    """Return the page at `address`, a path of this site as editors or browsers write it, published or not."""
    path = unquote(urlsplit(address).path).removeprefix(get_script_prefix())
    parts = posixpath.normpath(f"/{path}").split("/")[1:]
    language = get_language_from_path(f"/{'/'.join(parts)}/")
    below = "".join(f"{part}/" for part in (parts[1:] if language else parts) if part)
    site = Site.find_for_request(request)
    if site is None:
        return None
    code = language or settings.LANGUAGE_CODE
    key = site.root_page.translation_key
    homes = Page.objects.filter(translation_key=key, locale__language_code=code)
    home_path = homes.values_list("url_path", flat=True).first()
    return Page.objects.filter(url_path=f"{home_path}{below}").first() if home_path else None
