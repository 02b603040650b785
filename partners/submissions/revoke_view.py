"""How does the desk confirm that a link is taken back?"""

from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import BaseObjectMixin, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from partners.brochures.link import BrochureLink
from partners.brochures.submission import Submission
from partners.submissions.access import visible_to
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.revoke import revoke_link


class RevokeLinkView(PermissionCheckedMixin, BaseObjectMixin, WagtailAdminTemplateMixin, TemplateView):
    """GET asks, POST takes the link back."""

    model = Submission
    permission_required = "resend"
    page_title = gettext_lazy("Revoke a link")
    header_icon = "link"
    template_name = "partners/submissions/confirm_revoke.html"
    index_url_name = ""
    inspect_url_name = ""

    def get_base_object_queryset(self) -> SubmissionQuerySet:
        """Return what this user may see: anything else is not found."""
        return visible_to(self.request.user)

    def get_page_subtitle(self) -> str:
        """Return the reference."""
        return str(self.object)

    @cached_property
    def link(self) -> BrochureLink:
        """The link, of this request and no other. Raises Http404."""
        return get_object_or_404(self.object.links.select_related("brochure_file"), pk=self.kwargs["link"])

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
        """Add the link, and how many others of the request still work."""
        others = BrochureLink.objects.usable().filter(submission=self.object.pk).exclude(pk=self.link.pk)
        return {
            **super().get_context_data(**kwargs),
            "submission": self.object,
            "link": self.link,
            "expired": self.link.expires_at <= timezone.now(),
            "others": others.count(),
            "detail_url": self.detail_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        """Take it back, once, and return to the request with a word about it."""
        if revoke_link(self.link, cast(User, request.user)):
            messages.success(request, _("%(reference)s: the link opens nothing any more.") % {"reference": self.object})
        else:
            messages.warning(request, _("The link had been revoked already."))
        return redirect(self.detail_url)
