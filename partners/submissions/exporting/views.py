"""Where does a user ask for an export, watch it being written, and get it?"""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.cache import patch_cache_control
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from partners.brochures.submission import Submission
from partners.submissions.access_log import Way, record_access
from partners.submissions.exporting.asking import (
    TooManyExports,
    ask_for_export,
    export_at_once,
    is_of_somebody_else,
    is_small,
)
from partners.submissions.exporting.ending import cancel_export, expire, expire_if_withdrawn
from partners.submissions.exporting.export import Reason, RequestExport, private_storage
from partners.submissions.exporting.files import CONTENT_TYPES
from partners.submissions.exporting.form import ExportForm
from partners.submissions.exporting.scope import ExportRefused, Scope, estimate, may_export, scope_of
from partners.submissions.narrowed import filters_in

logger = logging.getLogger(__name__)

ASK, MINE, ONE = "request_export", "request_exports", "request_export_progress"
CANCEL, FETCH = "request_export_cancel", "request_export_file"
DESK = "brochure_requests:index"
# How often a browser looks how far an export is.
REFRESH_SECONDS = 3
SHOWN = 50


def only_for_this_user(response: HttpResponseBase) -> HttpResponseBase:
    """Return `response`, to be kept by nobody on its way, nor by the browser."""
    patch_cache_control(response, no_store=True, private=True)
    return response


def file_response(content: Any, export: RequestExport) -> HttpResponseBase:
    """Return the file of `export` as a download."""
    return only_for_this_user(
        FileResponse(
            content,
            as_attachment=True,
            filename=export.download_name,
            content_type=CONTENT_TYPES[export.format],  # type: ignore[index]
        )
    )


class ExportPage(WagtailAdminTemplateMixin, TemplateView):
    """What the pages share: whoever may not export is sent away, and nothing of them is kept."""

    header_icon = "download"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not export; Wagtail turns the refusal into a message."""
        if not may_export(request.user):
            raise PermissionDenied
        return only_for_this_user(super().dispatch(request, *args, **kwargs))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the list to here."""
        desk = {"url": reverse(DESK), "label": capfirst(Submission._meta.verbose_name_plural)}
        return [*self.breadcrumbs_items, desk, *self.between(), {"url": "", "label": self.get_page_title()}]

    def between(self) -> list[dict[str, Any]]:
        """Return what lies between the list and here."""
        return []


class AskView(ExportPage):
    """Shows what would be exported; a POST exports it. Both have the list's filters in their address."""

    page_title = gettext_lazy("Export requests")
    template_name = "partners/submissions/export.html"

    @cached_property
    def filters(self) -> dict[str, list[str]]:
        """What the list was narrowed by."""
        return filters_in(self.request.GET)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the filters in words, how many requests they leave, and the form; or why there can be no export."""
        scope = Scope(user=self.request.user, filters=self.filters)
        context: dict[str, Any] = {
            **super().get_context_data(**kwargs),
            "filters": scope.in_words(),
            "desk_url": f"{reverse(DESK)}?{self.request.GET.urlencode()}",
            "mine_url": reverse(MINE),
        }
        try:
            counted = estimate(scope.requests())
        except ExportRefused as refusal:
            return {**context, "refused": Reason(refusal.reason).label}
        return {"form": ExportForm(), **context, "estimate": counted}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with the file where it is small, else with the page that shows how far it is."""
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if is_of_somebody_else(form.cleaned_data["key"], request.user):
            # As where it is none: the form comes back, with one of its own.
            return self.render_to_response(self.get_context_data(form=ExportForm()), status=422)
        wish = form.wish(request.user, self.filters)
        try:
            if is_small(wish):
                export, content = export_at_once(wish)
                return file_response(content, export)
            return redirect(ONE, ask_for_export(wish).pk)
        except ExportRefused as refusal:
            messages.error(request, _("Not exported. %(reason)s") % {"reason": Reason(refusal.reason).label})
        except TooManyExports:
            messages.error(
                request, _("You have as many exports under way as are possible at once. Wait for one, or cancel one.")
            )
        return redirect(MINE)


class MineView(ExportPage):
    """The user's own exports, newest first."""

    page_title = gettext_lazy("My exports")
    template_name = "partners/submissions/exports.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the exports."""
        mine = RequestExport.objects.of_user(self.request.user)[:SHOWN]
        return {**super().get_context_data(**kwargs), "exports": mine, "ask_url": reverse(ASK)}


class OneExportPage(ExportPage):
    """What the pages about one export share: it is found by its user alone, and only while he or she may export."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the export. Raises Http404 for everybody else's, as for none."""
        if not may_export(request.user):
            raise Http404
        self.export = get_object_or_404(RequestExport.objects.of_user(request.user), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)


class ProgressView(OneExportPage):
    """How far one export is; looks again by itself, without a script, as long as it is not done."""

    template_name = "partners/submissions/export_progress.html"

    def get_page_title(self) -> str:
        """Return which one it is."""
        return _("Export %(number)s") % {"number": self.export.pk}

    def between(self) -> list[dict[str, Any]]:
        """Return the way over the user's exports."""
        return [{"url": reverse(MINE), "label": MineView.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the export and what it was filtered by."""
        export = self.export
        words = scope_of(export).in_words() if export.filters else []
        return {**super().get_context_data(**kwargs), "export": export, "filters": words, "mine_url": reverse(MINE)}

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Let the browser look again while there is something to see."""
        response = super().render_to_response(context, **kwargs)
        if self.export.is_open:
            response.headers["Refresh"] = str(REFRESH_SECONDS)
        return response


class CancelView(OneExportPage):
    """A POST ends an export that is not done yet."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Cancel, and go back to the export."""
        if cancel_export(self.export):
            messages.success(request, _("The export was cancelled."))
        else:
            messages.warning(request, _("The export had ended already."))
        return redirect(ONE, self.export.pk)


class FetchView(OneExportPage):
    """The file itself."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Hand the file out, and write down that it was. Raises Http404 where there is none, or none any more."""
        if expire_if_withdrawn(self.export):
            return redirect(ONE, self.export.pk)
        export = get_object_or_404(RequestExport.objects.servable(), pk=self.export.pk)
        try:
            content = private_storage().open(export.file_name)
        except FileNotFoundError as error:
            logger.warning("The file of export %s is missing.", export.pk)
            expire(RequestExport.objects.filter(pk=export.pk))
            raise Http404 from error
        record_access(Way.EXPORT, user=export.user, filters=export.filters, count=export.rows_done)
        return file_response(content, export)


class ExportsMenuItem(MenuItem):
    """The way to the user's exports, below 'Reports'."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Say whether the user of `request` may export."""
        return may_export(request.user)


def menu_item() -> ExportsMenuItem:
    """Return the entry for the menu of reports."""
    return ExportsMenuItem(MineView.page_title, reverse(MINE), icon_name="download", order=910)


def admin_urls() -> list[URLPattern]:
    """Return the addresses below the desk's."""
    return [
        path("brochure-requests/export/", AskView.as_view(), name=ASK),
        path("brochure-requests/exports/", MineView.as_view(), name=MINE),
        path("brochure-requests/exports/<int:pk>/", ProgressView.as_view(), name=ONE),
        path("brochure-requests/exports/<int:pk>/cancel/", CancelView.as_view(), name=CANCEL),
        path("brochure-requests/exports/<int:pk>/file/", FetchView.as_view(), name=FETCH),
    ]
