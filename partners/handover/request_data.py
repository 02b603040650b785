"""What does another system get to read of a request? One description, for webhooks and for the API."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation
from ninja import Field, Schema

from partners.articles.disclosure import words_for
from partners.brochures.consent_record import ConsentState
from partners.brochures.consent_wording import Purpose
from partners.brochures.handed_over import without_mistyped
from partners.brochures.submission import Submission
from partners.handover.recipient import DataKind, Recipient


class FormData(Schema):
    """The form by which the request came. The key is the same in every language; null where the form is deleted."""

    key: UUID | None = None
    title: str


class BrochureData(Schema):
    """The brochure that was asked for."""

    id: int | None = None
    title: str


class PersonData(Schema):
    """Who asked. What this system may not have is null."""

    email: str | None = None
    name: str | None = None
    company: str | None = None


class AnswerData(Schema):
    """One answer, under the label that the person saw. `kind` is the type of the form's field."""

    key: str
    label: str
    kind: str
    value: str | bool | list[str]


class ConsentData(Schema):
    """A box that the form showed, with its sentence; `in_force` says whether this very tick may be relied on now.

    Whether the address gets news by what it agreed to elsewhere is not said here: nobody would be told here when that
    ends.
    """

    purpose: Purpose
    in_force: bool
    ticked: bool
    text: str
    language: str
    shown_at: datetime


class RequestData(Schema):
    """One request for a brochure."""

    reference: str = Field(examples=["QH-7K2M-9XQD"])
    created_at: datetime
    accepted_at: datetime = Field(description="When it counted: later than created_at where it was held back at first.")
    updated_at: datetime = Field(
        description="The latest of: accepted, its address corrected, one of its consents changed."
    )
    language: str
    form: FormData
    brochure: BrochureData
    article: str | None = Field(
        None, description="Title of the article over which the form was opened. Name it after its label and sponsor."
    )
    article_label: str | None = Field(
        None,
        description="Its label, such as 'Paid content', as it is now, in the language of the request. Null where the "
        "article is deleted: nobody can say any more how it has to be labelled, so do not name it.",
    )
    article_sponsor: str | None = Field(None, description="Whose article it is. Null where the label is.")
    person: PersonData
    answers: list[AnswerData] | None = None
    campaign: dict[str, str] | None = None
    consents: list[ConsentData]


def describe(submission: Submission, recipient: Recipient) -> RequestData:
    """Return what `recipient` may read of `submission`, which `reading.fetch` has fetched for it."""
    fetched: Any = submission
    accepted_at = submission.released_at or submission.created_at
    changes = [event.at for record in fetched.told_consents for event in record.events.all()]
    if fetched.told_corrected_at is not None:
        changes.append(fetched.told_corrected_at)
    return RequestData(
        reference=submission.reference,
        created_at=submission.created_at,
        accepted_at=accepted_at,
        updated_at=max([accepted_at, *changes]),
        language=submission.language,
        form=FormData(key=getattr(fetched.form_page, "translation_key", None), title=submission.form_title),
        brochure=BrochureData(id=submission.brochure_id, title=submission.brochure_title),
        article=submission.article_title or None,
        article_label=_label(fetched.told_disclosure, submission.language),
        article_sponsor=fetched.told_sponsor,
        person=PersonData(
            email=submission.email if recipient.gets(DataKind.EMAIL) else None,
            name=submission.name if recipient.gets(DataKind.NAME) else None,
            company=submission.company if recipient.gets(DataKind.COMPANY) else None,
        ),
        answers=(
            [_answer(answer) for answer in without_mistyped(submission.answers, submission.email)]
            if recipient.gets(DataKind.ANSWERS)
            else None
        ),
        campaign=(
            {tag: _as_text(value) for tag, value in submission.campaign.items()}
            if recipient.gets(DataKind.CAMPAIGN)
            else None
        ),
        consents=[
            ConsentData(
                purpose=record.purpose,
                in_force=record.state == ConsentState.IN_FORCE,
                ticked=record.ticked,
                text=record.text,
                language=record.language,
                shown_at=record.created_at,
            )
            for record in fetched.told_consents
        ],
    )


def _answer(stored: dict[str, Any]) -> AnswerData:
    """Return an answer as it is told, also one that an import or an older form stored otherwise than ours do."""
    value = stored.get("value")
    if isinstance(value, list):
        value = [_as_text(choice) for choice in value]
    elif not isinstance(value, bool):
        value = _as_text(value)
    return AnswerData(value=value, **{name: _as_text(stored.get(name)) for name in ("key", "label", "kind")})


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


def _label(kind: str | None, language: str) -> str | None:
    """Return the label of a kind of disclosure in a language; None where there is no article."""
    if kind is None:
        return None
    with translation.override(language):
        return str(words_for(kind).label)
