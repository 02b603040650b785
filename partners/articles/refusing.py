"""What does an editor see whose article is not published, on the ways on which Wagtail validates nothing?

That is: bulk actions, workflows, reverting, copying, moving, translating. The editing form says it at its fields.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button

from partners.articles.article_page import PartnerArticlePage
from partners.articles.publishing import NotPublishable, what_is_missing


class RefusedPublicationMiddleware:
    """Turns NotPublishable, wherever in the admin it is raised, into a message that says how to mend it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refused publication; leave everything else, and every other part of the site, alone."""
        if not isinstance(error, NotPublishable) or not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        if not request.accepts("text/html"):
            return JsonResponse({"success": False, "error_message": error.sentence}, status=400)
        say(request, error)
        return _back(request, error.article)


def refuse_bulk_publication(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Publish none of several pages where one of them is not complete: which, is easier to see before than after."""
    if action_type != "publish":
        return None
    refusals = []
    for page in objects:
        article = page.specific if hasattr(page, "specific") else page
        if isinstance(article, PartnerArticlePage):
            newest = article.get_latest_revision_as_object()
            if missing := what_is_missing(newest):
                refusals.append(NotPublishable(newest, missing))
    for refusal in refusals:
        say(request, refusal)
    return redirect(action.next_url) if refusals else None


def say(request: HttpRequest, refusal: NotPublishable) -> None:
    """Tell the editor what is missing, with a button that leads there."""
    buttons = []
    if refusal.article.pk:
        url = reverse("wagtailadmin_pages:edit", args=[refusal.article.pk])
        buttons = [Button(refusal.article.get_admin_display_title(), url=url)]
    messages.error(request, refusal.sentence, buttons=buttons)


def _back(request: HttpRequest, article: PartnerArticlePage) -> HttpResponse:
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(came_from)
    return redirect("wagtailadmin_pages:edit", article.pk) if article.pk else redirect("wagtailadmin_home")
