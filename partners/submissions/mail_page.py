"""What does the admin show of the mail as a whole: does it go out, and if not, why?"""

import logging
from collections.abc import Iterable
from typing import Any

from django.contrib.messages import WARNING
from django.contrib.messages.storage.base import Message
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from partners.brochures.submission import Submission
from partners.delivery.attempt import Outcome
from partners.delivery.message import State
from partners.delivery.watch import DAYS, Health, Problem, failures, look, problem_lately
from partners.submissions.mail_words import WORDS

logger = logging.getLogger(__name__)

URL_NAME = "mail_status"
PROBLEM_WORDS: dict[Problem, str | Promise] = {
    Problem.STUCK: _("Mail waits longer than it should."),
    Problem.HELD_UP: _("Mail waits: the mail server took none when it was last tried. It is tried again by itself."),
    Problem.NO_WORKER: _("No worker is running: mail waits, and pages are not published at their time."),
    Problem.NO_SCHEDULER: _("Periodic work has stopped: pages are not published at their time."),
}


def may_see(user: Any) -> bool:
    """Say whether `user` reads the desk, and so this page: it holds numbers and no addresses."""
    return bool(policy_registry.get_by_type(Submission).user_has_permission(user, "view"))


def in_words(seconds: float | None) -> str:
    """Return a length of time as a person would say it; a dash for none."""
    if seconds is None:
        return "–"
    if seconds < 90:
        return ngettext("%(number)d second", "%(number)d seconds", round(seconds)) % {"number": round(seconds)}
    if seconds < 90 * 60:
        minutes = round(seconds / 60)
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    hours = round(seconds / 3600)
    return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}


class MailStatusView(WagtailAdminTemplateMixin, TemplateView):
    """A page to look at when somebody asks where their brochure is."""

    page_title = _("Mail")
    header_icon = "mail"
    template_name = "partners/submissions/mail_page.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not read the desk; Wagtail turns the refusal into a message."""
        if not may_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way here."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the state of the mail, in words."""
        health = look()
        return {
            **super().get_context_data(**kwargs),
            "problems": [PROBLEM_WORDS[problem] for problem in health.problems],
            "facts": _facts(health),
            "states": _states(health),
            "days": DAYS,
            "failures": [{**group, "outcome": Outcome(group["outcome"]).label} for group in failures()],
        }


def _facts(health: Health) -> list[tuple[str | Promise, str]]:
    return [
        (_("Longest wait of a message that is due"), in_words(health.flow.due_seconds)),
        (_("Age of the oldest message that is not sent"), in_words(health.flow.waiting_seconds)),
        (_("Failed in the last 24 hours"), str(health.failed_in_a_day)),
        (_("Workers running"), str(health.workers)),
        (_("Last sign of a worker"), _ago(health.worker_seconds)),
        (_("Last sign of periodic work"), _ago(health.scheduler_seconds)),
    ]


def _ago(seconds: float | None) -> str:
    return gettext("never") if seconds is None else gettext("%(time)s ago") % {"time": in_words(seconds)}


def _states(health: Health) -> list[dict[str, Any]]:
    """Return each state with its number and where the desk lists its requests."""
    desk = reverse("brochure_requests:index")
    return [
        {"words": WORDS[state], "number": health.states[state], "url": f"{desk}?mail_state={state}"} for state in State
    ]


def with_mail_problem(messages: Iterable[Message] | None, request: HttpRequest) -> list[Message]:
    """Return the admin's `messages`, led by one that says why mail does not flow, where the user may know.

    Costs a query every quarter of a minute and process. Whatever goes wrong, the page is shown.
    """
    shown = list(messages or [])
    url = reverse(URL_NAME)
    if request.path == url:  # which says it by itself
        return shown
    try:
        problem = problem_lately() if may_see(request.user) else None
    except Exception:
        # A warning must not take away the page that it stands on: neither a database nor a cache that is away.
        logger.exception("The state of the mail could not be read.")
        return shown
    if problem is None:
        return shown
    words = format_html(
        '{} <a href="{}" class="button button-small button-secondary">{}</a>',
        PROBLEM_WORDS[problem],
        url,
        gettext("See what holds it up"),
    )
    return [Message(WARNING, words), *shown]


class MailStatusMenuItem(MenuItem):
    """The way to the page, below 'Reports', for those who may see it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Say whether the user of `request` may see the page."""
        return may_see(request.user)


def menu_item() -> MailStatusMenuItem:
    """Return the entry for the menu of reports."""
    return MailStatusMenuItem(_("Mail"), reverse(URL_NAME), icon_name="mail", order=900)


def admin_urls() -> list[URLPattern]:
    """Return the page's address below the admin's."""
    return [path("mail/", MailStatusView.as_view(), name=URL_NAME)]
