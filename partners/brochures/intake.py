"""How does a sent form become a request that cannot be lost?"""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from partners.articles.article_page import PartnerArticlePage
from partners.brochures.circumstances import Circumstances
from partners.brochures.confirming import ask_to_confirm
from partners.brochures.consent_boxes import ConsentBox
from partners.brochures.consent_lock import holding_mailbox
from partners.brochures.consent_wording import Purpose
from partners.brochures.form_write import FormWrite, asks_again
from partners.brochures.full_limits import remember_full, was_full
from partners.brochures.keeping_consent import consents_given
from partners.brochures.keeping_time import days_of_form
from partners.brochures.known_form import asked_from, known_form
from partners.brochures.limits import LimitReached, Taking, first_reached, is_without_room, taking
from partners.brochures.named_rows import holding_named
from partners.brochures.quarantine import hold
from partners.brochures.request_events import RequestEvent, is_anybodys_news, tell
from partners.brochures.sending import new_letter, send_and_count
from partners.brochures.spam import Sign, judge, sign_of, takings_of_clean
from partners.brochures.staff_notice import new_notices, queue_staff_notices
from partners.brochures.submission import Submission
from partners.database_away import is_deadlock
from partners.group_commit import finish_others, write_later
from partners.inserting import Beside, insert_rows
from partners.keeping import asked_anew

if TYPE_CHECKING:
    from partners.brochures.request_page import BrochureRequestPage

# Crockford's base 32 without its vowels-like look-alikes: no I, L, O or U, so a reference can be read out loud.
REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class FormGone(Exception):  # noqa: N818  named for what happened
    """The form was deleted while somebody sent it."""


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
    bits = secrets.randbits(40)
    letters = "".join(REFERENCE_ALPHABET[bits >> place & 31] for place in range(0, 40, 5))
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
    Raises FormGone where the form was deleted meanwhile, and django.db.DatabaseError where nothing could be stored;
    then nothing was.
    """
    circumstances = circumstances or Circumstances()
    try:
        return _accept_once(request, circumstances)
    except OperationalError as error:
        if connection.in_atomic_block or not is_deadlock(error):
            raise
        return _accept_once(request, circumstances)


def _accept_once(request: Request, circumstances: Circumstances) -> Submission:
    try:
        return _accept(request, circumstances)
    except IntegrityError:
        # Few are sent twice: the key's constraint says so, at no cost to all others.
        if (accepted := accepted_before(request)) is not None:
            return accepted
        # Or something was deleted of which we did not know yet.
        with asked_anew():
            return _accept(_as_it_is_now(request), circumstances)


def _accept(request: Request, circumstances: Circumstances) -> Submission:
    accepted = _accept_at_once(request, circumstances)
    if accepted is not None:
        return accepted
    # What is judged takes some statements more, and may wait.
    finish_others()
    try:
        with transaction.atomic():
            return _store(request, circumstances)
    except LimitReached as reached:
        # Few find no room either: what was written for the others is undone with all the rest, and it is held back.
        with transaction.atomic():
            return _store(request, circumstances, [sign_of(reached.limit)])


def _as_it_is_now(request: Request) -> Request:
    """Return `request` with the form and the article that there are. Raises FormGone."""
    page = type(request.form_page)._default_manager.filter(pk=request.form_page.pk).first()
    if page is None:
        raise FormGone
    return replace(request, form_page=page, article=asked_from(request.article.pk if request.article else None).article)


def _accept_at_once(request: Request, circumstances: Circumstances) -> Submission | None:
    """Store `request` with its letter by one statement, which is a transaction of its own, as nearly all are.

    Where whoever takes requests gathers what they write, it is left to him, and the submission has no number yet.
    Returns None where nothing was stored: something speaks against the request, a limit has no room, or had none a
    moment ago, or whom it has to be told depends on what is stored first.
    """
    clean = takings_of_clean(request, circumstances)
    if clean is None or _asks_for_news(request) or is_anybodys_news(request.form_page):
        return None
    takings, notes = clean
    if was_full(takings):
        return None
    submission, consents = _written(request)
    submission.spam_notes = [str(note) for note in notes]
    links, letter = new_letter(submission)
    write = FormWrite(request.email, [submission, *new_notices(submission), *links, letter], consents, takings)
    if asks_again(request.email):
        # One of the others may be the same form.
        finish_others()
    elif not connection.in_atomic_block and write_later(write):
        return submission
    try:
        write.write()
    except DatabaseError as error:
        if not is_without_room(error):
            raise
        return None
    return submission


def _store(request: Request, circumstances: Circumstances, known: Sequence[Sign] = ()) -> Submission:
    submission, consents = _written(request)

    def store(takings: Sequence[Taking], notes: Sequence[Sign]) -> list[str]:
        submission.spam_notes = [str(note) for note in notes]
        # What the notices will name is held here already: a deletion takes it before the form.
        named = holding_named([submission, *new_notices(submission)])
        # Somebody who is being erased asks again before or after it, never in between.
        had_room = insert_rows([submission], *consents, *named, holding_mailbox(request.email), taking(takings))[-1]
        remember_full(takings, had_room)
        return had_room

    verdict = judge(request, circumstances, store, lambda shared: _answer(submission, request, shared), known)
    if verdict.reasons:
        hold(submission, verdict.reasons)
    return submission


def _written(request: Request) -> tuple[Submission, tuple[Beside, ...]]:
    """Return `request` as a submission that is not stored yet, and the statements that keep its consents.

    Raises FormGone.
    """
    page = request.form_page
    try:
        form = known_form(page)
    except type(page).DoesNotExist as gone:
        raise FormGone from gone
    submission = Submission(
        reference=new_reference(),
        key=request_key(request.key, page.pk, request.email),
        form_page=page,
        form_title=page.title,
        partner=form.partner,
        partner_title=form.partner.title if form.partner else "",
        article=request.article,
        article_title=request.article.title if request.article else "",
        brochure_id=form.brochure_id,
        brochure_file=form.brochure_file,
        brochure_title=form.brochure_title,
        language=form.language,
        email=request.email,
        name=request.name,
        company=request.company,
        answers=[asdict(answer) for answer in request.answers],
        campaign=request.campaign,
        keep_days=days_of_form(page),
    )
    return submission, consents_given(submission, request.consents, form.partner)


def _asks_for_news(request: Request) -> bool:
    return any(box.ticked and box.purpose == Purpose.NEWS for box in request.consents)


def _answer(submission: Submission, request: Request, shared: Sequence[Taking]) -> list[str]:
    """Queue the letters of a request against which nothing speaks, tell whoever has to know, and count it in `shared`.

    The brochure's letter and the counts come last, with nothing but the commit behind them: they are everybody's rows.
    Raises LimitReached where one of those has no room; then the transaction is to be undone.
    """
    if _asks_for_news(request):
        # A letter of its own: the brochure goes out whatever becomes of it.
        ask_to_confirm(submission)
    queue_staff_notices(submission)
    tell(submission, RequestEvent.ACCEPTED)
    _message, had_room = send_and_count(submission, taking(shared))
    remember_full(shared, had_room)
    if reached := first_reached(shared, had_room):
        raise LimitReached(reached)
    return had_room
