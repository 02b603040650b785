"""How does a sent form become a request that cannot be lost?"""

import secrets
import uuid
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
from partners.brochures.circumstances import Circumstances
from partners.brochures.confirming import ask_to_confirm
from partners.brochures.consent_boxes import ConsentBox
from partners.brochures.consent_lock import hold_mailbox
from partners.brochures.consent_wording import Purpose
from partners.brochures.keeping_consent import keep_consents
from partners.brochures.keeping_time import days_of_form
from partners.brochures.quarantine import hold
from partners.brochures.request_events import RequestEvent, tell
from partners.brochures.sending import send_brochure
from partners.brochures.spam import judge
from partners.brochures.staff_notice import queue_staff_notices
from partners.brochures.submission import Submission

if TYPE_CHECKING:
    from partners.brochures.request_page import BrochureRequestPage

# Crockford's base 32 without its vowels-like look-alikes: no I, L, O or U, so a reference can be read out loud.
REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Answer:
    """One answer as the visitor saw its question: `kind` is the type of the form's field."""

    key: str
    label: str
    kind: str
    value: str | bool | list[str]


@dataclass(frozen=True)
class Request:
    """A valid form: its one-time `key`, where it was sent, what it says, and the consent boxes as they were seen."""

    key: uuid.UUID
    form_page: "BrochureRequestPage"
    article: PartnerArticlePage | None
    email: str
    name: str
    company: str
    answers: list[Answer]
    campaign: dict[str, str] = field(default_factory=dict)
    consents: tuple[ConsentBox, ...] = ()


def new_reference() -> str:
    """Return a reference such as QH-7K2M-9XQD: 40 random bits, unique by the database's constraint."""
    letters = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(8))
    return f"QH-{letters[:4]}-{letters[4:]}"


def request_key(key: uuid.UUID, form_page_id: int, email: str) -> uuid.UUID:
    """Return the key under which a form's `key`, sent to that form's page for `email`, is accepted once.

    A double click or a refresh repeats all three. Somebody who goes back and mends a mistyped address repeats the
    form's key alone, and must get the brochure at the mended address.
    """
    return uuid.uuid5(key, f"{form_page_id} {email.casefold()}")


def accepted_before(request: Request) -> Submission | None:
    """Return the submission that `request` was stored as already, or None."""
    key = request_key(request.key, request.form_page.pk, request.email)
    return Submission.objects.filter(key=key).first()


def accept_request(request: Request, circumstances: Circumstances | None = None) -> Submission:
    """Store `request`, its consents and its outgoing letters in one transaction; return the submission.

    What looks bad by its text or its `circumstances` is stored as well, held back and without a letter.
    The same request sent twice, one after the other or at the same moment, returns the one submission.
    Raises django.db.DatabaseError where nothing could be stored; then nothing was.
    """
    key = request_key(request.key, request.form_page.pk, request.email)
    try:
        with transaction.atomic():
            return _store(request, key, circumstances or Circumstances())
    except IntegrityError:
        # Few are sent twice: the key's constraint says so, at no cost to all others.
        accepted = accepted_before(request)
        if accepted is None:
            raise
        return accepted


def _store(request: Request, key: uuid.UUID, circumstances: Circumstances) -> Submission:
    page = request.form_page
    # Somebody who is being erased asks again before or after it, never in between.
    hold_mailbox(request.email)
    language = page.locale.language_code
    # None where the tree is being deleted at this moment.
    partner = PartnerPage.objects.parent_of(page).only("title", "translation_key").first()
    brochure = page.brochure
    brochure_file = brochure.file_for(language) if brochure else None
    submission = Submission.objects.create(
        reference=new_reference(),
        key=key,
        form_page=page,
        form_title=page.title,
        partner=partner,
        partner_title=partner.title if partner else "",
        article=request.article,
        article_title=request.article.title if request.article else "",
        brochure=brochure,
        brochure_file=brochure_file,
        brochure_title=brochure_file.get_title() if brochure_file else brochure.title if brochure else "",
        language=language,
        email=request.email,
        name=request.name,
        company=request.company,
        answers=[asdict(answer) for answer in request.answers],
        campaign=request.campaign,
        keep_days=days_of_form(page),
    )
    keep_consents(submission, request.consents, partner)
    # After the row with the unique key: of the same request at the same moment, one is judged and counted.
    verdict = judge(request, circumstances, lambda: _answer(submission, request))
    if verdict.notes:
        submission.spam_notes = [str(note) for note in verdict.notes]
        submission.save(update_fields=["spam_notes"])
    if verdict.reasons:
        hold(submission, verdict.reasons)
    return submission


def _answer(submission: Submission, request: Request) -> None:
    """Queue the letters of a request against which nothing speaks, and tell whoever has to know."""
    send_brochure(submission)
    if any(box.ticked and box.purpose == Purpose.NEWS for box in request.consents):
        # A letter of its own: the brochure goes out whatever becomes of it.
        ask_to_confirm(submission)
    queue_staff_notices(submission)
    tell(submission, RequestEvent.ACCEPTED)
