"""What do the pages of the desk share that ask before they act on a request?"""

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import BaseObjectMixin, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from partners.brochures.submission import Submission
from partners.submissions.access import visible_to
from partners.submissions.access_log import Way, record_access
from partners.submissions.inbox import SubmissionQuerySet


class ActView(PermissionCheckedMixin, BaseObjectMixin, WagtailAdminTemplateMixin, TemplateView):
    """GET asks; a POST, which each page has its own, acts and goes back to the request."""

    model = Submission
    permission_required = "resend"
    index_url_name = ""
    inspect_url_name = ""

    def get_base_object_queryset(self) -> SubmissionQuerySet:
        """Return what this user may see: anything else is not found."""
        return visible_to(self.request.user)

    def get_page_subtitle(self) -> str:
        """Return the reference."""
        return str(self.object)

    @cached_property
    def detail_url(self) -> str:
        """The request's own page, where the user comes from and goes back to."""
        return reverse(self.inspect_url_name, args=[self.object.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the list over the request to here."""
        plural = capfirst(self.model._meta.verbose_name_plural)
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": plural},
            {"url": self.detail_url, "label": str(self.object)},
            {"url": "", "label": self.get_page_title(), "sublabel": str(self.object)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Write down that the request is about to be shown, and add it and its page."""
        record_access(Way.DETAIL, user=self.request.user, submission=self.object)
        return {**super().get_context_data(**kwargs), "submission": self.object, "detail_url": self.detail_url}
