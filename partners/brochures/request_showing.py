"""How are a form, a closed one and a thank-you shown to one visitor, of parts that are the same for all of them?"""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from partners.articles.newest import latest_articles
from partners.articles.partner_campaign import PartnerCampaign
from partners.brochures.campaign import read_tags
from partners.brochures.circumstances import spam_context
from partners.brochures.consent_boxes import ConsentBoxes
from partners.brochures.form import BrochureRequestForm, article_key, known_questions
from partners.brochures.submission import Submission
from partners.for_everybody import NAME, ForEverybody
from partners.keeping import parts_for_visitors

if TYPE_CHECKING:
    from partners.brochures.request_page import BrochureRequestPage

THANKS_TEMPLATE = "partners/brochure_request_thanks.html"
LATEST_BELOW_THANKS = 4


def show_form(
    page: "BrochureRequestPage", request: HttpRequest, form: BrochureRequestForm, status: int = 200, problem: str = ""
) -> HttpResponse:
    """Return the form of `page` as it was filled in, or empty; `problem`, if any, is why it could not be stored."""
    is_unsent = bool(form.errors or problem)
    everybody = ForEverybody(
        page,
        "unsent" if is_unsent else "form",
        {
            "is_unsent": is_unsent,
            "form": SimpleLazyObject(lambda: BrochureRequestForm(known_questions(page))),
            "consents": SimpleLazyObject(lambda: ConsentBoxes(page)),
            **spam_context(),
        },
        _came_from(form["article"].value(), form["campaign"].value()),
    )
    own: dict[str, Any] = {"form": form, "problem": problem}
    if form.is_bound:
        # A refused form shows the boxes that its visitor saw, ticks included.
        own["consents"] = ConsentBoxes(page, request.POST)
    return _shown(request, everybody, own, status)


def show_closed(
    page: "BrochureRequestPage",
    request: HttpRequest,
    campaign: PartnerCampaign,
    form: BrochureRequestForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return what stands in the place of a form after the end of the `campaign` that led there, and what was sent."""
    asked = request.POST if form else request.GET
    everybody = ForEverybody(page, "closed", behind_address=_came_from(asked.get("article")))
    return _shown(request, everybody, {"closed": campaign, "typed": form.typed() if form else []}, status)


def show_thanks(
    page: "BrochureRequestPage", request: HttpRequest, submission: Submission, behind_address: str
) -> HttpResponse:
    """Return the thank-you for `submission` (of `thanked`, or an example), which stands at `behind_address` behind the
    address of its form.
    """
    latest = SimpleLazyObject(lambda: latest_articles(page.locale_id, LATEST_BELOW_THANKS))
    everybody = ForEverybody(page, "thanks", {"latest": latest}, behind_address)
    return _shown(request, everybody, {"submission": submission}, template=THANKS_TEMPLATE)


def _shown(
    request: HttpRequest,
    everybody: ForEverybody,
    own: dict[str, Any],
    status: int = 200,
    template: str | None = None,
) -> HttpResponse:
    """Return a page of what `everybody` sees and of what is the visitor's `own`."""
    page: Any = everybody.page
    context = {**everybody.values, "behind_address": everybody.behind_address, **own, NAME: everybody}
    response: HttpResponse = page.render(request, template=template, context_overrides=context)
    response.status_code = status
    with parts_for_visitors(request, page):
        response.render()  # type: ignore[attr-defined]
    return response


def _came_from(article: Any, campaign: Any = "") -> str:
    """Return what a form's address says of the way there, for the same form in another language."""
    pk = article_key(str(article or ""))
    query = urlencode({**({"article": pk} if pk else {}), **read_tags(str(campaign or ""))})
    return f"?{query}" if query else ""
