"""How does the desk send a brochure to another address than the one that was typed?"""

from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from partners.brochures.address_field import AddressField
from partners.submissions.resend import ResendRefused, resend_brochure
from partners.submissions.resend_view import ResendView, SeenForm


class CorrectionForm(SeenForm):
    """Another address, typed twice: a second mistake would go unnoticed."""

    address = AddressField(label=gettext_lazy("Correct address"))
    again = AddressField(label=gettext_lazy("The same once more"))

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        cleaned = super().clean() or {}
        if "address" in cleaned and "again" in cleaned and cleaned["address"] != cleaned["again"]:
            self.add_error("again", _("The two addresses are not the same."))
        return cleaned


class CorrectAddressView(ResendView):
    """GET asks for the address, POST sends there."""

    page_title = gettext_lazy("Send to a corrected address")
    template_name = "partners/submissions/correct_address.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form, as it was filled in where something is wrong with it."""
        context = super().get_context_data(**kwargs)
        return {**context, "form": kwargs.get("form") or CorrectionForm(initial=context["form"].initial)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Correct and send, once; or show what is wrong with the address."""
        form = CorrectionForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            resend_brochure(
                self.object,
                by=cast(User, request.user),
                seen=form.cleaned_data["seen"],
                address=form.cleaned_data["address"],
            )
        except ResendRefused as refusal:
            messages.warning(request, _("Not sent. %(reason)s") % {"reason": refusal.reason})
        else:
            messages.success(
                request,
                _("%(reference)s: the brochure is on its way to the corrected address.") % {"reference": self.object},
            )
        return redirect(self.detail_url)
