"""How does the desk work on a request: who has it in hand, how far is it, what is there to know?"""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from partners.brochures.submission import Submission, WorkStatus
from partners.submissions.note import SubmissionNote

# The audit log's names; `partners.submissions.audit` says them in words.
SET_STATUS = "partners.submission.status"
ASSIGN = "partners.submission.assign"
ADD_NOTE = "partners.submission.note"


class Erased(Exception):  # noqa: N818  named for what happened
    """The request says nothing of anybody any more, so there is nothing to work on."""


class ChangedMeanwhile(Exception):  # noqa: N818  named for what happened
    """Somebody else has changed the same, to something else, since the user looked."""


def colleagues() -> QuerySet[User]:
    """Return whoever may work on requests, by name: nobody else can be given one."""
    policy = policy_registry.get_by_type(Submission)
    return policy.users_with_permission("work").order_by("first_name", "last_name", "username")


def set_work(
    submission: Submission,
    status: WorkStatus,
    assignee: User | None,
    by: User,
    seen: tuple[str, int | None] | None = None,
) -> bool:
    """Set how far the request is and who has it; write each change into the log. Say whether anything changed.

    `seen` is the status and the assignee's id that the user was shown: what was left as it was shown stays as it is
    now, whoever has changed it since. Without it both are set.

    Raises Erased where its person was forgotten meanwhile, and ChangedMeanwhile, with nothing set, where somebody else
    has changed what this user changes.
    """
    with transaction.atomic():
        stored = _lock(submission)
        new_status, new_id = str(status), assignee.pk if assignee else None
        if seen is not None:
            new_status = _of_two(shown=seen[0], chosen=new_status, now=stored.status)
            new_id = _of_two(shown=seen[1], chosen=new_id, now=stored.assignee_id)
        changes = []
        if stored.status != new_status:
            changes.append((SET_STATUS, {"old": stored.status, "new": new_status}))
        if stored.assignee_id != new_id:
            changes.append((ASSIGN, {"new": assignee.get_username() if assignee else ""}))
        if changes:
            Submission.objects.filter(pk=stored.pk).update(status=new_status, assignee=new_id)
        for action, data in changes:
            log(instance=stored, action=action, user=by, data=data)
    return bool(changes)


def _of_two[T](shown: T, chosen: T, now: T) -> T:
    """Return what counts: what is there `now`, unless the user has chosen something else than was `shown`."""
    if chosen in (shown, now):
        return now
    if shown != now:
        raise ChangedMeanwhile
    return chosen


def add_note(submission: Submission, text: str, by: User) -> SubmissionNote:
    """Keep the note; the log says that there is one, and not what it says. Raises Erased as `set_work` does."""
    with transaction.atomic():
        stored = _lock(submission)
        note = SubmissionNote.objects.create(submission=stored, author=by, text=text)
        log(instance=stored, action=ADD_NOTE, user=by, data={"note": note.pk})
    return note


def _lock(submission: Submission) -> Submission:
    stored = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
    if not stored.email:
        raise Erased
    return stored
