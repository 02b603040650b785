"""How is an act upon many requests asked for, done step by step, and ended: each request once, whoever is killed?"""

import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.permissions import policy_registry

from partners.brochures.submission import Submission
from partners.deferring import job
from partners.submissions.access import visible_to
from partners.submissions.bulk.acts import RIGHTS, Left, LeftAlone, act_upon, erase_some
from partners.submissions.bulk.run import Act, BulkRun, RunState

logger = logging.getLogger(__name__)

RUN_TASK = "partners.submissions.run_bulk"
QUEUE = "bulk"
# So many are done while the user waits: a page of the list.
AT_ONCE = 25
# Requests between two looks at whether the run is still wanted. Of erasures more: each step goes through every log.
_STEP = {Act.ERASE.value: 500}
_STEP_ELSE = 25
# Of those left alone for one reason, so many are named.
_NAMED = 20
KEEP_RUNS = timedelta(days=30)


class UnknownKey(Exception):  # noqa: N818  named for what happened
    """The key was not given to this user."""


def may(user: Any, act: str) -> bool:
    """Say whether `user` may do `act` to requests now."""
    if user is None or not user.is_active:
        return False
    return bool(policy_registry.get_by_type(Submission).user_has_permission(user, RIGHTS[act]))


def ask_for_run(
    user: Any, act: str, ids: Sequence[int], key: uuid.UUID, newest_letter: int | None = None
) -> tuple[BulkRun, bool]:
    """Return the run of `act` upon the requests `ids`, and whether it is new: asked twice by one page, it is one.

    `newest_letter` is the last one of all that the page knew of; without it, that of now.

    A small one is the caller's to finish; a larger one gets a job, in the transaction that stores it. Raises
    UnknownKey for the key of somebody else's page.
    """
    with transaction.atomic():
        asked = {"user": user, "act": act, "ids": list(ids), "newest_letter": newest_letter}
        run, is_new = BulkRun.objects.get_or_create(key=key, defaults=asked)
        if run.user_id != user.pk:
            raise UnknownKey
        if is_new and run.total > AT_ONCE:
            defer_run(run.pk)
    # What the database knows of it: the time above all.
    run.refresh_from_db()
    return run, is_new


def defer_run(run_id: int) -> None:
    """Write the job for a run. Of all these jobs one runs at a time."""
    job(RUN_TASK, queue=QUEUE, lock=QUEUE).defer(run_id=run_id)


def do_run(run_id: int, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Do what is left of a run, step by step; a worker that is asked to stop gives it back."""
    while (run := BulkRun.objects.open().filter(pk=run_id).first()) is not None:
        if is_stopping():
            defer_run(run_id)
            return
        _step(run)


def _step(run: BulkRun) -> None:
    """Do the next few requests of `run`, and write down what became of them.

    The user, the right, and what he or she may see are looked up anew. Interrupted, the step is done once more: each
    act refuses what is done already.
    """
    user = BulkRun.objects.select_related("user").get(pk=run.pk).user
    if user is None or not may(user, run.act):
        _end(run, RunState.RIGHT_LOST)
        return
    step = run.ids[run.place : run.place + _STEP.get(run.act, _STEP_ELSE)]
    seen = {submission.pk: submission for submission in visible_to(user).filter(pk__in=step)}
    left: list[tuple[int, str]] = [(pk, Left.UNSEEN.value) for pk in step if pk not in seen]
    if run.act == Act.ERASE:
        new = erase_some(list(seen), user)
        left += [(pk, Left.ERASED.value) for pk in seen if pk not in new]
    else:
        left += _act_one_by_one(run, [seen[pk] for pk in step if pk in seen], user)
    counts = _with(run.left, left)
    place = run.place + len(step)
    values = {"place": place, "done": run.done + len(step) - len(left), "left": counts}
    # Whoever else took the same step has written it down; a run that was stopped meanwhile keeps what was done.
    BulkRun.objects.filter(pk=run.pk, place=run.place).update(**values)
    if place >= run.total:
        _end(run, RunState.DONE)


def _act_one_by_one(run: BulkRun, submissions: Sequence[Submission], user: User) -> list[tuple[int, str]]:
    left = []
    for submission in submissions:
        try:
            act_upon(run, submission, user)
        except LeftAlone as refusal:
            left.append((submission.pk, refusal.reason.value))
        except Exception:
            # Of one request, whatever it is; the others have their turn.
            logger.exception("Run %s failed at request %s.", run.pk, submission.pk)
            left.append((submission.pk, Left.FAILED.value))
    return left


def _with(counts: dict[str, Any], left: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """Return `counts`, as BulkRun.left holds them, with `left` added."""
    added = {reason: {"count": known["count"], "ids": list(known["ids"])} for reason, known in counts.items()}
    for pk, reason in left:
        known = added.setdefault(reason, {"count": 0, "ids": []})
        known["count"] += 1
        if len(known["ids"]) < _NAMED:
            known["ids"].append(pk)
    return added


def stop_run(run: BulkRun) -> bool:
    """Do no more of `run`, and say whether it was under way; a step that is being done is finished."""
    return _end(run, RunState.STOPPED)


def _end(run: BulkRun, state: RunState) -> bool:
    return bool(BulkRun.objects.open().filter(pk=run.pk).update(state=state, ended_at=Now()))


def take_up_runs() -> None:
    """Give what nobody does to a worker again, and remove the rows of runs long ended."""
    for run_id in (
        BulkRun.objects.open().filter(created_at__lt=Now() - timedelta(minutes=1)).values_list("pk", flat=True)
    ):
        jobs = ProcrastinateJob.objects.filter(task_name=RUN_TASK, status__in=("todo", "doing"))
        if not jobs.filter(args__run_id=run_id).exists():
            defer_run(run_id)
    BulkRun.objects.filter(ended_at__lt=Now() - KEEP_RUNS).delete()
