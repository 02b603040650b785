"""Where does the desk say how far it is with a request?"""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.db.models import Value
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.permissions import policy_registry

from partners.brochures.submission import Submission, WorkStatus
from partners.numbers import number_in
from partners.submissions.access import visible_to
from partners.submissions.filters import STATUS
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.note import NOTE_LENGTH
from partners.submissions.working import ChangedMeanwhile, Erased, add_note, colleagues, set_work

# Of one person, so many other requests are named.
SHOWN_OTHERS = 10


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic when it runs
    """Names people as they are called, not as they log in."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name of the user `obj`."""
        return str(obj.get_full_name() or obj.get_username())


class WorkForm(forms.Form):
    """How far it is, and who has it; and, hidden, what of both the user was shown."""

    status = forms.ChoiceField(label=STATUS, choices=WorkStatus.choices, show_hidden_initial=True)
    assignee = ColleagueField(
        label=gettext_lazy("Assigned to"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody"),
        show_hidden_initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ColleagueField, self.fields["assignee"]).queryset = colleagues()

    @property
    def seen(self) -> tuple[str, int | None] | None:
        """The status and the assignee's id that the user was shown, or None where the form does not say."""
        status, assignee = (self.data.get(self.add_initial_prefix(name)) for name in ("status", "assignee"))
        if status is None or assignee is None:
            return None
        return status, number_in(assignee)


class NoteField(forms.CharField):
    """Counts a line end as one character, as the browser does, which stops at the limit; it is sent as two."""

    def to_python(self, value: Any) -> str:
        """Return `value` with its line ends as they are in Unix."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class NoteForm(forms.Form):
    """A note for the colleagues."""

    text = NoteField(label=gettext_lazy("New note"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))


class WorkView(View):
    """A POST sets status and assignee, or adds a note, whichever it carries; then the request is shown again."""

    inspect_url_name = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Act once. Raises Http404 for a request that the user may not see, or not work on."""
        submission = _found(request, pk)
        user = cast(User, request.user)
        is_note = "text" in request.POST
        form: forms.Form = NoteForm(request.POST) if is_note else WorkForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        else:
            try:
                if is_note:
                    add_note(submission, form.cleaned_data["text"], by=user)
                    messages.success(request, _("Note added."))
                elif _set_work(submission, cast(WorkForm, form), by=user):
                    messages.success(request, _("Saved."))
            except ChangedMeanwhile:
                messages.warning(
                    request, _("Not saved: a colleague has changed it meanwhile. This is how it stands now.")
                )
            except Erased:
                messages.error(request, _("It was erased meanwhile."))
        return redirect("brochure_requests:inspect", submission.pk)


def _set_work(submission: Submission, form: WorkForm, by: User) -> bool:
    said = form.cleaned_data
    return set_work(submission, said["status"], said["assignee"], by=by, seen=form.seen)


def work_context(submission: Submission, user: Any) -> dict[str, Any]:
    """Return what the request's page shows of the work on it, and of the person's other requests."""
    may_work = policy_registry.get_by_type(Submission).user_has_permission(user, "work") and bool(submission.email)
    others: SubmissionQuerySet = visible_to(user).exclude(pk=submission.pk)
    return {
        "may_work": may_work,
        "work_form": WorkForm(initial={"status": submission.status, "assignee": submission.assignee_id}),
        "note_form": NoteForm(),
        "desk_notes": submission.notes.select_related("author") if may_work else [],
        "others": _of_address(others, submission.email).order_by("-created_at", "-pk")[:SHOWN_OTHERS],
    }


def _of_address(submissions: SubmissionQuerySet, address: str) -> SubmissionQuerySet:
    """Keep those of `address`, in any case; none of one that was erased."""
    if not address:
        return submissions.none()
    # By an index, which `iexact`, in capital letters, has none: of an address that is rare, all requests would be read.
    return submissions.alias(small=Lower("email")).filter(small=Lower(Value(address)))


def _found(request: HttpRequest, pk: int) -> Submission:
    if not policy_registry.get_by_type(Submission).user_has_permission(request.user, "work"):
        raise Http404
    return get_object_or_404(visible_to(request.user), pk=pk)
