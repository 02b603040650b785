"""How are brochures and their files kept in the admin?"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import FETCH_PEERS, QuerySet
from django.forms import FileInput
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, InlinePanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.snippets.views.snippets import SnippetViewSet

from partners.brochures.admin_panels import FILE_URL_NAME, VersionsPanel
from partners.brochures.brochure import Brochure, BrochureFile
from partners.brochures.versions import is_used


class BrochureFileInput(FileInput):
    """Takes a PDF for a new file; shows what a stored one is, since that is never replaced.

    Django's own widget would ask private storage for a public address, which it does not have.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Let the browser's dialog offer PDFs; what counts is looked at on the server."""
        super().__init__({"accept": "application/pdf", **(attrs or {})})

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the control, or for a file in storage its facts and the address where an editor reads it."""
        stored = getattr(value, "instance", None) if getattr(value, "_committed", False) else None
        if stored is None or not stored.pk:
            return super().render(name, value, attrs, renderer)
        url = reverse(FILE_URL_NAME, args=[stored.pk])
        return render_to_string("partners/brochures/stored_file.html", {"stored": stored, "url": url})


class BrochureForm(WagtailAdminModelForm):
    """The editor's form of a brochure."""

    def clean(self) -> dict[str, Any]:
        """Refuse to remove a version that a reader's request or link refers to, and to take the same file twice."""
        cleaned: dict[str, Any] = super().clean()
        self.keep_used_versions()
        self.refuse_known_uploads()
        return cleaned

    def keep_used_versions(self) -> None:
        """Bring the row of a used version back, with an error on the form as a whole: a removed row shows none."""
        for form in self.formsets["files"].deleted_forms:
            file = form.instance
            if file.pk and is_used(file):
                form.data = form.data.copy()
                form.data[form.add_prefix("DELETE")] = ""
                name = file.original_filename
                self.add_error(None, _("'%(file)s' was sent to readers, so it has to stay.") % {"file": name})

    def refuse_known_uploads(self) -> None:
        """Put an error on each upload that the brochure has already, or that is among the uploads twice.

        A child's form knows neither its brochure nor its siblings, so this is asked here.
        """
        formset = self.formsets["files"]
        kept: list[BrochureFile] = []
        for form in formset.forms:
            if formset._should_delete_form(form) or form.errors or not form.instance.sha256:
                continue
            if form.instance.pk is None:
                try:
                    form.instance.refuse_known_content(kept)
                except ValidationError as error:
                    form.add_error(None, error)
            kept.append(form.instance)


class BrochureFileView(PermissionCheckedMixin, View):
    """Gives an editor a version's PDF."""

    model = Brochure
    any_permission_required = ["add", "change", "view"]

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        """Send the file as a download. Raises Http404 where there is none, in the database or in storage."""
        file = get_object_or_404(BrochureFile, pk=pk)
        try:
            content = file.file.open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        response = FileResponse(
            content, as_attachment=True, filename=file.original_filename, content_type="application/pdf"
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response


class CoverColumn(Column):
    """The cover, as the default language's readers see it."""

    cell_template_name = "partners/brochures/cover_cell.html"

    def get_value(self, instance: Any) -> Any:
        """Return the picture, or None."""
        return instance.cover_for(settings.LANGUAGE_CODE)


def newest_file(brochure: Brochure) -> BrochureFile | None:
    """Return the file that was added last, in any language."""
    return max(brochure.files.all(), key=lambda file: file.pk, default=None)


def languages(brochure: Brochure) -> str:
    """Return the names of the languages that the brochure has a file in."""
    return ", ".join(dict.fromkeys(file.get_language_display() for file in brochure.files.all()))


def pages(brochure: Brochure) -> int | None:
    """Return the number of pages of the newest file."""
    file = newest_file(brochure)
    return file.page_count if file else None


def size(brochure: Brochure) -> str:
    """Return the size of the newest file, for people."""
    file = newest_file(brochure)
    return filesizeformat(file.size) if file else ""


class BrochureViewSet(SnippetViewSet):
    """Brochures with their files."""

    model = Brochure
    icon = "doc-full"
    menu_order = 250
    add_to_admin_menu = True
    # A copy would point to the same stored files.
    copy_view_enabled = False
    list_display = [
        "title",
        CoverColumn("cover", label=gettext_lazy("Cover"), width="12%"),
        Column("languages", label=gettext_lazy("Languages"), accessor=languages),
        Column("pages", label=gettext_lazy("Pages"), accessor=pages),
        Column("size", label=gettext_lazy("Size of the newest file"), accessor=size),
    ]
    search_fields = ["title", "summary"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("summary"),
            FieldPanel("cover"),
            VersionsPanel(heading=gettext_lazy("Versions")),
            InlinePanel(
                "files",
                panels=[FieldPanel("language"), FieldPanel("title"), FieldPanel("file", widget=BrochureFileInput)],
                heading=gettext_lazy("Files"),
                label=gettext_lazy("File"),
                min_num=1,
                help_text=gettext_lazy(
                    "To replace a file, add a new one in the same language: it becomes the next version, which readers "
                    "get from then on. A version that nobody has asked for can be removed."
                ),
            ),
        ],
        base_form_class=BrochureForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Brochure]:
        """Return the brochures with their files and covers, for the columns."""
        return (
            Brochure.objects.select_related("cover")
            .prefetch_related("cover__renditions", "files__cover__renditions")
            .fetch_mode(FETCH_PEERS)
        )

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add the address of a file to Wagtail's own."""
        return [*super().get_urlpatterns(), path("file/<int:pk>/", BrochureFileView.as_view(), name="file")]


def keep_requested_brochures(request: HttpRequest, instances: list[Any]) -> HttpResponseRedirect | None:
    """Stop the deletion of brochures that readers have asked for: what they asked for is kept with the request."""
    kept = [
        brochure.title for brochure in instances if isinstance(brochure, Brochure) and brochure.submissions.exists()
    ]
    if not kept:
        return None
    messages.error(request, _("Readers have asked for %(titles)s, so it is kept.") % {"titles": ", ".join(kept)})
    return redirect("wagtailsnippets_partners_brochure:list")
