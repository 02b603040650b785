"""Does a valid form look like a robot's, and if so, by which signs?"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from partners.brochures.circumstances import Circumstances
from partners.brochures.form_key import KEY_LIFE
from partners.brochures.limits import (
    Limit,
    Taking,
    first_reached,
    give_back,
    mailbox_takings,
    mails_limit,
    network_limit,
    taken,
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
    RESTORED = (
        "restored",
        _("The database was restored: its letter may have gone out since the backup was made."),
    )


# Somebody who mends a mistyped address, twice, sends one form for three addresses.
_KEY_LIMIT = Limit("key", 3, KEY_LIFE)
_TEXT_LIMIT = Limit("text", 8, timedelta(days=1))
# One person may ask for many brochures: a text counts once for each mailbox.
_FIRST_FROM_MAILBOX = Limit("text_of_mailbox", 1, timedelta(days=1))
# In which every request counts them, so that none waits for another that waits for it.
ORDER_OF_LIMITS = ("key", "text_of_mailbox", "text", "mailbox", "mailbox_all", "network", "mails")
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


def _only_count(takings: Sequence[Taking], notes: Sequence[Sign]) -> Collection[str]:
    """Store nothing."""
    return taken(takings)


def judge(
    request: "Request",
    circumstances: Circumstances,
    store: Callable[[Sequence[Taking], Sequence[Sign]], Collection[str]] = _only_count,
    answer: Callable[[Sequence[Taking]], Collection[str]] = taken,
    known: Sequence[Sign] = (),
) -> Verdict:
    """Return what speaks against `request`, and count it; where nothing does, have `answer` write what it causes.

    To be called once for each stored request, in its transaction: a repeated one must not count again, and the
    counts of one that could not be stored must go with it. `store` is told what is to be counted and noted, counts it
    while it stores the request, and returns the scopes of the limits that had room (`limits.taking`). So does `answer`
    with the limits that all requests share. `known` are signs that were found before, of a limit that had no room.
    A clean request has taken its place in every limit on letters. One with reasons has taken none of them, so that a
    flood uses up nothing that honest people need.
    """
    plain, doubtful, notes = _signs(request, circumstances)
    doubtful = [*known, *doubtful]
    repeats = _repeats(request)
    # Other transactions that need the mailbox's rows take them before anything of its address: so does this one.
    letters = [] if plain or doubtful else mailbox_takings(request.email, request.form_page.brochure_id)
    had_room = store([*repeats, *letters], notes)
    reasons = [*plain, *_repeated_signs(repeats, had_room), *doubtful]
    if not reasons and (reached := first_reached(letters, had_room)):
        reasons.append(sign_of(reached))
    if not reasons:
        # The rows of the network and of all mails are everybody's, and locked until the transaction ends: the last.
        shared = _shared(circumstances)
        letters, had_room = [*letters, *shared], {*had_room, *answer(shared)}
        if reached := first_reached(shared, had_room):
            reasons.append(sign_of(reached))
    if reasons:
        give_back([(limit, subject) for limit, subject in letters if limit.scope in had_room])
    return Verdict(reasons=tuple(reasons), notes=tuple(notes))


def takings_of_clean(request: "Request", circumstances: Circumstances) -> tuple[list[Taking], list[Sign]] | None:
    """Return all that `request` takes of limits, and what is noted about it; None where something speaks against it.

    To be counted at once, or not at all: where one has no room, `judge` has to look which, and what follows from it.
    Those that all requests share come last, as there.
    """
    plain, doubtful, notes = _signs(request, circumstances)
    if plain or doubtful:
        return None
    of_mailbox = mailbox_takings(request.email, request.form_page.brochure_id)
    return [*_repeats(request), *of_mailbox, *_shared(circumstances)], notes


def _signs(request: "Request", circumstances: Circumstances) -> tuple[list[Sign], list[Sign], list[Sign]]:
    """Return the signs by which `request` is held back, plain ones and doubtful ones, and those that are noted."""
    doubtful, notes = [], []
    for sign, doubt in _doubtful_signs(request, circumstances):
        if doubt == Doubt.HOLD:
            doubtful.append(sign)
        elif doubt == Doubt.NOTE:
            notes.append(sign)
    return list(_plain_signs(request, circumstances)), doubtful, notes


def _shared(circumstances: Circumstances) -> list[Taking]:
    """Return what a letter takes of limits whose rows are everybody's."""
    network = [(network_limit(), circumstances.network)] if circumstances.network else []
    return [*network, (mails_limit(), "")]


def _plain_signs(request: "Request", circumstances: Circumstances) -> Iterator[Sign]:
    if circumstances.is_trapped:
        yield Sign.TRAP
    # A form from the future was shown by a server whose clock is ahead: that says nothing about the visitor.
    if circumstances.seconds is not None and 0 <= circumstances.seconds < settings.FORM_MIN_SECONDS:
        yield Sign.TOO_FAST
    if any(is_full_of_links(text) if "\n" in text else pushes_links(text) for text in _texts(request)):
        yield Sign.LINKS


def _repeats(request: "Request") -> list[Taking]:
    """Return what is counted of each request, whatever else speaks against it."""
    text = same_text(_texts(request))
    of_text = [(_FIRST_FROM_MAILBOX, f"{mailbox(request.email)} {text}"), (_TEXT_LIMIT, text)] if text else []
    return [(_KEY_LIMIT, str(request.key)), *of_text]


def _repeated_signs(repeats: Sequence[Taking], had_room: Collection[str]) -> Iterator[Sign]:
    if _KEY_LIMIT.scope not in had_room:
        yield Sign.KEY_REUSED
    of_text = repeats[1:]
    reached = first_reached(of_text, had_room)
    if reached is not None:
        # A text counts for a mailbox as it counts for all, or not at all.
        give_back([(limit, subject) for limit, subject in of_text if limit.scope in had_room])
    if reached is _TEXT_LIMIT:
        yield Sign.SAME_TEXT


def _doubtful_signs(request: "Request", circumstances: Circumstances) -> Iterator[tuple[Sign, str]]:
    form = request.form_page
    if is_disposable(request.email):
        yield Sign.DISPOSABLE, form.disposable_addresses
    if is_role(request.email):
        yield Sign.ROLE, form.role_addresses
    if not circumstances.is_proven:
        yield Sign.NO_PROOF, form.missing_proof


def sign_of(limit: Limit) -> Sign:
    """Return the sign that a limit on letters had no room."""
    return _SIGN_OF_LIMIT[limit.scope]


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
