"""How are the API's tokens kept in the admin?"""

from datetime import timedelta
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet

from partners.handover.acts import MakeTokenView, RevokeTokenView
from partners.handover.api_token import ApiToken, Scope
from partners.handover.recipient_form import TokenForm
from partners.handover.webhook_admin import DeliveryViewSet, NameColumn, WebhookViewSet, kinds_in_words

TOKENS = "api_tokens"
# What the form of a new token begins with.
FIRST_LIFE = timedelta(days=365)


def state_words(token: ApiToken) -> str:
    """Say in words whether the token opens the API."""
    if token.revoked_at:
        return str(_("Revoked"))
    if token.expires_at <= timezone.now():
        return str(_("Expired"))
    return str(_("Valid") if token.digest else _("Not made yet"))


class TokenIndexView(generic.IndexView):
    """Every token."""

    any_permission_required = ["view"]


class TokenCreateView(generic.CreateView):
    """Describes a token, and goes to its page, where it is made and shown once."""

    def get_initial(self) -> dict[str, Any]:
        """Begin with a year."""
        return {"expires_at": timezone.localtime() + FIRST_LIFE}

    def get_success_url(self) -> str:
        """Return the token's page."""
        return reverse(f"{TOKENS}:inspect", args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        """Return none: the page is the next one."""
        return []

    def save_instance(self) -> ApiToken:
        """Store it, with who made it."""
        self.form.instance.created_by = self.request.user
        self.form.instance.scopes = [Scope.REQUESTS_READ.value]
        return super().save_instance()


class TokenInspectView(generic.InspectView):
    """One token: what it allows, and whether it is used."""

    page_title = _("API token")
    any_permission_required = ["view"]
    template_name = "partners/handover/token.html"

    def get_fields(self) -> list[str]:
        """Return none: the page lays the token out itself."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the page shows."""
        token: ApiToken = self.object
        return {
            **super().get_context_data(**kwargs),
            "token": token,
            "state": state_words(token),
            "kinds": kinds_in_words(token.kinds),
            "may_make": not token.digest and not token.revoked_at,
        }


class TokenViewSet(ModelViewSet):
    """Tokens: made, read, revoked; never changed and never deleted, since the log of accesses names them."""

    model = ApiToken
    name = TOKENS
    url_prefix = "handover/tokens"
    icon = "key"
    menu_label = _("API tokens")
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    form_fields: list[str] = ["name", "ground", "kinds", "expires_at"]
    search_fields = ["name", "prefix"]
    search_backend_name = None
    list_display = [
        NameColumn("name", label=_("Name"), url_name=f"{TOKENS}:inspect", classname="handover-name"),
        Column("prefix", label=_("Begins with")),
        Column("ground", label=_("For whom"), accessor="get_ground_display"),
        Column("partner_name", label=_("Partner")),
        Column("state", label=_("State"), accessor=state_words),
        DateColumn("expires_at", label=_("Valid until")),
        DateColumn("last_used_at", label=_("Last used")),
    ]
    index_view_class = TokenIndexView
    add_view_class = TokenCreateView
    inspect_view_class = TokenInspectView
    inspect_template_name = TokenInspectView.template_name

    def get_form_class(self, for_update: bool = False) -> type[WagtailAdminModelForm]:
        """Return the form of a new token."""
        meta = type("Meta", (TokenForm.Meta,), {"model": self.model})
        return type("Form", (TokenForm,), {"Meta": meta})

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Leave out the addresses that do not exist."""
        gone = {f"{view}_url_name": None for view in ("edit", "delete", "usage")}
        return super().get_common_view_kwargs(**{**gone, **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        """Return the addresses: reading, making and revoking."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/history/", self.history_view, name="history"),
            path("<int:pk>/history/results/", self.history_results_view, name="history_results"),
            path("<int:pk>/make/", self.construct_view(MakeTokenView), name="make"),
            path("<int:pk>/revoke/", self.construct_view(RevokeTokenView), name="revoke"),
        ]


class HandoverGroup(ViewSetGroup):
    """The menu 'Hand-over'."""

    menu_label = _("Hand-over")
    menu_icon = "link-external"
    menu_order = 160
    items = (WebhookViewSet(), DeliveryViewSet(), TokenViewSet())


handover_group = HandoverGroup()
