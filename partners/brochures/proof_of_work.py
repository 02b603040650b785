"""Has the visitor's browser done a little work for this form? A puzzle of our own, without a third party.

The answer is a number that, written after the form's key and a colon, gives a SHA-256 digest that begins with so many
zero bits. The key is signed and dated, so nothing is kept to check
an answer, and none can be worked out ahead of time.
"""

import hashlib
import re

from django.conf import settings

# With a hyphen, which no name of an editor's own field can have.
PROOF_FIELD = "proof-of-work"
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


def is_solved(key: str, answer: str, bits: int | None = None) -> bool:
    """Say whether `answer` solves the puzzle of the form with the signed `key`.

    `bits` (FORM_PROOF_BITS without it) is how many zero bits are asked for: each one doubles the work.
    """
    if not _NUMBER.fullmatch(answer):
        return False
    bits = settings.FORM_PROOF_BITS if bits is None else bits
    digest = hashlib.sha256(f"{key}:{answer}".encode()).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0
