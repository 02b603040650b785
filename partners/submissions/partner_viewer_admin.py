"""How does the desk tie users to the partners whose requests they may see?"""

from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.forms import ModelChoiceField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

from partners.articles.partner_page import PartnerPage
from partners.brochures.submission import Submission
from partners.submissions.partner_viewer import PartnerViewer, holders_of_the_partner_right

NAME = "partner_viewers"


def partners_once() -> QuerySet[PartnerPage]:
    """Return each partner once, by its page in the language in which it was written first."""
    firsts = PartnerPage.objects.order_by().values("translation_key").annotate(first=Min("pk")).values("first")
    return PartnerPage.objects.filter(pk__in=firsts).order_by("title", "pk")


class PartnerViewerForm(WagtailAdminModelForm):
    """Who, and of which partner. Only users who have the right already: a tie alone shows nobody anything."""

    class Meta:
        model = PartnerViewer
        fields = ("user", "partner")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the users with the right, the one who is tied here whatever has become of his or her rights, and
        each partner once."""
        super().__init__(*args, **kwargs)
        user = cast("ModelChoiceField[User]", self.fields["user"])
        partner = cast("ModelChoiceField[PartnerPage]", self.fields["partner"])
        holders = holders_of_the_partner_right().filter(is_active=True).values("pk")
        tied = User.objects.filter(pk=self.instance.user_id)
        user.queryset = (User.objects.filter(pk__in=holders) | tied).order_by(User.USERNAME_FIELD)
        user.help_text = _("Users of the group ‘Partner viewers’. Put somebody into it first.")
        chosen = PartnerPage.objects.filter(pk=self.instance.partner_id)
        partner.queryset = partners_once() | chosen.order_by("title", "pk")
        partner.help_text = _("In every language of the partner's page.")


class PartnerViewerIndexView(generic.IndexView):
    """Every tie, by partner, with what it shows."""

    def get_base_queryset(self) -> QuerySet[PartnerViewer]:
        """Return the ties with what each row names, and the rights of all users by one query (`sees`)."""
        viewers = policy_registry.get_by_type(Submission).users_with_permission("view")
        return PartnerViewer.objects.select_related("user", "partner").annotate(
            sees_all=Exists(viewers.filter(pk=OuterRef("user"))),
            has_right=Exists(holders_of_the_partner_right().filter(pk=OuterRef("user"))),
        )


def sees(tie: Any) -> str:
    """Return in words what the user of `tie`, as the list reads it, sees by it."""
    if not tie.user.is_active:
        return _("Nothing: the user is inactive")
    if tie.sees_all:
        return _("Every request, by another right")
    if tie.has_right:
        return _("Requests handed over to the partner")
    return _("Nothing: the user has not the right")


class PartnerViewerViewSet(ModelViewSet):
    """Add, change and remove ties; each is written into the audit log."""

    model = PartnerViewer
    name = NAME
    url_prefix = "partner-viewers"
    icon = "group"
    menu_label = gettext_lazy("Partner viewers")
    menu_order = 650
    add_to_settings_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    form_fields: list[str] = ["user", "partner"]
    list_display = [
        TitleColumn("user", label=gettext_lazy("User"), url_name=f"{NAME}:edit"),
        Column("partner", label=gettext_lazy("Partner")),
        Column("sees", label=gettext_lazy("Sees"), accessor=sees),
        DateColumn("created_at", label=gettext_lazy("Added")),
    ]
    list_filter = ["partner"]
    search_fields = ["user__username", "user__first_name", "user__last_name", "partner__title"]
    search_backend_name = None
    index_view_class = PartnerViewerIndexView

    def get_form_class(self, for_update: bool = False) -> type[WagtailAdminModelForm]:
        """Return the form of a tie."""
        return PartnerViewerForm


partner_viewer_viewset = PartnerViewerViewSet()
