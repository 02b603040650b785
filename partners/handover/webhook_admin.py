"""How are webhooks kept in the admin, and what is seen of their deliveries?"""

from typing import Any

import django_filters
from django.db.models import FETCH_PEERS, Count, Max, Prefetch, Q, QuerySet
from django.forms import CheckboxSelectMultiple
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from partners.brochures.request_page import BrochureRequestPage
from partners.handover.acts import ReplayAllView, ReplayView, RotateSecretView, ShowSecretView
from partners.handover.endpoint import WebhookEndpoint
from partners.handover.recipient import DataKind, Ground
from partners.handover.recipient_form import WebhookChangeForm, WebhookForm
from partners.handover.webhook_delivery import State, WebhookAttempt, WebhookDelivery

WEBHOOKS = "webhooks"
DELIVERIES = "webhook_deliveries"
LATEST = 10


def is_on_words(endpoint: WebhookEndpoint) -> str:
    """Say in words whether the endpoint is told anything."""
    if endpoint.active:
        return str(_("On"))
    return str(_("Off: it answered 410 (Gone)") if endpoint.gone_at else _("Off"))


def kinds_in_words(kinds: list[str]) -> list[str]:
    """Return the kinds of data in words."""
    return [str(DataKind(kind).label) for kind in kinds]


class NameColumn(TitleColumn):
    """A name, which stays readable where a phone has no room for all columns."""

    class Media:
        css = {"all": ["css/handover.css"]}


class WebhookIndexView(generic.IndexView):
    """Every webhook, with what needs somebody's attention."""

    any_permission_required = ["view"]

    def get_base_queryset(self) -> QuerySet[WebhookEndpoint]:
        """Return the webhooks with the number of deliveries that were given up, and when one last arrived."""
        return WebhookEndpoint.objects.annotate(
            failed=Count("deliveries", filter=Q(deliveries__state=State.FAILED)),
            waiting=Count("deliveries", filter=Q(deliveries__state=State.QUEUED)),
            arrived_at=Max("deliveries__closed_at", filter=Q(deliveries__state=State.SENT)),
        )


class WebhookCreateView(generic.CreateView):
    """Makes a webhook, and goes to its page, where its secret waits to be shown once."""

    def get_success_url(self) -> str:
        """Return the webhook's page."""
        return reverse(f"{WEBHOOKS}:inspect", args=[self.object.pk])

    def save_instance(self) -> WebhookEndpoint:
        """Store it, with who made it."""
        self.form.instance.created_by = self.request.user
        return super().save_instance()


class WebhookInspectView(generic.InspectView):
    """One webhook: what it gets, its secret, and its latest deliveries."""

    page_title = _("Webhook")
    any_permission_required = ["view"]
    template_name = "partners/handover/webhook.html"

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer to change it."""
        url = reverse(f"{WEBHOOKS}:edit", args=[self.object.pk])
        return [HeaderButton(_("Change"), url=url, icon_name="edit")]

    def get_fields(self) -> list[str]:
        """Return none: the page lays the webhook out itself."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the page shows."""
        endpoint: WebhookEndpoint = self.object
        deliveries, former = endpoint.deliveries, endpoint.former_until
        page = BrochureRequestPage.objects.filter(translation_key=endpoint.form_key).order_by("locale_id").first()
        return {
            **super().get_context_data(**kwargs),
            "endpoint": endpoint,
            "is_on": is_on_words(endpoint),
            "kinds": kinds_in_words(endpoint.kinds),
            "sentence_kinds": page.handover_kinds if page and endpoint.ground == Ground.PARTNER else "",
            "may_show_secret": endpoint.secret_shown < endpoint.secret_version,
            "former_until": former if former and former > timezone.now() else None,
            "failed": deliveries.filter(state=State.FAILED).count(),
            "latest": deliveries.order_by("-pk")[:LATEST],
            "list_url": f"{reverse(f'{DELIVERIES}:index')}?endpoint={endpoint.pk}",
        }


class WebhookViewSet(ModelViewSet):
    """Webhooks. None is deleted: its deliveries say what was handed over; it is switched off."""

    model = WebhookEndpoint
    name = WEBHOOKS
    url_prefix = "handover/webhooks"
    icon = "link-external"
    menu_label = _("Webhooks")
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    form_fields: list[str] = ["name", "ground", "url", "kinds"]
    search_fields = ["name", "url"]
    search_backend_name = None
    list_display = [
        NameColumn("name", label=_("Name"), url_name=f"{WEBHOOKS}:inspect", classname="handover-name"),
        Column("form_title", label=_("Form")),
        Column("ground", label=_("For whom"), accessor="get_ground_display"),
        Column("is_on", label=_("State"), accessor=is_on_words),
        Column("waiting", label=_("Waiting")),
        Column("failed", label=_("Given up")),
        DateColumn("arrived_at", label=_("Last arrived")),
    ]
    index_view_class = WebhookIndexView
    add_view_class = WebhookCreateView
    inspect_view_class = WebhookInspectView
    inspect_template_name = WebhookInspectView.template_name

    def get_form_class(self, for_update: bool = False) -> type[WagtailAdminModelForm]:
        """Return the form of a new webhook, or of one that is there."""
        base = WebhookChangeForm if for_update else WebhookForm
        meta = type("Meta", (base.Meta,), {"model": self.model})
        return type("Form", (base,), {"Meta": meta})

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Leave out the addresses that do not exist."""
        return super().get_common_view_kwargs(**{"delete_url_name": None, "usage_url_name": None, **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        """Return the addresses: reading, making, changing, and the secret."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/edit/", self.edit_view, name="edit"),
            path("<int:pk>/history/", self.history_view, name="history"),
            path("<int:pk>/history/results/", self.history_results_view, name="history_results"),
            path("<int:pk>/secret/", self.construct_view(ShowSecretView), name="show_secret"),
            path("<int:pk>/rotate/", self.construct_view(RotateSecretView), name="rotate"),
            path("<int:pk>/replay/", self.construct_view(ReplayAllView), name="replay_all"),
        ]


class DeliveryFilterSet(WagtailFilterSet):
    """What the list of deliveries is narrowed by."""

    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=State, widget=CheckboxSelectMultiple)
    endpoint = django_filters.ModelMultipleChoiceFilter(
        label=_("Webhook"), queryset=WebhookEndpoint.objects.all(), widget=CheckboxSelectMultiple
    )

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []


class DeliveryIndexView(generic.IndexView):
    """Every delivery, the newest first."""

    any_permission_required = ["view"]

    def get_base_queryset(self) -> QuerySet[WebhookDelivery]:
        """Return the deliveries with their webhooks."""
        return WebhookDelivery.objects.select_related("endpoint")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Return none: deliveries are made by what happens."""
        return []


class DeliveryInspectView(generic.InspectView):
    """One delivery with its attempts."""

    page_title = _("Delivery")
    any_permission_required = ["view"]
    template_name = "partners/handover/delivery.html"

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        """Return the deliveries with what the page shows."""
        attempts = Prefetch("attempts", WebhookAttempt.objects.order_by("number"))
        return WebhookDelivery.objects.select_related("endpoint").prefetch_related(attempts).fetch_mode(FETCH_PEERS)

    def get_fields(self) -> list[str]:
        """Return none: the page lays the delivery out itself."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the delivery."""
        delivery: WebhookDelivery = self.object
        return {
            **super().get_context_data(**kwargs),
            "delivery": delivery,
            "attempts": delivery.attempts.all(),
            "is_failed": delivery.state == State.FAILED,
        }


class DeliveryViewSet(ModelViewSet):
    """Deliveries: read, and sent again."""

    model = WebhookDelivery
    name = DELIVERIES
    url_prefix = "handover/deliveries"
    icon = "history"
    menu_label = _("Webhook deliveries")
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    exclude_form_fields: list[str] = []
    search_fields = ["reference"]
    search_backend_name = None
    list_per_page = 50
    ordering = "-pk"
    filterset_class = DeliveryFilterSet
    list_display = [
        TitleColumn("reference", label=_("Reference"), url_name=f"{DELIVERIES}:inspect"),
        Column("event", label=_("Event"), accessor="get_event_display"),
        Column("endpoint", label=_("Webhook")),
        Column("state", label=_("State"), accessor="get_state_display"),
        Column("attempts_count", label=_("Attempts")),
        DateColumn("created_at", label=_("Time")),
        DateColumn("due_at", label=_("Next attempt")),
    ]
    index_view_class = DeliveryIndexView
    inspect_view_class = DeliveryInspectView
    inspect_template_name = DeliveryInspectView.template_name

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Leave out the addresses that do not exist."""
        gone = {f"{view}_url_name": None for view in ("add", "edit", "delete", "usage", "history")}
        return super().get_common_view_kwargs(**{**gone, **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        """Return the addresses: reading, and sending again."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/replay/", self.construct_view(ReplayView), name="replay"),
        ]
