"""Which addresses lead a letter's reader to what was agreed?"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, Signer, TimestampSigner
from django.urls import reverse

from partners.brochures.submission import Submission

CONFIRM_WITHIN = timedelta(days=7)
# A dot inside a path survives every mail program; see `link.py`.
_consent_signer = Signer(sep=".", salt="partners.brochures.consent-page")
_confirm_signer = TimestampSigner(sep=".", salt="partners.brochures.consent-confirmation")


class ConfirmationExpired(Exception):  # noqa: N818  named for what happened
    """A link to confirm is older than CONFIRM_WITHIN; `submission` is its request, None where that is gone."""

    def __init__(self, submission: Submission | None) -> None:
        super().__init__()
        self.submission = submission


def consent_url(submission: Submission) -> str:
    """Return the absolute address of the page that shows and withdraws what was agreed with `submission`.

    It stands in every letter and never expires: withdrawing stays as easy as agreeing was (GDPR, article 7(3)).
    """
    return settings.SITE_URL + reverse("consent", args=[_consent_signer.sign(submission.key.hex)])


def confirmation_url(submission: Submission) -> str:
    """Return the absolute address of the page that confirms the news asked for with `submission`, dated now."""
    return settings.SITE_URL + reverse("confirm_consent", args=[_confirm_signer.sign(submission.key.hex)])


def unsubscribe_headers(submission: Submission) -> dict[str, str]:
    """Return the headers by which a mail program unsubscribes in one click (RFC 2369, RFC 8058).

    For mail that needs consent to news, and for no other: a requested brochure is no mailing.
    """
    return {
        "List-Unsubscribe": f"<{consent_url(submission)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def submission_for(token: str) -> Submission | None:
    """Return the request whose consent page `token` stands for, or None."""
    try:
        return _of_key(_consent_signer.unsign(token))
    except BadSignature:
        return None


def submission_to_confirm(token: str) -> Submission | None:
    """Return the request whose news `token` confirms, or None. Raises ConfirmationExpired for one that is too old."""
    try:
        return _of_key(_confirm_signer.unsign(token, max_age=CONFIRM_WITHIN))
    except SignatureExpired as error:
        # What is signed is as true as ever: it says in which language to tell that it is too old.
        raise ConfirmationExpired(_of_key(_confirm_signer.unsign(token))) from error
    except BadSignature:
        return None


def _of_key(key: str) -> Submission | None:
    """Return the request with `key`, in hexadecimal digits, or None."""
    try:
        return Submission.objects.filter(key=uuid.UUID(hex=key)).first()
    except ValueError:
        return None
