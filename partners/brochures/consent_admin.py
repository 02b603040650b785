"""How are the wordings of consents kept in the admin? By adding a new version; an old one is only read."""

from typing import Any

from django.db.models import Count, QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from partners.brochures.adding_wording import add_wording
from partners.brochures.consent_wording import NEEDED, PLACEHOLDERS, ConsentWording, Purpose
from partners.numbers import number_in

NAME = "consent_wordings"


def placeholder_help() -> str:
    """Return one sentence for each purpose: what may stand in braces, and what has to."""
    lines = []
    for purpose in Purpose:
        names = get_text_list([f"{{{name}}}" for name in PLACEHOLDERS[purpose]], _("and"))
        line = (
            _("%(purpose)s: all of %(needed)s are needed; %(names)s may stand in it.")
            if purpose in NEEDED
            else _("%(purpose)s: %(names)s may stand in it.")
        )
        needed = get_text_list(
            [f"{{{name}}}" for name in PLACEHOLDERS[purpose] if name in NEEDED.get(purpose, ())], _("and")
        )
        lines.append(line % {"purpose": purpose.label, "names": names, "needed": needed})
    return " ".join(lines)


class WordingForm(WagtailAdminModelForm):
    """A new version: purpose, language and sentence. Its number follows from those that are there."""

    class Meta:
        model = ConsentWording
        fields = ("purpose", "language", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what may stand in braces, in the language of the admin."""
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = placeholder_help()


class WordingCreateView(generic.CreateView):
    """Adds a version; `?from=<id>` begins with the words of another."""

    page_title = gettext_lazy("New version")
    submit_button_label = gettext_lazy("Add this version")
    inspect_url_name = ""

    def get_initial(self) -> dict[str, Any]:
        """Return the words of the version that the user began from."""
        number = number_in(self.request.GET.get("from", ""))
        begun_from = ConsentWording.objects.filter(pk=number).first() if number is not None else None
        if begun_from is None:
            return {}
        return {"purpose": begun_from.purpose, "language": begun_from.language, "text": begun_from.text}

    def save_instance(self) -> ConsentWording:
        """Store the version, and write into the audit log who added it."""
        data = self.form.cleaned_data
        wording = add_wording(data["purpose"], data["language"], data["text"], by=self.request.user)
        log(instance=wording, action="wagtail.create", user=self.request.user, content_changed=True)
        return wording

    def get_success_buttons(self) -> list[Any]:
        """Lead to the new version: there is nothing to edit."""
        return [messages.button(reverse(self.inspect_url_name, args=[self.object.pk]), _("Look at it"))]


class WordingInspectView(generic.InspectView):
    """One version, and the way to the next."""

    any_permission_required = ["view"]
    add_url_name = ""

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer to begin a new version from this one."""
        if not self.user_has_permission("add"):
            return []
        url = f"{reverse(self.add_url_name)}?from={self.object.pk}"
        return [HeaderButton(_("New version from this one"), url=url, icon_name="plus")]


class WordingIndexView(generic.IndexView):
    """Every version, the newest of each purpose and language first."""

    def get_base_queryset(self) -> QuerySet[ConsentWording]:
        """Return the versions with the number of boxes that showed them."""
        return ConsentWording.objects.annotate(shown=Count("records")).select_related("created_by")


class PurposeColumn(TitleColumn):
    """The purpose, wide enough to be read on a phone."""

    class Media:
        css = {"all": ["css/desk.css"]}


class WordingURLFinder(ModelAdminURLFinder):
    """Lets reports link to a version."""

    edit_url_name = f"{NAME}:inspect"


class WordingViewSet(ModelViewSet):
    """List, detail and 'add a new version'; the addresses at which Wagtail edits and deletes do not exist."""

    model = ConsentWording
    name = NAME
    url_prefix = "consent-wordings"
    icon = "clipboard-list"
    menu_label = gettext_lazy("Consent wordings")
    menu_order = 270
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    form_fields: list[str] = ["purpose", "language", "text"]
    inspect_view_fields: list[str] = ["purpose", "language", "version", "text", "created_at", "created_by"]
    list_display = [
        PurposeColumn(
            "purpose",
            label=gettext_lazy("Purpose"),
            accessor="get_purpose_display",
            url_name=f"{NAME}:inspect",
            classname="desk-purpose",
        ),
        # On a phone, the version's own page says the rest.
        Column(
            "language", label=gettext_lazy("Language"), accessor="get_language_display", classname="desk-not-on-phones"
        ),
        Column("version", label=gettext_lazy("Version")),
        Column("text", label=gettext_lazy("Sentence")),
        Column("shown", label=gettext_lazy("Shown to"), classname="desk-not-on-phones"),
        DateColumn("created_at", label=gettext_lazy("Added"), classname="desk-not-on-phones"),
    ]
    list_filter = ["purpose", "language"]
    list_per_page = 50
    search_fields = ["text"]
    search_backend_name = None
    index_view_class = WordingIndexView
    add_view_class = WordingCreateView
    inspect_view_class = WordingInspectView

    def get_form_class(self, for_update: bool = False) -> type[WagtailAdminModelForm]:
        """Return the form of a new version."""
        return WordingForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Leave out the addresses that do not exist."""
        gone = {f"{view}_url_name": None for view in ("edit", "delete", "usage", "history")}
        return super().get_common_view_kwargs(**{**gone, **kwargs})

    @property
    def url_finder_class(self) -> type[ModelAdminURLFinder]:
        """Return the finder that links to the detail."""
        return WordingURLFinder

    def get_urlpatterns(self) -> list[URLPattern]:
        """Return the addresses: reading, and adding."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
        ]


wording_viewset = WordingViewSet()
