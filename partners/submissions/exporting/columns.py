"""Which columns has an export, and what stands in each for a request?

The first ones are the same in every export of a kind, under names that no translation and no editor changes, so a CRM
can be told once what they are. Then come the answers, a column for each question as it was seen: its key and its
label. A question that was renamed, or that has another label in another language, is another column beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connection
from django.utils import timezone

from partners.brochures.campaign import TAGS
from partners.brochures.consent_wording import Purpose
from partners.brochures.handed_over import COLUMN_WORDS
from partners.brochures.submission import Submission
from partners.submissions.exporting.export import Kind, Reason
from partners.submissions.exporting.rows import Row, group_labels
from partners.submissions.exporting.scope import ExportRefused
from partners.submissions.inbox import SubmissionQuerySet

# An XLSX sheet has 16,384 columns; nobody reads a tenth of them.
MOST_ANSWERS = 2_000
YES, NO = "yes", "no"


class NewQuestion(Exception):  # noqa: N818  named for what happened
    """An answer to a question that had no column: its request was stored at the very moment of looking."""


@dataclass(frozen=True)
class Column:
    """A column: its name in the first row, and how its text is read from a request."""

    name: str
    read: Callable[[Row], str]


def as_time(at: datetime | None) -> str:
    """Return `at` in the site's time zone, offset included (ISO 8601), to the second; nothing for None."""
    return "" if at is None else timezone.localtime(at).isoformat(timespec="seconds")


def as_text(value: Any) -> str:
    """Return an answer as text: yes or no, and of several choices all, with semicolons as CRMs take them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return ";".join(as_text(item) for item in value)
    return str(value)


def fixed_columns(kind: str) -> list[Column]:
    """Return the columns before the answers.

    A partner gets of the person what the consent's sentence names, the number of what it does not name, and nothing of
    our own work.
    """
    purposes = [Purpose.HANDOVER] if kind == Kind.PARTNER else list(Purpose)
    person = [Column(name, (_named if kind == Kind.PARTNER else _value)(name)) for name in COLUMN_WORDS]
    withheld = [Column("withheld", lambda row: as_text(row.handed_over.withheld))] if kind == Kind.PARTNER else []
    ours = [] if kind == Kind.PARTNER else [*_work(), *_campaign(), Column("mail", _value("mail_state"))]
    return [
        Column("reference", _value("reference")),
        Column("asked_at", lambda row: as_time(row.values["created_at"])),
        Column("form", _value("form_title")),
        Column("brochure", _value("brochure_title")),
        Column("article", _value("article_title")),
        Column("partner", lambda row: row.partner),
        Column("language", _value("language")),
        *person,
        *withheld,
        *ours,
        *(column for purpose in purposes for column in _consent(purpose)),
    ]


# How the desk works on a request, where the desk keeps it: by column, the field that is read.
WORK = {"status": "status", "assigned_to": "assignee__username"}


def work_fields() -> dict[str, str]:
    """Return of WORK what the desk keeps, by column."""
    return {name: path for name, path in WORK.items() if _is_kept(path)}


def _is_kept(path: str) -> bool:
    try:
        Submission._meta.get_field(path.split("__")[0])
    except FieldDoesNotExist:
        return False
    return True


def _work() -> list[Column]:
    return [Column(name, _value(path)) for name, path in work_fields().items()]


def _value(name: str) -> Callable[[Row], str]:
    return lambda row: as_text(row.values[name])


def _named(name: str) -> Callable[[Row], str]:
    return lambda row: row.handed_over.columns.get(name, "")


def _campaign() -> list[Column]:
    def read(tag: str) -> Callable[[Row], str]:
        return lambda row: as_text(row.values["campaign"].get(tag)) if isinstance(row.values["campaign"], dict) else ""

    return [Column(tag, read(tag)) for tag in TAGS]


def _consent(purpose: Purpose) -> list[Column]:
    """Return what is known of one purpose; the boxes' columns are empty where the form did not ask."""

    def ticked(row: Row) -> str:
        return as_text(row.consents[purpose].ticked) if purpose in row.consents else ""

    def wording(row: Row) -> str:
        return row.consents[purpose].wording if purpose in row.consents else ""

    def confirmed(row: Row) -> str:
        return as_time(row.consents[purpose].confirmed_at) if purpose in row.consents else ""

    def withdrawn(row: Row) -> str:
        return as_time(row.consents[purpose].withdrawn_at) if purpose in row.consents else ""

    said = [
        Column("ticked", ticked),
        Column("wording", wording),
        Column("in_force", lambda row: as_text(row.may_be_used_for(purpose))),
        Column("withdrawn_at", withdrawn),
    ]
    if purpose == Purpose.NEWS:  # the others count without being confirmed
        said.insert(3, Column("confirmed_at", confirmed))
    return [Column(f"consent.{purpose.value}.{column.name}", column.read) for column in said]


@dataclass(frozen=True)
class Columns:
    """The columns of one export: the fixed ones, then one for each question (key, label).

    For a partner, an answer that the consent's sentence does not name is left empty.
    """

    fixed: list[Column]
    questions: Mapping[tuple[str, str], int]
    kind: str

    @property
    def header(self) -> list[str]:
        """Return the first row; a question's name holds its key, which stays, and its label, as it was seen."""
        return [*(column.name for column in self.fixed), *(f"answer.{key} ({label})" for key, label in self.questions)]

    def cells(self, row: Row) -> list[str]:
        """Return the texts of one request. Raises NewQuestion for an answer without a column."""
        answers = [""] * len(self.questions)
        for answer in row.handed_over.answers if self.kind == Kind.PARTNER else row.answers:
            place = self.questions.get((as_text(answer.get("key")), as_text(answer.get("label"))))
            if place is None:
                raise NewQuestion
            text = as_text(answer.get("value"))
            # Two of one name were never asked in one form; were they stored, neither is lost.
            answers[place] = f"{answers[place]}\n{text}" if answers[place] else text
        return [*(column.read(row) for column in self.fixed), *answers]


def columns_of(requests: SubmissionQuerySet, kind: str) -> Columns:
    """Return the columns for `requests`: the database finds the questions, so no row is held here.

    Raises ExportRefused where there are more than MOST_ANSWERS.
    """
    found = group_labels(_questions(requests))
    if len(found) > MOST_ANSWERS:
        raise ExportRefused(Reason.TOO_WIDE)
    return Columns(fixed_columns(kind), {question: place for place, question in enumerate(found)}, kind)


def _questions(requests: SubmissionQuerySet) -> list[tuple[str, str]]:
    """Return the key and label of every question that one of `requests` answers, in the order of the forms."""
    try:
        inner, parameters = requests.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    # Nothing of a visitor is in the statement's text: Django compiled the inner one, and its values are parameters.
    statement = f"""
        SELECT coalesce(answer->>'key', ''), coalesce(answer->>'label', '')
        FROM {connection.ops.quote_name(Submission._meta.db_table)} AS request,
            jsonb_array_elements(CASE jsonb_typeof(request.answers) WHEN 'array' THEN request.answers ELSE '[]' END)
            WITH ORDINALITY AS asked(answer, place)
        WHERE jsonb_typeof(answer) = 'object' AND request.id IN ({inner})
        GROUP BY 1, 2 ORDER BY min(place), max(request.id) DESC, 1, 2 LIMIT {MOST_ANSWERS + 1}
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
