"""How is one message sent? Claimed, built, carried and recorded, with no transaction open while it is carried."""

import logging
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from time import monotonic

from django.db import DataError

from partners.database_away import database_is_away
from partners.delivery.attempt import Outcome
from partners.delivery.carrier import carry, reach
from partners.delivery.claim import Claim, claim_message, claim_next
from partners.delivery.lease import keeper
from partners.delivery.letters import Letter, LetterCannotBeBuilt, build_letter
from partners.delivery.message import OutgoingMessage
from partners.delivery.outage import keep_trying
from partners.delivery.outside import Carrier, Conversation, Envelope, NotAccepted, Receipt
from partners.delivery.recipient_domain import as_sent
from partners.delivery.record import record_accepted, record_failure
from partners.delivery.said import TEXT_LENGTH
from partners.delivery.timing import conversation_seconds

logger = logging.getLogger(__name__)

# Stands behind the server's own words at the desk, where somebody asks why the file is missing.
LIGHTER = " (without the attachment, which was too large)"


@cache
def worker_name() -> str:
    """Return how this process signs the attempts it makes: machine and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"[:100]


def send_message(message_id: int, carrier: Carrier = carry) -> bool:
    """Try once to send the message; say whether there was anything to try.

    Whatever becomes of the attempt is in the rows. Raises the database's error where it could not be claimed, or
    where the letter's data could not be read: the lease then runs out, and the sweep finds the message.
    """
    claim = claim_message(message_id, worker_name())
    if claim is None:
        return False
    _send(claim, carrier)
    return True


def send_next(carrier: Carrier = carry, on_claim: Callable[[], None] = lambda: None) -> bool:
    """Try once to send the message that has been due for longest; say whether there was one.

    `on_claim` is called between the claim and the conversation, where others are due as well. Errors as of
    `send_message`.
    """
    claim = claim_next(worker_name())
    if claim is None:
        return False
    if claim.are_more:
        on_claim()
    _send(claim, carrier)
    return True


def _send(claim: Claim, carrier: Carrier) -> None:
    started = monotonic()
    conversation = Conversation(conversation_seconds())
    with keeper.hold(claim.token, conversation):
        try:
            receipt = _build_and_carry(claim, carrier, conversation)
        except NotAccepted as error:
            failure, took = error, timedelta(seconds=monotonic() - started)
            wordless = NotAccepted(failure.outcome, failure.code, may_pass=failure.may_pass)
            _record(
                lambda: record_failure(claim.message, claim.token, failure, took),
                lambda: record_failure(claim.message, claim.token, wordless, took),
            )
        else:
            took = timedelta(seconds=monotonic() - started)
            _record(
                lambda: record_accepted(claim.message, claim.token, receipt, took),
                lambda: record_accepted(claim.message, claim.token, Receipt(receipt.code), took),
            )


def _record(write: Callable[[], bool], without_words: Callable[[], bool]) -> None:
    """Write down what became of an attempt, without what others said where the database cannot hold that.

    A message whose outcome is never written would be sent again and again.
    """
    try:
        keep_trying(write)
    except (DataError, UnicodeError) as error:
        logger.error("What a mail server said cannot be stored, and is left out: %s.", type(error).__name__)
        keep_trying(without_words)


def _build_and_carry(claim: Claim, carrier: Carrier, conversation: Conversation) -> Receipt:
    """Carry the letter, and where it is refused for its size and has something to leave out, what is left of it.

    That is one attempt: nobody has to wait for a letter whose link alone would do.
    """
    message = claim.message
    try:
        recipient = as_sent(message.to)
    except UnicodeError as error:
        raise NotAccepted(Outcome.BAD_ADDRESS, text="The address is not valid.") from error

    def carry_letter(letter: Letter) -> Receipt:
        return carrier(Envelope(to=recipient, message_id=message.message_id, letter=letter), conversation)

    if carrier is carry:
        reach(conversation)
    letter = _build(message, lambda: build_letter(message))
    try:
        return carry_letter(letter)
    except NotAccepted as error:
        if not error.is_too_large or letter.lighter is None:
            raise
        logger.warning("Message %s: it is too large, and goes without its attachments.", message.pk)
    receipt = carry_letter(_build(message, letter.lighter))
    return replace(receipt, text=receipt.text[: TEXT_LENGTH - len(LIGHTER)] + LIGHTER)


def _build(message: OutgoingMessage, build: Callable[[], Letter]) -> Letter:
    try:
        return build()
    except LetterCannotBeBuilt as error:
        if error.may_pass:
            logger.error("Message %s: %s It is tried again.", message.pk, error)
        raise NotAccepted(Outcome.UNBUILDABLE, text=str(error), may_pass=error.may_pass) from error
    except Exception as error:
        if database_is_away(error):
            raise
        # A broken template or file must not hold up other messages. The type alone is stored: the text of an
        # unforeseen error may hold personal data, and it goes no further than the log.
        logger.exception("Message %s: its letter could not be built.", message.pk)
        # It may pass: a file store that is away, tables that are not migrated yet, a mistake that is mended.
        raise NotAccepted(Outcome.UNBUILDABLE, text=type(error).__name__, may_pass=True) from error
