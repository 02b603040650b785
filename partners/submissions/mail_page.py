"""What does the admin show of the mail as a whole: does it go out, and if not, why?"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
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
from partners.delivery.bounces import Bounces, alarming_lately
from partners.delivery.message import State
from partners.delivery.watch import DAYS, Health, Problem, failures, look, problem_lately
from partners.submissions.mail_words import WORDS

logger = logging.getLogger(__name__)

URL_NAME = "mail_status"
PROBLEM_WORDS: dict[Problem, str | Promise] = {
    Problem.READ_ONLY: _("The database only reads: nothing can be stored or sent, and no form is taken."),
    Problem.STUCK: _("Mail waits longer than it should."),
    Problem.HELD_UP: _("Mail waits: the mail server took none when it was last tried. It is tried again by itself."),
    Problem.NO_WORKER: _("No worker is running: mail waits, and pages are not published at their time."),
    Problem.NO_SCHEDULER: _("Periodic work has stopped: pages are not published at their time."),
    Problem.NOT_FORGETTING: _("Requests whose time is over have not been forgotten for more than a day."),
    Problem.BOUNCES: _("Too much mail comes back. Mail services stop carrying for senders whose mail does."),
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


def flow_facts(health: Health) -> list[tuple[str | Promise, str]]:
    """Return how the queue does, as names and words."""
    return [
        (_("Longest wait of a message that is due"), in_words(health.flow.due_seconds)),
        (_("Age of the oldest message that is not sent"), in_words(health.flow.waiting_seconds)),
        (_("Failed in the last 24 hours"), str(health.failed_in_a_day)),
        (_("Workers running"), str(health.workers)),
    ]


def _facts(health: Health) -> list[tuple[str | Promise, str]]:
    return [
        *flow_facts(health),
        (
            _("Came back in the last %(hours)g hours") % {"hours": settings.MAIL_BOUNCE_HOURS},
            _came_back(health.bounces),
        ),
        (_("Last sign of a worker"), _ago(health.worker_seconds)),
        (_("Last sign of periodic work"), _ago(health.scheduler_seconds)),
        (_("Old requests were last forgotten"), _ago(health.forgetting_seconds)),
    ]


def _came_back(bounces: Bounces) -> str:
    numbers = {"number": bounces.came_back, "all": bounces.messages, "percent": f"{100 * bounces.rate:.1f}"}
    return gettext("%(number)d of %(all)d (%(percent)s%%)") % numbers


def _ago(seconds: float | None) -> str:
    return gettext("never") if seconds is None else gettext("%(time)s ago") % {"time": in_words(seconds)}


def _states(health: Health) -> list[dict[str, Any]]:
    """Return each state with its number and where the desk lists its requests."""
    desk = reverse("brochure_requests:index")
    return [
        {"words": WORDS[state], "number": health.states[state], "url": f"{desk}?mail_state={state}"} for state in State
    ]


def with_mail_problem(messages: Iterable[Message] | None, request: HttpRequest) -> list[Message]:
    """Return the admin's `messages`, led by what is wrong with the mail, where the user may know.

    Costs a query every quarter of a minute and process, and one every minute. Whatever goes wrong, the page is shown.
    """
    shown = list(messages or [])
    url = reverse(URL_NAME)
    if request.path == url:  # which says it by itself
        return shown
    try:
        problems = list(_problems_lately()) if may_see(request.user) else []
    except Exception:
        # A warning must not take away the page that it stands on: neither a database nor a cache that is away.
        logger.exception("The state of the mail could not be read.")
        return shown
    return [*(_warning(problem, url) for problem in problems), *shown]


def _problems_lately() -> Iterator[Problem]:
    if problem := problem_lately():
        yield problem
    if alarming_lately():
        yield Problem.BOUNCES


def _warning(problem: Problem, url: str) -> Message:
    more = gettext("See how the mail is") if problem is Problem.BOUNCES else gettext("See what holds it up")
    words = format_html(
        '{} <a href="{}" class="button button-small button-secondary">{}</a>', PROBLEM_WORDS[problem], url, more
    )
    return Message(WARNING, words)


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
