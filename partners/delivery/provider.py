"""How is a letter handed to a provider, and what do its answers mean for the message?"""

import re
from collections.abc import Iterator
from typing import Any

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from anymail.utils import parse_single_address
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, mailers
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from partners.delivery.attempt import Outcome
from partners.delivery.outside import Conversation, Envelope, NotAccepted, Receipt
from partners.delivery.provider_connection import hold_to
from partners.delivery.record_event import message_key
from partners.delivery.said import as_kept
from partners.delivery.smtp import as_email

# Under which name a message's key goes to the provider, and comes back with its reports. Postmark takes 20 characters.
KEY_NAME = "outgoing_message"
# HTTP status (RFC 9110, 15): these ask to come back, as every 5xx does.
_LATER = {408, 425, 429}
# What was asked for is wrong in itself.
_WRONG = {400, 422}
# No waiting makes the message smaller.
_TOO_LARGE = 413
# How providers say that it is the recipient's address which they will not take; all else that they refuse is ours to
# mend: a sender that they do not know, an account that is not paid for.
_ABOUT_RECIPIENT = re.compile(
    r"'to'|\bto (parameter|address|field)\b|\b(invalid|inactive|suppressed) (recipient|to)\b"
    r"|\brecipient('s)?( e-?mail)?( address)? (is )?(not valid|invalid|malformed|suppressed)",
    re.IGNORECASE,
)
_SAYING = {"message", "error", "errormessage", "description", "detail"}


def carry(envelope: Envelope, conversation: Conversation) -> Receipt:
    """Hand `envelope` to the provider that MAILERS names; see `Carrier` for what is returned and raised."""
    backend: Any = None
    try:
        email = _email(envelope)
        backend = mailers["carrier"]
        backend.timeout = max(0.001, min(float(backend.timeout), conversation.seconds_left))
        with conversation.bounded():
            backend.open()
            hold_to(conversation, backend.session)
            backend.send_messages([email])
    except Exception as error:
        raise _not_accepted(error, envelope, conversation) from error
    finally:
        if backend is not None:
            backend.close()
    return _receipt(email, envelope)


def _email(envelope: Envelope) -> EmailMultiAlternatives:
    try:
        parse_single_address(envelope.to)
    except AnymailInvalidAddress as error:
        raise NotAccepted(Outcome.BAD_ADDRESS, text="The address is not valid.") from error
    email: Any = as_email(envelope)
    email.metadata = {KEY_NAME: message_key(envelope.message_id)}
    return email


def _receipt(email: Any, envelope: Envelope) -> Receipt:
    """Return what the provider said. Raises NotAccepted where it took the message and could do nothing with it."""
    answer = email.anymail_status
    if answer.status and answer.status <= {"failed"}:
        raise NotAccepted(Outcome.DEFERRED, text=_said(answer.esp_response))
    names = answer.message_id if isinstance(answer.message_id, set) else {answer.message_id}
    provider_id = next((name for name in names if isinstance(name, str) and 0 < len(name) <= 255), envelope.message_id)
    return Receipt(text=_said(answer.esp_response), provider_id=provider_id)


def _not_accepted(error: Exception, envelope: Envelope, conversation: Conversation) -> NotAccepted:
    """Translate what django-anymail raised into what it means for the message."""
    if isinstance(error, NotAccepted):
        return error
    if conversation.ended is not None:
        return conversation.ended
    response = getattr(error, "response", None)
    if isinstance(error, AnymailRecipientsRefused):
        return NotAccepted(Outcome.REFUSED, text=_said(response))
    if isinstance(error, AnymailAPIError):
        if response is not None:
            outcome = outcome_of_answer(response.status_code, _body(response), envelope.to)
            is_too_large = response.status_code == _TOO_LARGE
            return NotAccepted(outcome, text=_said(response), is_too_large=is_too_large)
        # The cause is what requests raised; the error's own text would repeat the call's address and data.
        return NotAccepted(_outcome_without_answer(error), text=_cause(error))
    if isinstance(error, AnymailUnsupportedFeature | AnymailSerializationError):
        return NotAccepted(Outcome.UNBUILDABLE, text=as_kept(_first_words(error)))
    if isinstance(error, AnymailError | ImproperlyConfigured):
        return NotAccepted(Outcome.MISCONFIGURED, text=as_kept(_first_words(error)))
    return NotAccepted(Outcome.UNBUILDABLE, text=type(error).__name__)


def outcome_of_answer(status: int, body: str, recipient: str) -> Outcome:
    """Say what a provider's HTTP `status` and `body` mean for a message to `recipient` that was not taken.

    A lasting refusal that is not plainly about the recipient is about us: it is mended here and the message waits.
    """
    if status in _LATER or status >= 500:
        return Outcome.DEFERRED
    if status == _TOO_LARGE:
        return Outcome.REFUSED
    if status in _WRONG and (recipient.lower() in body.lower() or _ABOUT_RECIPIENT.search(body)):
        return Outcome.REFUSED
    # Also an answer of success that is not the provider's: a proxy, or a wrong address of its API.
    return Outcome.MISCONFIGURED


def _outcome_without_answer(error: Exception) -> Outcome:
    reasons = [reason for part in _chain(error) if (reason := getattr(part, "reason", None))]
    # To urllib3 the first is a kind of the second.
    if any(isinstance(reason, NewConnectionError) for reason in reasons):
        return Outcome.UNREACHABLE
    if isinstance(error, requests.Timeout) or any(isinstance(reason, ConnectTimeoutError) for reason in reasons):
        return Outcome.TIMEOUT
    if isinstance(error, requests.exceptions.SSLError | requests.TooManyRedirects | ValueError):
        # A certificate that is not the provider's, or an address of its API that is none.
        return Outcome.MISCONFIGURED
    if isinstance(error, requests.exceptions.ProxyError):
        return Outcome.UNREACHABLE
    return Outcome.DISCONNECTED


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        yield from (part for part in current.args if isinstance(part, BaseException))
        current = current.__cause__ or current.__context__


def _first_words(error: BaseException) -> str:
    """Return what the error says of itself, without the call and its data that django-anymail adds."""
    return " ".join([f"{type(error).__name__}:", *(str(part) for part in error.args[:1])])


def _cause(error: BaseException) -> str:
    """Return the name and words of what broke first."""
    *_, first = _chain(error)
    return as_kept(f"{type(first).__name__}: {first}")


def _body(response: requests.Response) -> str:
    return response.text[:100_000]


def _said(response: requests.Response | None) -> str:
    """Return the provider's own words, after the HTTP status that it gave them."""
    if response is None:
        return ""
    try:
        words = " ".join(dict.fromkeys(_words(response.json())))
    except (ValueError, RecursionError):
        words = _body(response)
    return as_kept(f"HTTP {response.status_code} {words}")


def _words(answer: Any) -> Iterator[str]:
    """Yield what is said under any of the names that providers give to it, at any depth."""
    if isinstance(answer, list):
        for part in answer:
            yield from _words(part)
    elif isinstance(answer, dict):
        for name, value in answer.items():
            if isinstance(value, str) and name.lower() in _SAYING:
                yield value
            else:
                yield from _words(value)
