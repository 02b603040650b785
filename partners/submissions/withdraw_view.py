"""How does the desk withdraw a consent for a person who asks by telephone or letter?"""

from typing import Any, cast

from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.log_actions import log

from partners.brochures.consent_record import ConsentRecord, Means
from partners.brochures.consent_wording import Purpose
from partners.brochures.withdrawing import reached, withdraw
from partners.submissions.act_view import ActView
from partners.submissions.audit import WITHDRAW


class WithdrawView(ActView):
    """GET asks, POST withdraws, as the person would by the page behind the letter's link."""

    page_title = gettext_lazy("Withdraw a consent")
    header_icon = "clipboard-list"
    template_name = "partners/submissions/confirm_withdraw.html"
    permission_required = "work"

    @cached_property
    def record(self) -> ConsentRecord:
        """The consent of this request that still stands. Raises Http404 where there is none for the purpose."""
        record = self.object.consents.standing().filter(purpose=self.kwargs["purpose"]).first()
        if record is None:
            raise Http404
        return record

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the consent, and of how many other requests it is withdrawn as well."""
        record = self.record
        others = reached(self.object, Purpose(record.purpose)).standing().exclude(submission=self.object.pk)
        return {**super().get_context_data(**kwargs), "record": record, "others": others.count()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        """Withdraw it, and go back to the request with a word about it."""
        purpose, user = Purpose(self.record.purpose), cast(User, request.user)
        with transaction.atomic():
            withdraw(self.object, [purpose], Means.DESK, user=user)
            log(instance=self.object, action=WITHDRAW, user=user, data={"purpose": purpose})
        messages.success(request, _("%(reference)s: the consent is withdrawn.") % {"reference": self.object})
        return redirect(self.detail_url)
