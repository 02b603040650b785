"""What does an editor see whose article is not published, on the ways on which Wagtail validates nothing?

That is: bulk actions, workflows, reverting, copying, moving, translating. The editing form says it at its fields.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.http import url_has_allowed_host_and_scheme
from wagtail.admin import messages

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
from partners.articles.publishing import (
    NotPublishable,
    forget_heard,
    in_words,
    listening,
    require_publishable,
    require_recognisable,
)
from partners.of_admin import is_of_admin


class RefusedPublicationMiddleware:
    """Turns NotPublishable, wherever in the admin it is raised, into a message that says how to mend it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; tell the editor of what was refused and caught by somebody who says nothing of it."""
        if not is_of_admin(request):
            return self.get_response(request)
        with listening() as refused:
            response = self.get_response(request)
        for refusal in {refusal.sentence: refusal for refusal in refused}.values():
            say(request, refusal)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        """Undo a copy of several pages as a whole where one of them is refused: Wagtail makes one after the other."""
        match = request.resolver_match
        if request.method != "POST" or match is None or match.view_name != "wagtailadmin_pages:copy":
            return None
        try:
            with transaction.atomic():
                response: HttpResponse = view(request, *args, **kwargs)
                return response
        except (NotPublishable, IntegrityError) as error:
            if (answer := self.process_exception(request, error)) is None:
                raise
            return answer
        except MultiValueDictKeyError as error:
            # No field that the form always sends; nobody else hears what is raised here (`qianhai_site.malformed`).
            raise BadRequest from error

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refused publication; leave everything else, and every other part of the site, alone."""
        if not is_of_admin(request):
            return None
        if isinstance(error, NotPublishable):
            sentence, page = error.sentence, error.page
        elif isinstance(error, IntegrityError) and (sentence := in_words(error)):
            page = None
        else:
            return None
        forget_heard()
        if not request.accepts("text/html"):
            return JsonResponse({"success": False, "error_message": sentence}, status=400)
        if isinstance(error, NotPublishable):
            say(request, error)
        else:
            messages.error(request, sentence)
        return _back(request, page)


def refuse_bulk_publication(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Publish none of several pages where one of them is not complete: which, is easier to see before than after."""
    if action_type != "publish":
        return None
    refusals = []
    for page in objects:
        specific = page.specific if hasattr(page, "specific") else page
        if isinstance(specific, PartnerArticlePage | PartnerPage):
            newest = specific.get_latest_revision_as_object()
            try:
                require = require_publishable if isinstance(newest, PartnerArticlePage) else require_recognisable
                require(newest)
            except NotPublishable as refusal:
                refusals.append(refusal)
    return redirect(action.next_url) if refusals else None


def say(request: HttpRequest, refusal: NotPublishable) -> None:
    """Tell the editor what is missing, with a button that leads there."""
    buttons = []
    if refusal.page.pk:
        url = reverse("wagtailadmin_pages:edit", args=[refusal.page.pk])
        buttons = [messages.button(url, refusal.page.get_admin_display_title())]
    messages.error(request, refusal.sentence, buttons=buttons)


def _back(request: HttpRequest, page: PartnerArticlePage | PartnerPage | None) -> HttpResponse:
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(came_from)
    return redirect("wagtailadmin_pages:edit", page.pk) if page and page.pk else redirect("wagtailadmin_home")
