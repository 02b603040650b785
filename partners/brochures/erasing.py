"""How is a person, or a request, forgotten: everywhere, at once, and so that the counts survive?"""

import logging
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from wagtail.log_actions import log

from partners.brochures.consent_lock import hold_address, hold_mailbox
from partners.brochures.consent_record import ConsentEvent, ConsentRecord, EventKind, Means
from partners.brochures.consent_suppression import suppress
from partners.brochures.consent_wording import Purpose
from partners.brochures.forget_request import forget_rows
from partners.brochures.forgetting import holdings
from partners.brochures.forgetting_run import Cause, ForgettingRun
from partners.brochures.person import addresses_of, as_address, requests_of
from partners.brochures.request_events import RequestEvent, tell
from partners.brochures.submission import Submission

logger = logging.getLogger(__name__)

ERASED_LINE = "Request %s: erased."
PERSON_ERASED_LINE = "Request %s: erased with its person."
# The audit log's name of the act; `partners.submissions.audit` says it in words.
ERASE = "partners.submission.erase"
# Requests that one transaction empties where there are many.
BATCH = 100


def held_of(submission_ids: Sequence[int], address: str) -> dict[str, int]:
    """Return how much each part of the site holds of the requests, by its name: what an erasure would reach."""
    return {holding.name: holding.count(submission_ids, address) for holding in holdings()}


def erase_person(address: str, by: User | None) -> ForgettingRun:
    """Forget whoever has the mailbox of `address`, in one transaction, and write down that `by` did it and how much.

    What was agreed to is withdrawn first, so that an address which got news stays out of lists from elsewhere by its
    fingerprint. A request that the mailbox sends meanwhile waits, and is a new one. Called again, or where nothing is
    known, it finds nothing and says so. Raises NoAddress.
    """
    address = as_address(address)
    with transaction.atomic():
        hold_mailbox(address)
        ids = _lock(Submission.objects.filter(pk__in=requests_of(address)))
        _tell(ids)
        _withdraw(ids, by)
        run = ForgettingRun.objects.create(cause=Cause.PERSON, user=by)
        _forget(ids, address, run)
        _write_log(ids, by, run)
        run.finish()
    return run


def erase_requests(requests: QuerySet[Any], by: User | None) -> ForgettingRun:
    """Forget the persons of `requests` in these requests alone, BATCH a transaction; write down who did it, how much.

    What the same persons asked for elsewhere stays, and so do their withdrawals. An interruption leaves whole requests
    and a run without an end: called again, it does the rest. Whoever calls has chosen what `by` may erase.
    """
    ids = list(requests.order_by("pk").values_list("pk", flat=True))
    run = ForgettingRun.objects.create(cause=Cause.REQUESTS, user=by)
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            locked = _lock(Submission.objects.filter(pk__in=ids[start : start + BATCH], erased_at=None))
            _tell(locked)
            _forget(locked, "", run)
            _write_log(locked, by, run)
    run.finish()
    return run


def forget_batch(requests: QuerySet[Any], run: ForgettingRun) -> int:
    """Forget `requests`, whose time is over, as far as nobody else has them in hand; return how many.

    Must be called within a transaction; the condition of `requests` is asked again under the rows' locks.
    """
    rows = requests.order_by("pk").select_for_update(skip_locked=True, of=("self",))
    ids = list(rows.values_list("pk", flat=True))
    _tell(ids)
    _forget(ids, "", run)
    return len(ids)


def _tell(ids: list[int]) -> None:
    """Tell other systems to forget as well, before it is gone from the rows who they are. Each request once."""
    for submission in Submission.objects.filter(pk__in=ids, erased_at=None).select_related("form_page").order_by("pk"):
        tell(submission, RequestEvent.ERASED)


def _lock(requests: QuerySet[Any]) -> list[int]:
    """Let nobody write a letter, a link or a note for `requests` until the transaction ends; return their ids."""
    return list(requests.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def _forget(ids: list[int], address: str, run: ForgettingRun) -> None:
    """Let every part forget, then empty the rows; add to `run`, in the transaction that is open."""
    # The parts that search for what was said find it in the rows, so those come last.
    by_age = run.cause == Cause.AGE
    erasers = {holding.name: (by_age and holding.by_age) or holding.erase for holding in holdings()}
    counts = {name: erase(ids, address) for name, erase in erasers.items()}
    forms = Counter(Submission.objects.filter(pk__in=ids, erased_at=None).values_list("form_title", flat=True))
    run.add(forget_rows(ids), {name: number for name, number in counts.items() if number}, dict(forms))


def _withdraw(ids: list[int], by: User | None) -> None:
    """Withdraw what stands of the requests, and keep the addresses that got news out of every list."""
    for address in addresses_of(ids):
        hold_address(address)
    standing = ConsentRecord.objects.filter(submission__in=ids).standing()
    got_news = standing.in_force().filter(purpose=Purpose.NEWS)
    for address in set(got_news.values_list("submission__email", flat=True)):
        suppress(address)
    for record in list(standing):
        ConsentEvent.objects.create(record=record, kind=EventKind.WITHDRAWN, how=Means.DESK, user=by)


def _write_log(ids: list[int], by: User | None, run: ForgettingRun) -> None:
    for submission in Submission.objects.filter(pk__in=ids):
        log(instance=submission, action=ERASE, user=by, data={"requests": len(ids), "erasure": run.pk})
        # This log outlasts a database that is restored from a backup; `repeating.py` reads these lines.
        line = PERSON_ERASED_LINE if run.cause == Cause.PERSON else ERASED_LINE
        transaction.on_commit(partial(logger.info, line, submission.reference))
