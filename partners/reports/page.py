"""What does the admin show of the figures: on a page of their own, on its home, and as files?"""

import io
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from partners.delivery.watch import look
from partners.reports.drawing import png, svg
from partners.reports.figures import Figures, figures_of
from partners.reports.period import CHOICES, Period, period_of
from partners.reports.plots import Plot, in_words, plot_named, plots_of
from partners.reports.scope import Scope, may_see_figures, scope_of
from partners.submissions.exporting.files import CsvSheet
from partners.submissions.mail_page import PROBLEM_WORDS, flow_facts

URL_NAME = "figures"
FILE_URL_NAME = "figures_file"
ICON = "figures"
TITLE = gettext_lazy("Figures")
# On the admin's home.
_PANEL_DAYS = "7"


def _asked(request: HttpRequest) -> tuple[Period, Scope]:
    """Return which days the address asks for, and what its user may see. Raises PermissionDenied."""
    scope = scope_of(request.user)
    if scope is None:
        raise PermissionDenied
    return period_of(request.GET.dict(), timezone.localdate()), scope


class FiguresView(WagtailAdminTemplateMixin, TemplateView):
    """The figures of a period, which the address names, so that it can be handed on."""

    page_title = TITLE
    header_icon = ICON
    template_name = "partners/reports/figures.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever sees no figures; Wagtail turns the refusal into a message."""
        self.period, self.scope = _asked(request)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way here."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the numbers, the plots, and how the mail is for whoever sees all of it."""
        figures = figures_of(self.period, self.scope)
        return {
            **super().get_context_data(**kwargs),
            "period": self.period,
            "choices": CHOICES,
            "tiles": tiles(figures),
            "plots": [_drawn(plot, self.period) for plot in plots_of(figures).values()],
            "mail": _mail() if self.scope.is_whole else None,
            "scope": self.scope,
        }


def tiles(figures: Figures) -> list[tuple[str, str]]:
    """Return the numbers that stand at the top, each under its name."""
    return [
        (_("Requests"), in_words(figures.all_requests)),
        (_("Reads of articles"), in_words(figures.all_reads)),
        (_("Requests for each read"), in_words(figures.conversion)),
        (_("Letters accepted by the mail server"), in_words(figures.acceptance)),
        (_("Accepted within a minute"), in_words(figures.within_a_minute)),
        (_("Letters that came back"), in_words(figures.bounced)),
    ]


def _drawn(plot: Plot, period: Period) -> dict[str, Any]:
    return {
        "plot": plot,
        "svg": _element(plot),
        "png": f"{reverse(FILE_URL_NAME, args=[plot.name, 'png'])}?{period.query}",
        "csv": f"{reverse(FILE_URL_NAME, args=[plot.name, 'csv'])}?{period.query}",
    }


def _element(plot: Plot) -> SafeString:
    # Safe: every word in it was written by an XML serialiser.
    return mark_safe("" if plot.is_empty else svg(plot))  # noqa: S308


def _mail() -> dict[str, Any]:
    health = look()
    return {
        "problems": [PROBLEM_WORDS[problem] for problem in health.problems],
        "facts": flow_facts(health),
    }


def figures_file(request: HttpRequest, name: str, ending: str) -> HttpResponse:
    """Answer with one plot of the period as PNG, or with its table as CSV, for whoever sees the page.

    Raises PermissionDenied, and Http404 for a plot that there is not.
    """
    period, scope = _asked(request)
    plot = plot_named(name, figures_of(period, scope))
    if plot is None:
        raise Http404
    if ending == "png":
        answer = HttpResponse(png(plot, get_language() or ""), content_type="image/png")
    else:
        answer = HttpResponse(csv(plot), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{period.first}-{period.last}.{ending}"'
    return answer


def csv(plot: Plot) -> bytes:
    """Return the table as CSV: whole numbers, parts from 0 to 1 with a point, and nothing for nothing."""
    file = io.BytesIO()
    sheet = CsvSheet(file, list(plot.head))
    sheet.write(
        ["" if cell is None else f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in row]
        for row in plot.rows
    )
    sheet.close()
    return file.getvalue()


class FiguresPanel(Component):
    """The figures of a week on the admin's home."""

    name = "figures"
    template_name = "partners/reports/panel.html"
    order = 120

    class Media:
        css = {"all": ["css/plot.css", "css/figures.css"]}

    def get_context_data(self, parent_context: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the numbers and one plot, or nothing for whoever sees none."""
        scope = scope_of(parent_context["request"].user)
        if scope is None:
            return {}
        figures = figures_of(period_of({"days": _PANEL_DAYS}, timezone.localdate()), scope)
        plot = plots_of(figures)["requests"]
        return {"tiles": tiles(figures), "plot": plot, "svg": _element(plot), "url": reverse(URL_NAME)}


def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Put the panel on the home of whoever sees figures."""
    if may_see_figures(request.user):
        panels.append(FiguresPanel())


class FiguresMenuItem(MenuItem):
    """The way to the page, first below 'Reports', for those who may see it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Say whether the user of `request` may see the page."""
        return may_see_figures(request.user)


def menu_item() -> FiguresMenuItem:
    """Return the entry for the menu of reports."""
    return FiguresMenuItem(TITLE, reverse(URL_NAME), icon_name=ICON, order=50)


def register_icons(icons: list[str]) -> list[str]:
    """Add the icon of the figures to those of the admin."""
    return [*icons, "partners/reports/figures.svg"]


def admin_urls() -> list[URLPattern]:
    """Return the addresses below the admin's."""
    return [
        path("figures/", FiguresView.as_view(), name=URL_NAME),
        re_path(r"^figures/(?P<name>[a-z]+)\.(?P<ending>png|csv)$", figures_file, name=FILE_URL_NAME),
    ]
