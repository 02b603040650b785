"""Which requests does an export hold: those that the list shows to this user under these filters, and no other?"""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from wagtail.permissions import policy_registry

from partners.brochures.consent_record import ConsentRecord
from partners.brochures.consent_wording import Purpose
from partners.brochures.quarantine import WITHOUT_LETTER
from partners.brochures.submission import Submission
from partners.submissions.exporting.export import Kind, Reason, RequestExport
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.narrowed import NotUnderstood, in_words, narrowed

# How long a page may wait for an exact number before it takes the planner's guess.
_COUNT_MILLISECONDS = 400


class ExportRefused(Exception):  # noqa: N818  named for what happened
    """There will be no export; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def may_export(user: Any) -> bool:
    """Say whether `user` may export requests now."""
    if user is None or not user.is_active:
        return False
    return bool(policy_registry.get_by_type(Submission).user_has_permission(user, "export"))


@dataclass(frozen=True)
class Scope:
    """What `user` asked to export. Each question is answered by how things are when it is asked."""

    user: Any
    filters: dict[str, list[str]] = field(default_factory=dict)
    kind: str = Kind.OWN
    partner_key: uuid.UUID | None = None

    def requests(self) -> SubmissionQuerySet:
        """Return the requests, in no order.

        Raises ExportRefused where the user may not export, or where a filter is not understood: the list would be
        wider than what its user saw.
        """
        if not may_export(self.user):
            raise ExportRefused(Reason.RIGHT_LOST)
        try:
            found = narrowed(self.user, self.filters)
        except NotUnderstood as refusal:
            raise ExportRefused(Reason.FILTERS_GONE) from refusal
        if self.kind == Kind.PARTNER:
            # As `handover.reading.allowed_to` has it. One that was erased has nothing to hand over.
            theirs = ConsentRecord.objects.filter(
                submission=OuterRef("pk"), purpose=Purpose.HANDOVER, partner_key=self.partner_key
            )
            found = found.consenting_to(Purpose.HANDOVER).filter(Exists(theirs))
            found = found.exclude(WITHOUT_LETTER).exclude(email="")
        return found.order_by()

    def in_words(self) -> list[tuple[str, str]]:
        """Return the filters as the desk says them: what is filtered, and by what."""
        return in_words(self.user, self.filters)


def scope_of(export: RequestExport) -> Scope:
    """Return what `export` was asked for, for its user as the database knows him or her now."""
    user = type(export).objects.select_related("user").get(pk=export.pk).user
    return Scope(user=user, filters=export.filters, kind=export.kind, partner_key=export.partner_key)


def is_more_than(requests: QuerySet[Any], limit: int) -> bool:
    """Say whether there are more than `limit` of `requests`, without counting them all."""
    return requests.values("pk")[: limit + 1].count() > limit


@dataclass(frozen=True)
class Estimate:
    """How many rows there are; `is_exact` is False for the planner's guess."""

    rows: int
    is_exact: bool


def estimate(requests: QuerySet[Any]) -> Estimate:
    """Return how many `requests` there are: counted where that is quick, otherwise guessed by the planner."""
    narrow = requests.values("pk")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {_COUNT_MILLISECONDS}")
            counted = Estimate(narrow.count(), is_exact=True)
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
            return counted
    except OperationalError as error:
        # 57014: the statement took too long (PostgreSQL's table of error codes).
        if getattr(error.__cause__, "sqlstate", "") != "57014":
            raise
    plan = json.loads(narrow.explain(format="json"))
    return Estimate(int(plan[0]["Plan"]["Plan Rows"]), is_exact=False)
