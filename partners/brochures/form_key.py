"""Which showing of the form does a key stand for, and when was that?"""

import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.core.signing import BadSignature, Signer

# How long a shown form is taken without a word: a tab that was left open overnight, or over a weekend.
KEY_LIFE = timedelta(days=7)

_signer = Signer(salt="partners.brochures.form-key")


class KeyRefused(ValueError):  # noqa: N818  named for what happened
    """The key is none that this site signed, or older than KEY_LIFE."""


@dataclass(frozen=True)
class FormKey:
    """A form's one-time key, and how many seconds before it was read the form was shown."""

    id: uuid.UUID
    age: float


def now() -> float:
    """Return the seconds since 1970, with their fractions."""
    return time.time()


def new_key() -> str:
    """Return a signed one-time key for one showing of the form; it tells the millisecond at which it was made."""
    return _signer.sign(_dated_uuid(int(now() * 1000)).hex)


def read_key(value: str) -> FormKey:
    """Return what the signed `value` stands for. Raises KeyRefused."""
    try:
        key = uuid.UUID(hex=_signer.unsign(value))
    except (BadSignature, ValueError) as error:
        raise KeyRefused("This key was not made here.") from error
    age = now() - (key.int >> 80) / 1000
    if age > KEY_LIFE.total_seconds():
        raise KeyRefused("This key is too old.")
    return FormKey(id=key, age=age)


def _dated_uuid(milliseconds: int) -> uuid.UUID:
    """Return a version 7 UUID: 48 bits of time, then random ones (RFC 9562, 5.7)."""
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
