"""What was forgotten, when, why and by whom?"""

from typing import Any

from django.db.models import FETCH_PEERS
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import policy_registry

from partners.brochures.forgetting import holdings
from partners.brochures.forgetting_run import ForgettingRun
from partners.brochures.submission import Submission

URL_NAME = "forgetting"


class CountsColumn(BaseColumn):
    """How much of which kind, and of which form, one below the other."""

    cell_template_name = "partners/submissions/counts_cell.html"

    class Media:
        css = {"all": ["css/desk.css"]}

    def get_cell_context_data(self, instance: Any, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Add `counts` and `forms`: pairs of words and numbers."""
        labels = {holding.name: holding.label for holding in holdings()}
        known = [name for name in labels if name in instance.counts]
        # What a part that is gone has emptied is told under the name that it had.
        names = [*known, *sorted(set(instance.counts) - set(known))]
        return {
            **super().get_cell_context_data(instance, parent_context),
            "counts": [(labels.get(name, name), instance.counts[name]) for name in names],
            "forms": sorted(instance.forms.items()),
        }


class ForgettingView(PermissionCheckedMixin, BaseListingView):
    """Each erasure and each night's round, newest first: numbers, and nobody's name but the desk's own."""

    any_permission_required = ["erase", "audit"]
    model = ForgettingRun
    page_title = _("What was forgotten")
    header_icon = "bin"
    index_url_name = URL_NAME
    default_ordering = "-started_at"
    paginate_by = 50

    @cached_property
    def permission_policy(self) -> Any:
        """The requests' policy: there is none for the runs, which nobody changes."""
        return policy_registry.get_by_type(Submission)

    def get_queryset(self) -> Any:
        """Return the runs with whoever began them."""
        return ForgettingRun.objects.select_related("user").order_by("-started_at", "-pk").fetch_mode(FETCH_PEERS)

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Return when, why, by whom, how much."""
        return [
            DateColumn("started_at", label=_("Began"), width="14%"),
            Column("cause", label=_("Why"), accessor=lambda run: run.get_cause_display()),
            Column("user", label=_("By"), accessor=lambda run: run.user or "–"),
            Column("requests", label=_("Requests")),
            CountsColumn("counts", label=_("What was emptied")),
        ]


class ForgettingMenuItem(MenuItem):
    """The way to the page, below 'Reports', for those who may see it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Say whether the user of `request` may."""
        policy = policy_registry.get_by_type(Submission)
        return bool(policy.user_has_any_permission(request.user, ForgettingView.any_permission_required))


def menu_item() -> ForgettingMenuItem:
    """Return the entry for the menu of reports."""
    return ForgettingMenuItem(_("What was forgotten"), reverse(URL_NAME), icon_name="bin", order=920)


def admin_urls() -> list[URLPattern]:
    """Return the page's address below the admin's."""
    return [path("forgetting/", ForgettingView.as_view(), name=URL_NAME)]
