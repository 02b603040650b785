"""How does the desk confirm that a link is taken back?"""

from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from partners.brochures.link import BrochureLink
from partners.submissions.act_view import ActView
from partners.submissions.revoke import revoke_link


class RevokeLinkView(ActView):
    """GET asks, POST takes the link back."""

    page_title = gettext_lazy("Revoke a link")
    header_icon = "link"
    template_name = "partners/submissions/confirm_revoke.html"

    @cached_property
    def link(self) -> BrochureLink:
        """The link, of this request and no other. Raises Http404."""
        return get_object_or_404(self.object.links.select_related("brochure_file"), pk=self.kwargs["link"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the link, and how many others of the request still work."""
        others = BrochureLink.objects.usable().filter(submission=self.object.pk).exclude(pk=self.link.pk)
        return {
            **super().get_context_data(**kwargs),
            "link": self.link,
            "expired": self.link.expires_at <= timezone.now(),
            "others": others.count(),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        """Take it back, once, and return to the request with a word about it."""
        if revoke_link(self.link, cast(User, request.user)):
            messages.success(request, _("%(reference)s: the link opens nothing any more.") % {"reference": self.object})
        else:
            messages.warning(request, _("The link had been revoked already."))
        return redirect(self.detail_url)
