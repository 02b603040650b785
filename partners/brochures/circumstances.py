"""How, from where and how quickly was a form sent? What a judgement on it may use, beside what it says."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from partners.brochures.form_key import KeyRefused, read_key
from partners.brochures.network import network_of
from partners.brochures.proof_of_work import PROOF_FIELD, is_solved

# A field that no person sees or reaches. The hyphen keeps it apart from every name of an editor's own field, and
# neither browsers nor password managers know the word as something that they could fill in.
TRAP_FIELD = "further-remarks"


@dataclass(frozen=True)
class Circumstances:
    """What is known beside a form's answers; nothing of it is kept.

    `network` is empty and `seconds`, between showing and sending, None where nobody can tell. `is_trapped` says that
    the field which no person sees was filled in.
    """

    network: str = ""
    seconds: float | None = None
    is_trapped: bool = False
    is_proven: bool = False


def circumstances_of(request: HttpRequest) -> Circumstances:
    """Return the circumstances of the form in `request`, a POST."""
    key = request.POST.get("key", "")
    try:
        seconds = read_key(key).age
    except KeyRefused:
        seconds = None
    return Circumstances(
        network=network_of(request),
        seconds=seconds,
        is_trapped=bool(request.POST.get(TRAP_FIELD)),
        is_proven=is_solved(key, request.POST.get(PROOF_FIELD, "")),
    )


def spam_context() -> dict[str, Any]:
    """Return what the form's template needs for the trap and the puzzle."""
    return {"trap_name": TRAP_FIELD, "proof_name": PROOF_FIELD, "proof_bits": settings.FORM_PROOF_BITS}
