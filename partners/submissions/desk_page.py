"""What do the desk's pages share that are not about one request?"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import capfirst
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from partners.brochures.submission import Submission

DESK = "brochure_requests:index"


class DeskPage(WagtailAdminTemplateMixin, TemplateView):
    """A page for whoever may see requests, with the way from the list to it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever sees no requests; Wagtail turns the refusal into a message."""
        if not policy_registry.get_by_type(Submission).user_has_permission(request.user, "view"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the list to here."""
        desk = {"url": reverse(DESK), "label": capfirst(Submission._meta.verbose_name_plural)}
        return [*self.breadcrumbs_items, desk, *self.between(), {"url": "", "label": self.get_page_title()}]

    def between(self) -> list[dict[str, Any]]:
        """Return what lies between the list and here."""
        return []
