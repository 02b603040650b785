"""How are a million requests read without holding them, or a transaction, all the while?

In steps: each asks for the next newest requests below the last one (a place in the index, so the last step costs no
more than the first), then for what belongs to these few.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Max
from django.db.models.expressions import RawSQL
from django.db.models.fields.tuple_lookups import TupleLessThan
from django.utils.functional import cached_property
from wagtail.models import Page

from partners.brochures.consent_record import ConsentEvent, ConsentRecord, EventKind
from partners.brochures.consent_standing import in_force_for
from partners.brochures.consent_wording import Purpose
from partners.brochures.handed_over import HandedOver, kinds_in, those_named
from partners.brochures.request_page import BrochureRequestPage
from partners.brochures.submission import Submission
from partners.submissions.inbox import SubmissionQuerySet

STEP = 2_000


def one_of(pks: Iterable[int]) -> RawSQL:
    """Return the ids as one value, for __in: a list of thousands takes psycopg longer to read than to ask for."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(pks)])


class Place(NamedTuple):
    """How far an export has come: the request that was read last."""

    created_at: datetime
    pk: int


@dataclass
class Consent:
    """What a request's form asked for one purpose, and what became of it; times are None where it did not happen.

    `kinds` is what the sentence named of the person's data, read where the Reader is to.
    """

    ticked: bool
    wording: str
    kinds: str = ""
    confirmed_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass
class Row:
    """One request as the columns read it: its own `values`, its partner's name, its consents by purpose."""

    values: dict[str, Any]
    partner: str = ""
    consents: dict[str, Consent] = field(default_factory=dict)

    @property
    def answers(self) -> list[dict[str, Any]]:
        """Return the answers as they are stored, without what is none."""
        stored = self.values["answers"]
        return [answer for answer in stored if isinstance(answer, dict)] if isinstance(stored, list) else []

    @cached_property
    def handed_over(self) -> HandedOver:
        """Return what the consent to the handover names, where the Reader reads `kinds`; without a consent, nothing."""
        consent = self.consents.get(Purpose.HANDOVER)
        return those_named(consent.kinds if consent else "", self.values, self.answers)

    def may_be_used_for(self, purpose: str) -> bool:
        """Say whether the request's data may be used for `purpose` now; of what was erased, nothing is."""
        return bool(self.values[in_force_name(purpose)] and self.values["email"])


def in_force_name(purpose: str) -> str:
    """Return under which name a row's values hold whether `purpose` is in force."""
    return f"{purpose}_in_force"


def newest_pk() -> int:
    """Return the id of the newest request: what comes in later belongs to no export that has begun."""
    return Submission.objects.aggregate(newest=Max("pk"))["newest"] or 0


class Reader:
    """Reads the requests up to the id `newest` in steps; keeps nothing but the names of partners.

    `extra` fields are read as well, and with `kinds` the sentences of the consents, for the kinds of data in them.
    """

    def __init__(self, newest: int, extra: Iterable[str] = (), *, kinds: bool = False) -> None:
        self.newest = newest
        self._kinds = kinds
        self._fields = (*_FIELDS, *extra)
        self._partners: dict[int | None, str] = {None: ""}

    def step(self, requests: SubmissionQuerySet, after: Place | None) -> tuple[list[Row], Place | None]:
        """Return the next rows of `requests` behind `after` (None: the first), and the place of the last one.

        No row and None where there is none left. A request that was deleted between two questions is left out.
        """
        wanted = requests.filter(pk__lte=self.newest)
        if after is not None:
            wanted = wanted.filter(TupleLessThan(("created_at", "pk"), after))
        places = [Place(*it) for it in wanted.order_by("-created_at", "-pk").values_list("created_at", "pk")[:STEP]]
        if not places:
            return [], None
        return self._rows([place.pk for place in places]), places[-1]

    def _rows(self, pks: list[int]) -> list[Row]:
        found: Any = SubmissionQuerySet(Submission).filter(pk__in=one_of(pks)).with_mail()
        found = found.annotate(**{in_force_name(purpose): in_force_for(purpose) for purpose in Purpose.values})
        rows = {
            values["pk"]: Row(values)
            for values in found.order_by().values(*self._fields, *(in_force_name(purpose) for purpose in Purpose))
        }
        names = _consents(rows, kinds=self._kinds)
        self._learn_partners({row.values["form_page_id"] for row in rows.values()})
        for pk, row in rows.items():
            # The page may be deleted; what the person agreed to still says whose form it was.
            row.partner = self._partners[row.values["form_page_id"]] or names.get(pk, "")
        return [rows[pk] for pk in pks if pk in rows]

    def _learn_partners(self, pages: set[int | None]) -> None:
        unknown = {page for page in pages if page not in self._partners}
        if not unknown:
            return
        paths = dict(BrochureRequestPage.objects.filter(pk__in=unknown).values_list("pk", "path"))
        parents = {pk: path[: -Page.steplen] for pk, path in paths.items()}
        titles = dict(Page.objects.filter(path__in=set(parents.values())).values_list("path", "title"))
        for page in unknown:
            self._partners[page] = titles.get(parents.get(page, ""), "") if page is not None else ""


_FIELDS = (
    *("pk", "reference", "created_at", "form_page_id", "form_title", "brochure_title", "article_title", "language"),
    *("email", "name", "company", "campaign", "answers", "mail_state", "mail_attempts"),
)


def _consents(rows: dict[int, Row], *, kinds: bool) -> dict[int, str]:
    """Add to `rows` their consents, and return the partner's name by request as the consents' records have it."""
    records = ConsentRecord.objects.filter(submission_id__in=one_of(rows)).order_by()
    owners: dict[int, Consent] = {}
    names: dict[int, str] = {}
    fields = ["pk", "submission_id", "purpose", "ticked", "language", "wording__version", "partner_name"]
    if kinds:
        fields += ["text", "wording__text"]
    for pk, submission, purpose, ticked, language, version, partner, *sentence in records.values_list(*fields):
        consent = Consent(ticked=ticked, wording=f"{language} {version}")
        if kinds:
            text, worded = sentence
            consent.kinds = kinds_in(text, worded, partner)
        owners[pk] = rows[submission].consents[purpose] = consent
        names[submission] = partner
    told = ConsentEvent.objects.filter(
        record__submission_id__in=one_of(rows), kind__in=[EventKind.CONFIRMED, EventKind.WITHDRAWN]
    )
    for record, kind, at in told.order_by().values_list("record_id", "kind", "at"):
        # An event of the moment between the two questions belongs to no record that was read.
        if record not in owners:
            continue
        if kind == EventKind.CONFIRMED:
            owners[record].confirmed_at = at
        else:
            owners[record].withdrawn_at = at
    return names


def group_labels(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the questions with those of one key side by side, keys in the order in which they came."""
    by_key: dict[str, list[str]] = defaultdict(list)
    for key, label in found:
        by_key[key].append(label)
    return [(key, label) for key, labels in by_key.items() for label in labels]
