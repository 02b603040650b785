"""What does the desk consist of in Wagtail's admin?"""

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

from partners.brochures.submission import Submission
from partners.submissions.cancel_view import CancelLetterView
from partners.submissions.correct_view import CorrectAddressView
from partners.submissions.detail import SubmissionHistoryView, SubmissionInspectView
from partners.submissions.filters import SubmissionFilterSet
from partners.submissions.listing import SubmissionIndexView
from partners.submissions.quarantine_view import ReleaseView, SpamView
from partners.submissions.resend_view import ResendView
from partners.submissions.revoke_view import RevokeLinkView
from partners.submissions.withdraw_view import WithdrawView
from partners.submissions.work_view import WorkView


class SubmissionURLFinder(ModelAdminURLFinder):
    """Lets reports link to a request for those who may see it, though nobody may change one."""

    edit_url_name = "brochure_requests:inspect"

    def get_edit_url(self, instance: Submission) -> str | None:
        """Return the request's page, or None where the user may not see it."""
        policy = policy_registry.get(instance)
        if self.user and not policy.user_has_permission_for_instance(self.user, "view", instance):
            return None
        return self.construct_edit_url(instance)


class SubmissionViewSet(ModelViewSet):
    """List, detail, history, resend, revoke, and what is decided about held requests.

    The addresses at which Wagtail adds, edits and deletes do not exist.
    """

    model = Submission
    name = "brochure_requests"
    url_prefix = "brochure-requests"
    icon = "mail"
    menu_label = _("Brochure requests")
    menu_order = 150
    # In Chinese, what Wagtail makes of the label begins as that of the brochures does, and both would be marked.
    menu_name = "brochure-requests"
    add_to_admin_menu = True
    # A page's usage must not tell an editor who asked for its brochure.
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    exclude_form_fields: list[str] = []
    list_per_page = 25
    ordering = "-created_at"
    search_fields = ["search_text"]
    search_backend_name = None
    filterset_class = SubmissionFilterSet
    index_view_class = SubmissionIndexView
    inspect_view_class = SubmissionInspectView
    history_view_class = SubmissionHistoryView
    inspect_template_name = SubmissionInspectView.template_name

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Leave out the addresses that do not exist, and add those of resending and of taking a link back."""
        return super().get_common_view_kwargs(
            **{
                "add_url_name": None,
                "edit_url_name": None,
                "delete_url_name": None,
                "usage_url_name": None,
                "resend_url_name": self.get_url_name("resend"),
                "release_url_name": self.get_url_name("release"),
                "spam_url_name": self.get_url_name("spam"),
                "work_url_name": self.get_url_name("work"),
                "revoke_url_name": self.get_url_name("revoke_link"),
                **kwargs,
            }
        )

    @property
    def url_finder_class(self) -> type[ModelAdminURLFinder]:
        """Return the finder that links to the detail."""
        return SubmissionURLFinder

    def get_urlpatterns(self) -> list[URLPattern]:
        """Return the addresses of the desk: reading, resending, deciding, and taking a link back."""
        resend_view = self.construct_view(ResendView)
        revoke_view = self.construct_view(RevokeLinkView)
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/history/", self.history_view, name="history"),
            path("<int:pk>/history/results/", self.history_results_view, name="history_results"),
            path("<int:pk>/work/", WorkView.as_view(), name="work"),
            path("<int:pk>/resend/", resend_view, name="resend"),
            path("<int:pk>/correct-address/", self.construct_view(CorrectAddressView), name="correct_address"),
            path("<int:pk>/letters/<int:letter>/cancel/", self.construct_view(CancelLetterView), name="cancel_letter"),
            path("<int:pk>/consents/<str:purpose>/withdraw/", self.construct_view(WithdrawView), name="withdraw"),
            path("<int:pk>/release/", self.construct_view(ReleaseView), name="release"),
            path("<int:pk>/spam/", self.construct_view(SpamView), name="spam"),
            path("<int:pk>/links/<int:link>/revoke/", revoke_view, name="revoke_link"),
        ]


submission_viewset = SubmissionViewSet()
