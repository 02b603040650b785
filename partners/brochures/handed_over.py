"""Which of a request's data does the consent to their handover name? Nothing else may reach the partner.

An editor writes the kinds of data as words of a sentence, so they are found by words: in doubt, an answer is not named.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from partners.brochures.consent_record import ConsentRecord
from partners.brochures.submission import Submission

# By the columns of a request, what they are called in the languages of the site, in lower case.
COLUMN_WORDS: Mapping[str, Sequence[str]] = {
    "email": ("e-mail", "email", "電郵", "電子郵件", "电邮", "电子邮件", "邮箱", "電子信箱"),
    "name": ("name", "姓名", "名字"),
    "company": ("company", "organisation", "organization", "employer", "公司", "機構", "机构", "企業", "企业"),
}
_PLACE = re.compile(r"\{([^{}]*)\}")
# Somebody's company is not the person, though it is called a name as well.
_OTHER_NAMES = re.compile(r"\b(company|business|organi[sz]ation|brand|user|domain)(?:['’]s)?[ -]names?\b")
_LEAD = re.compile(r"^(?:your|the)\s+|^[您你](?:的)?")
_END = " \t?？:：*.。…"


@dataclass(frozen=True)
class HandedOver:
    """What the consent names: of the request's `columns` those by name, and of its `answers` those as they are stored.

    `withheld` is how many of them, told once each, it does not name.
    """

    kinds: str
    columns: dict[str, str]
    answers: list[dict[str, Any]]
    withheld: int

    @property
    def facts(self) -> list[dict[str, Any]]:
        """Return what is shown, each {label, value}, the e-mail address first; an answer that is a column's once."""
        labels = {"email": _("E-mail address"), "name": _("Name"), "company": _("Company")}
        told = [{"label": labels[column], "value": value} for column, value in self.columns.items()]
        copied = self.columns.values()
        return told + [{"label": it["label"], "value": it["value"]} for it in self.answers if it["value"] not in copied]


def kinds_named(record: ConsentRecord) -> str:
    """Return the kinds of data as the sentence of `record` named them; empty where its wording does not tell."""
    return kinds_in(record.text, record.wording.text, record.partner_name)


def kinds_in(sentence: str, wording: str, partner_name: str) -> str:
    """Return the kinds of data that `sentence` names, which was made of `wording`; empty where that does not tell.

    They are read out of the sentence itself, the evidence: the form may say something else by now.
    """
    seen: set[str] = set()

    def group(name: str) -> str:
        if name == "partner" and partner_name:
            return re.escape(partner_name)
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>.+?)"

    parts = _PLACE.split(wording)
    pattern = "".join(group(part) if index % 2 else re.escape(part) for index, part in enumerate(parts))
    found = re.fullmatch(pattern, sentence, re.DOTALL)
    return found["kinds"] if found and "kinds" in seen else ""


def handed_over(submission: Submission, record: ConsentRecord) -> HandedOver:
    """Return those data of `submission` that the consent `record` names."""
    columns = {column: getattr(submission, column) for column in COLUMN_WORDS}
    return those_named(kinds_named(record), columns, submission.answers)


def those_named(kinds: str, columns: Mapping[str, str], answers: Sequence[dict[str, Any]]) -> HandedOver:
    """Return those of a request's `columns` (COLUMN_WORDS) and `answers`, as it keeps them, that `kinds` name."""
    given = [
        answer for answer in without_mistyped(answers, columns["email"]) if answer.get("value") not in ("", None, [])
    ]
    named: dict[str, str] = {}
    unnamed: dict[str, str] = {}
    for column in COLUMN_WORDS:
        value = columns[column]
        if not value:
            continue
        asked_as = [_label_of(answer) for answer in given if answer["value"] == value]
        is_named = _names_column(kinds, column) or any(_names_label(kinds, label) for label in asked_as)
        (named if is_named else unnamed)[column] = value
    kept, withheld = [], len(unnamed)
    for answer in given:
        # The form keeps the columns as answers, too: such a one goes with its column, and is counted with it.
        if answer["value"] in unnamed.values():
            continue
        if answer["value"] in named.values() or _names_label(kinds, _label_of(answer)):
            kept.append(answer)
        else:
            withheld += 1
    return HandedOver(kinds, named, kept, withheld)


def without_mistyped(answers: Sequence[dict[str, Any]], email: str) -> list[dict[str, Any]]:
    """Return `answers` but for the address that was typed, where the request's is `email` by now: a stranger has it.

    The desk sees it among the answers as ever; nobody else is told.
    """
    return [answer for answer in answers if answer.get("key") != "email" or answer.get("value") == email]


def _label_of(answer: dict[str, Any]) -> str:
    return str(answer.get("label") or "")


def _names_column(kinds: str, column: str) -> bool:
    text = _without_other_names(kinds)
    return any(word in text for word in COLUMN_WORDS[column])


def _without_other_names(kinds: str) -> str:
    return _OTHER_NAMES.sub(r"\1", kinds.casefold())


def _names_label(kinds: str, label: str) -> bool:
    bare = _LEAD.sub("", label.casefold().strip(_END)).strip(_END)
    if len(bare) < 2:
        return False
    # Chinese sets no spaces between words; elsewhere a label is a whole word, or 'age' would stand in 'language'.
    whole = rf"(?<![a-z0-9]){re.escape(bare)}(?![a-z0-9])" if bare.isascii() else re.escape(bare)
    text = kinds.casefold() if _OTHER_NAMES.search(bare) else _without_other_names(kinds)
    return re.search(whole, text) is not None
