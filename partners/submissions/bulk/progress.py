"""Where does a user see how far an act upon many requests is, and what was left alone?"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from partners.submissions.access import visible_to
from partners.submissions.bulk.actions import DONE_WORDS, RUN
from partners.submissions.bulk.acts import label_of
from partners.submissions.bulk.doing import stop_run
from partners.submissions.bulk.run import BulkRun
from partners.submissions.desk_page import DESK, DeskPage

MINE, STOP = "bulk_runs", "bulk_run_stop"
# How often a browser looks how far a run is.
REFRESH_SECONDS = 3
SHOWN = 50


class MyRunsView(DeskPage):
    """The user's own acts upon many requests, newest first."""

    page_title = gettext_lazy("My bulk actions")
    header_icon = "list-ul"
    template_name = "partners/submissions/bulk_runs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add them."""
        return {**super().get_context_data(**kwargs), "runs": BulkRun.objects.of_user(self.request.user)[:SHOWN]}


class OneRunPage(DeskPage):
    """What the pages about one run share: its user alone finds it."""

    header_icon = "list-ul"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the run. Raises Http404 for everybody else's, as for none."""
        if not request.user.is_authenticated:
            raise Http404
        self.run = get_object_or_404(BulkRun.objects.of_user(request.user), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)


class RunView(OneRunPage):
    """How far one is; looks again by itself, without a script, until it is done."""

    template_name = "partners/submissions/bulk_run.html"

    def get_page_title(self) -> str:
        """Return what is done."""
        return str(self.run.get_act_display())

    def between(self) -> list[dict[str, Any]]:
        """Return the way over the user's others."""
        return [{"url": reverse(MINE), "label": MyRunsView.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the run, and what was left alone with the references of the first of them."""
        named = {pk for known in self.run.left.values() for pk in known["ids"]}
        references = dict(visible_to(self.request.user).filter(pk__in=named).values_list("pk", "reference"))
        left = [
            {
                "reason": label_of(code),
                "count": known["count"],
                "requests": [(pk, references[pk]) for pk in known["ids"] if pk in references],
            }
            for code, known in self.run.left.items()
        ]
        return {
            **super().get_context_data(**kwargs),
            "run": self.run,
            "done_words": DONE_WORDS[self.run.act],
            "left": left,
            "mine_url": reverse(MINE),
            "desk_url": reverse(DESK),
        }

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Let the browser look again while there is something to see."""
        response = super().render_to_response(context, **kwargs)
        if self.run.is_open:
            response.headers["Refresh"] = str(REFRESH_SECONDS)
        return response


class StopView(OneRunPage):
    """A POST stops a run that is not done; what was done stays done."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        """Stop, and go back to the run."""
        if stop_run(self.run):
            messages.success(request, _("Stopped. What was done until now stays done."))
        else:
            messages.warning(request, _("It had ended already."))
        return redirect(RUN, self.run.pk)


def admin_urls() -> list[URLPattern]:
    """Return the addresses below the desk's."""
    return [
        path("brochure-requests/bulk/", MyRunsView.as_view(), name=MINE),
        path("brochure-requests/bulk/<int:pk>/", RunView.as_view(), name=RUN),
        path("brochure-requests/bulk/<int:pk>/stop/", StopView.as_view(), name=STOP),
    ]
