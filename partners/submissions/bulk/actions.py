"""Which acts does the list offer for what is ticked, and how does each ask for confirmation?

Wagtail's framework brings the footer, the addresses and the look. What it would do is to load every object and act
upon all of them in one transaction; that part is replaced, since there may be thousands.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.widgets.button import ListingButton

from partners.brochures.submission import Submission
from partners.submissions.access import visible_to
from partners.submissions.bulk.acts import bulk_resend_limit, label_of, possible
from partners.submissions.bulk.confirm_form import ConfirmForm, initial_for
from partners.submissions.bulk.doing import AT_ONCE, UnknownKey, ask_for_run, do_run, may
from partners.submissions.bulk.run import MOST, Act, BulkRun, RunState
from partners.submissions.exporting.rows import one_of
from partners.submissions.exporting.scope import may_export
from partners.submissions.narrowed import TICKED, NotUnderstood, filters_in, in_words, narrowed

RUN = "bulk_run"
ASK_FOR_EXPORT = "request_export"
ALL = "all"


class DeskAction(BulkAction):
    """GET says how many and asks; POST acts, at once upon a page of the list, otherwise by the worker."""

    models: ClassVar[list[Any]] = [Submission]
    act: ClassVar[str]
    template_name = "partners/submissions/bulk_confirm.html"
    form_class = ConfirmForm
    http_method_names: ClassVar[list[str]] = ["get", "post"]
    header_icon = "mail"
    question: str | Promise = ""
    yes: str | Promise = ""
    is_serious = False
    next_url: str

    @classmethod
    def is_allowed(cls, user: Any) -> bool:
        """Say whether `user` may do this."""
        return may(user, cls.act)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not do this, and find the requests. Raises Http404 where the user sees none of them."""
        if not self.is_allowed(request.user):
            raise PermissionDenied
        if not self.ids:
            raise Http404
        if self.next_url == request.path:
            # Without what was ticked there is nothing to go back to here.
            self.next_url = reverse("brochure_requests:index")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def filters(self) -> dict[str, list[str]]:
        """What the list was narrowed by; or what was ticked, whatever narrowed the list."""
        filters = filters_in(self.request.GET)
        if ALL in filters.get(TICKED, []):
            return {name: values for name, values in filters.items() if name != TICKED}
        return {TICKED: filters.get(TICKED, [])}

    @cached_property
    def ids(self) -> list[int]:
        """The requests, newest first: those of these that the user may see, up to one more than MOST."""
        try:
            found = narrowed(self.request.user, self.filters)
        except NotUnderstood as refusal:
            raise Http404 from refusal
        return list(found.order_by("-created_at", "-pk").values_list("pk", flat=True)[: MOST + 1])

    def get_initial(self) -> dict[str, Any]:
        """Return what the page's form holds."""
        return initial_for(len(self.ids))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many there are, to how many it can be done, and where to go back to."""
        number = len(self.ids)
        chosen = visible_to(self.request.user).with_mail().filter(pk__in=one_of(self.ids[:MOST]))
        fitting = possible(chosen, self.act).count() if number <= MOST else 0
        asked = len(set(self.filters.get(TICKED, [])))
        plural = capfirst(Submission._meta.verbose_name_plural)
        return {
            # Not the framework's own, which loads every object.
            **super(BulkAction, self).get_context_data(**kwargs),
            "header_title": self.display_name,
            "page_title": self.display_name,
            "breadcrumbs_items": [
                {"url": reverse("wagtailadmin_home"), "label": _("Home")},
                {"url": reverse("brochure_requests:index"), "label": plural},
                {"url": "", "label": self.display_name},
            ],
            "header_icon": self.header_icon,
            "question": self.question,
            "yes": self.yes,
            "is_serious": self.is_serious,
            "notes": self.notes(),
            "number": number,
            "most": MOST,
            "is_too_many": number > MOST,
            "fitting": fitting,
            "unfitting": number - fitting,
            "is_for_worker": number > AT_ONCE,
            "unknown": max(0, asked - number),
            "filters": [] if TICKED in self.filters else in_words(self.request.user, self.filters),
            "is_all": TICKED not in self.filters,
            "references": chosen.order_by("-created_at", "-pk").values_list("pk", "reference")[:AT_ONCE],
            "next": self.next_url,
            "submit_url": self.request.get_full_path(),
        }

    def notes(self) -> list[str | Promise]:
        """Return what else to know before one says yes."""
        return []

    def form_valid(self, form: ConfirmForm) -> HttpResponseBase:
        """Act; but ask again where there are more by now than the page had said."""
        number = len(self.ids)
        if number > MOST or number > form.cleaned_data["expected"]:
            # Unbound, so that it says the number of now; with another key.
            context = self.get_context_data(form=ConfirmForm(initial=self.get_initial()), has_grown=True)
            return self.render_to_response(context, status=409)
        asked = form.cleaned_data
        try:
            run, is_new = ask_for_run(self.request.user, self.act, self.ids, asked["key"], asked["newest_letter"])
        except UnknownKey:
            return self.form_invalid(form)
        if not is_new or run.total > AT_ONCE:
            return redirect(RUN, run.pk)
        do_run(run.pk)
        run.refresh_from_db()
        self.tell(run)
        return redirect(self.next_url)

    def form_invalid(self, form: ConfirmForm) -> HttpResponseBase:
        """Ask again: nothing that a person does comes here."""
        context = self.get_context_data(form=ConfirmForm(initial=self.get_initial()))
        return self.render_to_response(context, status=422)

    def tell(self, run: BulkRun) -> None:
        """Say what became of `run`, in numbers: a message travels in a cookie."""
        if run.state == RunState.RIGHT_LOST:
            messages.error(self.request, run.get_state_display())
            return
        done = ngettext("%(number)s request: %(act)s.", "%(number)s requests: %(act)s.", run.done) % {
            "number": run.done,
            "act": DONE_WORDS[self.act],
        }
        left = [
            _("%(number)s left alone. %(reason)s") % {"number": known["count"], "reason": label_of(code)}
            for code, known in run.left.items()
        ]
        buttons = [messages.button(reverse(RUN, args=[run.pk]), _("Which?"))] if left else []
        tell = messages.success if run.done and not left else messages.warning
        tell(self.request, " ".join([done, *left]), buttons=buttons)


# What was done, as the sentence about a run says it.
DONE_WORDS: dict[str, str | Promise] = {
    Act.RESEND: gettext_lazy("the brochure is on its way again"),
    Act.RELEASE: gettext_lazy("released"),
    Act.SPAM: gettext_lazy("closed as spam"),
    Act.ERASE: gettext_lazy("erased"),
}


class ResendAction(DeskAction):
    """Sends brochures again."""

    act = action_type = Act.RESEND.value
    display_name = gettext_lazy("Resend")
    aria_label = gettext_lazy("Send the brochures of the selected requests again")
    action_priority = 10
    question = gettext_lazy("Send the brochure again, to the address that was given, with a new link?")
    yes = gettext_lazy("Yes, send again")

    def notes(self) -> list[str | Promise]:
        """Say which limits hold."""
        return [
            _(
                "A mailbox gets at most %(each)s letters with one brochure in a day, and the desk sends at most "
                "%(all)s in a day this way. What is beyond is left alone, and said."
            )
            % {"each": settings.FORM_MAILBOX_PER_DAY, "all": bulk_resend_limit().count}
        ]


class ReleaseAction(DeskAction):
    """Releases what is held back or closed as spam."""

    act = action_type = Act.RELEASE.value
    display_name = gettext_lazy("Release")
    aria_label = gettext_lazy("Release the selected requests that are held back")
    action_priority = 20
    header_icon = "check"
    question = gettext_lazy("Release what is held back or closed as spam, and send the brochure?")
    yes = gettext_lazy("Yes, release and send")

    def notes(self) -> list[str | Promise]:
        """Say what becomes of those that had their letter."""
        return [_("Where the brochure had been sent before the request was closed as spam, it is not sent once more.")]


class SpamAction(DeskAction):
    """Closes requests as spam."""

    act = action_type = Act.SPAM.value
    display_name = gettext_lazy("Mark as spam")
    aria_label = gettext_lazy("Close the selected requests as spam")
    action_priority = 30
    header_icon = "warning"
    question = gettext_lazy("Close them as spam? Nothing more is sent; letters that wait are called back.")
    yes = gettext_lazy("Yes, close as spam")

    def notes(self) -> list[str | Promise]:
        """Say for how long spam is kept, and how it is undone."""
        return [
            _(
                "Spam is forgotten %(days)s days after it was asked for: of older requests, the personal data go "
                "with the next night. Until then, ‘Release’ undoes it."
            )
            % {"days": settings.REQUEST_KEEP_SPAM_DAYS}
        ]


class EraseAction(DeskAction):
    """Erases the personal data of requests."""

    act = action_type = Act.ERASE.value
    display_name = gettext_lazy("Erase")
    aria_label = gettext_lazy("Erase the personal data of the selected requests")
    action_priority = 50
    classes: ClassVar[set[str]] = {"serious"}
    header_icon = "bin"
    question = gettext_lazy(
        "Erase name, address, company and answers, and everything that hangs on them? It cannot be undone."
    )
    yes = gettext_lazy("Yes, erase them")
    is_serious = True

    def notes(self) -> list[str | Promise]:
        """Say what stays."""
        return [
            _("The requests stay without the persons, so that they are counted. The persons’ other requests stay."),
            _("Files of exports are taken back, since nobody knows whom they hold."),
        ]


class ExportAction(DeskAction):
    """Leads to the page that exports, which says how many there are and asks; nothing leaves the desk here."""

    action_type = "export"
    display_name = gettext_lazy("Export")
    aria_label = gettext_lazy("Export the selected requests")
    action_priority = 40
    http_method_names: ClassVar[list[str]] = ["get"]

    @classmethod
    def is_allowed(cls, user: Any) -> bool:
        """Say whether `user` may export."""
        return may_export(user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go on with what is ticked, or with what the list was narrowed by."""
        return redirect(reverse(ASK_FOR_EXPORT, query=self.filters))


ACTIONS = (ResendAction, ReleaseAction, SpamAction, ExportAction, EraseAction)


def buttons_for(user: Any) -> list[ListingButton]:
    """Return the buttons of the list's footer: the acts that `user` may do."""
    meta = Submission._meta
    return [
        ListingButton(
            action.display_name,
            reverse("wagtail_bulk_action", args=[meta.app_label, meta.model_name, action.action_type]),
            attrs={"aria-label": action.aria_label, "data-bulk-action-button": ""},
            classname=" ".join({*action.classes, "bulk-action-btn"}),
        )
        for action in ACTIONS
        if action.is_allowed(user)
    ]
