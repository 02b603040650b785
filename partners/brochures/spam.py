"""Does a valid form look like a robot's, and if so, by which signs?"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from partners.brochures.circumstances import Circumstances
from partners.brochures.form_key import KEY_LIFE
from partners.brochures.limits import (
    Limit,
    LimitReached,
    mailbox_takings,
    mails_limit,
    network_limit,
    take_all,
    take_within,
)
from partners.brochures.spam_choices import Doubt
from partners.brochures.spam_words import is_disposable, is_full_of_links, is_role, mailbox, pushes_links, same_text
from partners.brochures.submission import Submission

if TYPE_CHECKING:
    from partners.brochures.intake import Request


class Sign(TextChoices):
    """Why a request is held back, or what is noted about it, in words for the desk."""

    TRAP = "trap", _("A field that no person sees was filled in.")
    TOO_FAST = "too_fast", _("The form was sent faster than a person can fill it in.")
    KEY_REUSED = "key_reused", _("One showing of the form was sent for many addresses.")
    LINKS = "links", _("An answer pushes links.")
    SAME_TEXT = "same_text", _("The same text came for many addresses.")
    NO_PROOF = "no_proof", _("The browser did not solve the puzzle.")
    DISPOSABLE = "disposable", _("The address is of a provider of mailboxes for minutes.")
    ROLE = "role", _("The address is an office's, not a person's.")
    NETWORK_LIMIT = "network_limit", _("Too many requests came from one network within an hour.")
    MAILBOX_LIMIT = "mailbox_limit", _("This mailbox has had this brochure as often as it may in a day.")
    MAILBOX_FULL = "mailbox_full", _("This mailbox has had as many brochures as it may in a day.")
    BUSY_HOUR = "busy_hour", _("Too many letters went out within an hour. It goes out by itself when there is room.")
    DESK = "desk", _("The desk says that it is spam.")


# Somebody who mends a mistyped address, twice, sends one form for three addresses.
_KEY_LIMIT = Limit("key", 3, KEY_LIFE)
_TEXT_LIMIT = Limit("text", 8, timedelta(days=1))
# One person may ask for many brochures: a text counts once for each mailbox.
_FIRST_FROM_MAILBOX = Limit("text_of_mailbox", 1, timedelta(days=1))
_SIGN_OF_LIMIT = {
    "network": Sign.NETWORK_LIMIT,
    "mailbox": Sign.MAILBOX_LIMIT,
    "mailbox_all": Sign.MAILBOX_FULL,
    "mails": Sign.BUSY_HOUR,
}
# Answers that are typed freely, as forms of Django and of Wagtail name them. A chosen answer is the editor's own text.
_TYPED = frozenset({"CharField", "singleline", "multiline"})


@dataclass(frozen=True)
class Verdict:
    """`reasons` to hold a request back, none for a clean one; `notes` are for the desk and hold nothing back."""

    reasons: tuple[Sign, ...] = ()
    notes: tuple[Sign, ...] = ()


def _answer_nothing() -> None:
    """Cause nothing."""


def judge(request: "Request", circumstances: Circumstances, answer: Callable[[], object] = _answer_nothing) -> Verdict:
    """Return what speaks against `request`, and count it; where nothing does, have `answer` write what it causes.

    To be called once for each stored request, in its transaction: a repeated one must not count again, and the
    counts of one that could not be stored must go with it.
    A clean request has taken its place in every limit on letters. One with reasons has taken none of them, so that a
    flood uses up nothing that honest people need.
    """
    reasons = [*_plain_signs(request, circumstances), *_repeated_signs(request)]
    notes = []
    for sign, doubt in _doubtful_signs(request, circumstances):
        if doubt == Doubt.HOLD:
            reasons.append(sign)
        elif doubt == Doubt.NOTE:
            notes.append(sign)
    if not reasons:
        reasons.extend(_limits_reached(request, circumstances, answer))
    return Verdict(reasons=tuple(reasons), notes=tuple(notes))


def _plain_signs(request: "Request", circumstances: Circumstances) -> Iterator[Sign]:
    if circumstances.is_trapped:
        yield Sign.TRAP
    # A form from the future was shown by a server whose clock is ahead: that says nothing about the visitor.
    if circumstances.seconds is not None and 0 <= circumstances.seconds < settings.FORM_MIN_SECONDS:
        yield Sign.TOO_FAST
    if any(is_full_of_links(text) if "\n" in text else pushes_links(text) for text in _texts(request)):
        yield Sign.LINKS


def _repeated_signs(request: "Request") -> Iterator[Sign]:
    if not _KEY_LIMIT.take(str(request.key)):
        yield Sign.KEY_REUSED
    text = same_text(_texts(request))
    if text:
        try:
            take_all([(_FIRST_FROM_MAILBOX, f"{mailbox(request.email)} {text}"), (_TEXT_LIMIT, text)])
        except LimitReached as reached:
            if reached.limit is _TEXT_LIMIT:
                yield Sign.SAME_TEXT


def _doubtful_signs(request: "Request", circumstances: Circumstances) -> Iterator[tuple[Sign, str]]:
    form = request.form_page
    if is_disposable(request.email):
        yield Sign.DISPOSABLE, form.disposable_addresses
    if is_role(request.email):
        yield Sign.ROLE, form.role_addresses
    if not circumstances.is_proven:
        yield Sign.NO_PROOF, form.missing_proof


def _limits_reached(request: "Request", circumstances: Circumstances, answer: Callable[[], object]) -> Iterator[Sign]:
    """Yield the sign of a limit that is reached; else take them all, and have `answer` write.

    The rows of the network and of all mails are everybody's, and locked until the transaction ends: they come last,
    with nothing but the commit behind them, and what was written is undone where they have no room. Of one mailbox
    the rows come first, since other transactions that need both take them before anything of its address.
    """
    network = [(network_limit(), circumstances.network)] if circumstances.network else []
    try:
        with transaction.atomic():
            take_within(mailbox_takings(request.email, request.form_page.brochure_id))
            answer()
            take_within([*network, (mails_limit(), "")])
    except LimitReached as reached:
        yield _SIGN_OF_LIMIT[reached.limit.scope]


def counted_for(submission: Submission) -> Iterator[tuple[str, str]]:
    """Yield scope and subject of what was counted of the person when `submission` was judged.

    Not the network, which is not known any more, and not the form's key, which names nobody.
    """
    to = mailbox(submission.email)
    yield from ((limit.scope, subject) for limit, subject in mailbox_takings(submission.email, submission.brochure_id))
    typed = [answer["value"] for answer in submission.answers if answer["kind"] in _TYPED]
    text = same_text(_each_once(submission.name, submission.company, typed, submission.email))
    if text:
        yield _FIRST_FROM_MAILBOX.scope, f"{to} {text}"
        yield _TEXT_LIMIT.scope, text


def _texts(request: "Request") -> list[str]:
    """Return what was typed freely, each text once; the address is none."""
    typed = [answer.value for answer in request.answers if answer.kind in _TYPED]
    return _each_once(request.name, request.company, typed, request.email)


def _each_once(name: str, company: str, typed: Iterable[Any], email: str) -> list[str]:
    texts = dict.fromkeys((name, company, *(text for text in typed if isinstance(text, str))))
    return [text for text in texts if text and text != email]
