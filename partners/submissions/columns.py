"""Which columns can the desk's list have, and what stands in each?

The first are the same for everybody. Then come the answers to the forms' own questions, as the forms ask them now.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils.functional import Promise
from django.utils.text import Truncator, capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn

from partners.brochures.campaign import TAGS
from partners.brochures.consent_standing import in_force_for
from partners.brochures.consent_wording import Purpose
from partners.brochures.request_fields import Autofill, RequestField
from partners.brochures.submission import Submission
from partners.submissions.desk_columns import DeskColumns
from partners.submissions.filters import STATUS
from partners.submissions.mail_words import MailWords, mail_words
from partners.submissions.quarantine_view import sign_words

# Hidden on a phone: what a row is about stands on its own page.
_WIDE = "desk-wide"
# Begins the name of a column of answers; the question's own name follows.
ANSWER = "answer."
# Nobody chooses among more.
MOST_QUESTIONS = 100
_LONGEST = 80


class WhoColumn(Column):
    """Name, address and company of the person, one below the other."""

    cell_template_name = "partners/submissions/who_cell.html"


class MailColumn(BaseColumn):
    """The state of the newest letter, in plain words."""

    cell_template_name = "partners/submissions/mail_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Add `mail`, the words of the annotated state, and `signs`, what speaks against the request."""
        words: MailWords = mail_words(instance.mail_state, instance.mail_attempts)
        # What was held back and released is a request like any other.
        signs = [*([] if instance.released_at else instance.quarantine_reasons), *instance.spam_notes]
        return {
            **super().get_cell_context_data(instance, parent_context),
            "mail": words,
            "signs": [sign_words(code) for code in signs],
        }


class TextColumn(Column):
    """A text that may be long: its beginning is shown."""

    def __init__(self, name: str, label: str | Promise, read: Callable[[Any], str]) -> None:
        """Take what reads the text from a request."""
        super().__init__(
            name,
            label=label,
            accessor=lambda row: Truncator(read(row)).chars(_LONGEST),
            classname=f"{_WIDE} desk-text",
        )


def _assignee(row: Submission) -> str:
    return (row.assignee.get_full_name() or row.assignee.get_username()) if row.assignee else ""


def _campaign(row: Submission) -> str:
    tags = row.campaign if isinstance(row.campaign, dict) else {}
    return " · ".join(str(tags[tag]) for tag in TAGS if tags.get(tag))


def _consents(row: Any) -> str:
    return ", ".join(str(Purpose(purpose).label) for purpose in row.consents_in_force)


def _answer(name: str) -> Callable[[Submission], str]:
    def read(row: Submission) -> str:
        answers = row.answers if isinstance(row.answers, list) else []
        found = [answer.get("value") for answer in answers if isinstance(answer, dict) and answer.get("key") == name]
        return ", ".join(filter(None, map(_as_text, found)))

    return read


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(filter(None, map(_as_text, value)))
    return str(value)


# In the list's order. Sorted by nothing that has no index: a million rows would be sorted for each page.
COLUMNS: dict[str, Callable[[], BaseColumn]] = {
    "who": lambda: WhoColumn("name", label=_("Who"), width="24%", classname="desk-who"),
    "brochure": lambda: TextColumn("brochure_title", _("Brochure"), lambda row: row.brochure_title),
    "article": lambda: TextColumn("article_title", _("Article"), lambda row: row.article_title),
    "partner": lambda: TextColumn("partner_title", _("Partner"), lambda row: row.partner_title),
    "form": lambda: TextColumn("form_title", _("Form"), lambda row: row.form_title),
    "language": lambda: TextColumn("language", _("Language"), lambda row: str(row.get_language_display())),
    "consent": lambda: TextColumn("consent", _("Consent in force"), _consents),
    "campaign": lambda: TextColumn("campaign", _("Campaign"), _campaign),
    "assignee": lambda: TextColumn("assignee", _("Assigned to"), _assignee),
    "status": lambda: TextColumn("status", STATUS, lambda row: str(row.get_status_display())),
    "asked": lambda: DateColumn("created_at", label=_("Asked"), sort_key="created_at", width="12%", classname=_WIDE),
    "mail": lambda: MailColumn("mail_state", label=_("Mail")),
}
DEFAULT = ("who", "brochure", "article", "status", "asked", "mail")


def questions() -> dict[str, str]:
    """Return the forms' own questions, by the column's name, with a label: in the reader's language where there is one.

    Name and company stand in the column 'who'.
    """
    asked = (
        RequestField.objects.exclude(autofill__in=[Autofill.NAME, Autofill.ORGANIZATION])
        .annotate(
            foreign=Case(
                When(page__locale__language_code=get_language() or "", then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            )
        )
        .order_by("foreign", "sort_order", "pk")
        .values_list("clean_name", "label")
    )
    found: dict[str, str] = {}
    for name, label in asked:
        found.setdefault(f"{ANSWER}{name}", label)
    return dict(list(found.items())[:MOST_QUESTIONS])


def choices() -> list[tuple[str, str]]:
    """Return what can be chosen: name and label, in the list's order."""
    fixed = [(name, capfirst(str(make().label))) for name, make in COLUMNS.items()]
    return [*fixed, *questions().items()]


def chosen_names(user: Any) -> list[str]:
    """Return the names of the columns that `user` has chosen, of those that there are; else the usual ones."""
    names = DeskColumns.objects.filter(user=user).values_list("names", flat=True).first()
    return list(DEFAULT) if names is None else list(names)


def columns_named(names: Iterable[str]) -> list[BaseColumn]:
    """Return the columns; a question that no form asks any more has none."""
    names = set(names)
    asked = questions() if any(name.startswith(ANSWER) for name in names) else {}
    fixed = [make() for name, make in COLUMNS.items() if name in names]
    answers = [
        TextColumn(name, label, _answer(name.removeprefix(ANSWER))) for name, label in asked.items() if name in names
    ]
    # The answers before the two that end every row.
    place = next((at for at, column in enumerate(fixed) if column.name in {"created_at", "mail_state"}), len(fixed))
    return [*fixed[:place], *answers, *fixed[place:]]


def add_facts(rows: list[Any], names: Iterable[str]) -> list[Any]:
    """Add to the `rows` of a page what the columns `names` show of other tables, by one query for each table."""
    names = set(names)
    if "consent" in names:
        conditions = {purpose.value: in_force_for(purpose) for purpose in Purpose}
        found: Any = Submission.objects.filter(pk__in=[row.pk for row in rows]).values("pk", **conditions)
        standing = {facts["pk"]: [purpose.value for purpose in Purpose if facts[purpose.value]] for facts in found}
        for row in rows:
            row.consents_in_force = standing.get(row.pk, [])
    if "assignee" in names:
        users = Submission._meta.get_field("assignee").related_model._default_manager.in_bulk(
            {row.assignee_id for row in rows if row.assignee_id}
        )
        for row in rows:
            row.assignee = users.get(row.assignee_id)
    return rows
