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
    """What the consent names: `facts`, each {label, value}; and how many answers it does not name."""

    kinds: str
    facts: list[dict[str, Any]]
    withheld: int


def kinds_named(record: ConsentRecord) -> str:
    """Return the kinds of data as the sentence of `record` named them; empty where its wording does not tell.

    They are read out of the sentence itself, the evidence: the form may say something else by now.
    """
    seen: set[str] = set()

    def group(name: str) -> str:
        if name == "partner" and record.partner_name:
            return re.escape(record.partner_name)
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>.+?)"

    parts = _PLACE.split(record.wording.text)
    pattern = "".join(group(part) if index % 2 else re.escape(part) for index, part in enumerate(parts))
    found = re.fullmatch(pattern, record.text, re.DOTALL)
    return found["kinds"] if found and "kinds" in seen else ""


def handed_over(submission: Submission, record: ConsentRecord) -> HandedOver:
    """Return those data of `submission` that the consent `record` names, the e-mail address first."""
    kinds = kinds_named(record)
    given = [answer for answer in submission.answers if answer.get("value") not in ("", None, [])]
    labels = {"email": _("E-mail address"), "name": _("Name"), "company": _("Company")}
    facts, withheld = [], 0
    for column, label in labels.items():
        value = getattr(submission, column)
        if not value:
            continue
        asked_as = [answer.get("label", "") for answer in given if answer["value"] == value]
        if _names_column(kinds, column) or any(_names_label(kinds, label) for label in asked_as):
            facts.append({"label": label, "value": value})
        else:
            withheld += 1
    # The form keeps these as answers, too.
    copied = [submission.email, submission.name, submission.company]
    for answer in given:
        if answer["value"] in copied:
            continue
        if _names_label(kinds, answer.get("label", "")):
            facts.append({"label": answer["label"], "value": answer["value"]})
        else:
            withheld += 1
    return HandedOver(kinds, facts, withheld)


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
