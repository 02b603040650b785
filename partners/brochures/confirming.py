"""How does consent to news come to count? By a button behind a letter that only the address's holder gets."""

from datetime import timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, UUIDField

from partners.brochures.consent_lock import hold_address
from partners.brochures.consent_message import ConsentConfirmation, let_ask_again
from partners.brochures.consent_record import ConsentEvent, ConsentRecord, EventKind
from partners.brochures.consent_suppression import digests, lift
from partners.brochures.consent_wording import Purpose
from partners.brochures.submission import Submission
from partners.delivery.message import State, in_seconds
from partners.delivery.queue import queue_message
from partners.ready_made import Slot, ready_made

LETTER_KIND = "consent_confirmation"
ASK_AGAIN_AFTER = timedelta(days=1)


def ask_to_confirm(submission: Submission) -> ConsentConfirmation | None:
    """Queue the letter that asks to confirm the news ticked with `submission`; return None where none is to go.

    None goes where nothing waits, where the address has confirmed this very wording already, and within a day of the
    last one: the form must not be a way to flood a stranger. One that failed has asked nobody, and does not count. The
    brochure's own letter leads to the same button.
    It is written in a transaction, the caller's where there is one.
    """
    record = submission.consents.awaiting_confirmation().first()
    if record is None:
        return None
    with transaction.atomic():
        hold_address(submission.email)
        if _has_confirmed(record) or _was_asked_lately(submission.email):
            return None
        message = ConsentConfirmation(
            kind=LETTER_KIND, to=submission.email, record=record, address_digest=digests(submission.email)[0]
        )
        queue_message(message)
        return message


@ready_made
def thanked() -> QuerySet[Submission]:
    """Return requests by `reference` and the `translation_key` of their form: whoever switches the language there has
    sent it all the same. Each says by `is_asked_to_confirm` whether a letter is on its way that asks to confirm news.
    """
    letters = ConsentConfirmation.objects.filter(record__submission=OuterRef("pk"))
    of_form = Submission.objects.filter(form_page__translation_key=Slot("translation_key", UUIDField()))
    found = of_form.filter(reference=Slot("reference", CharField())).only("reference")
    return found.annotate(is_asked_to_confirm=Exists(letters))


def confirm_news(submission: Submission, how: str) -> bool:
    """Confirm the news ticked with `submission`, and let news go to its address again.

    Returns whether it is confirmed now; not where it was never ticked, was withdrawn, or where another address stands
    in the place of the one that was asked. Called again, it changes nothing.
    """
    with transaction.atomic():
        hold_address(submission.email)
        if not Submission.objects.filter(pk=submission.pk, email=submission.email).exists():
            return False
        record = submission.consents.standing().filter(purpose=Purpose.NEWS).first()
        if record is None:
            return False
        _, is_new = ConsentEvent.objects.get_or_create(record=record, kind=EventKind.CONFIRMED, defaults={"how": how})
        if is_new:
            lift(submission.email)
        return True


def _has_confirmed(record: ConsentRecord) -> bool:
    """Say whether the address agreed to the same words before and has confirmed it: other words are asked anew."""
    confirmed = ConsentRecord.objects.in_force().of_address(record.submission.email)
    return confirmed.filter(purpose=record.purpose, wording=record.wording_id).exists()


def _was_asked_lately(address: str) -> bool:
    asked = ConsentConfirmation.objects.filter(address_digest__in=digests(address))
    lately = asked.filter(created_at__gt=in_seconds(-ASK_AGAIN_AFTER.total_seconds()))
    states = dict(lately.values_list("pk", "state"))
    if set(states.values()) <= {State.FAILED}:
        # The constraint counts them by their day.
        let_ask_again(states)
        return False
    return True
