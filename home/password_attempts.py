"""May a password be tried now, or set anew by a letter? Counted in PostgreSQL, with nobody's name in the clear.

Three limits: of one network at one account (or one private page, or one collection of documents), of one network at
all of them, and of all networks at one. They are counted before they are looked at, and what turns out right is not.
Letters that lead to a new password have two: of one network, and to one mailbox. `docs/security.md` has the reasons.
"""

import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models.functions import Now

from partners.brochures.limits import LOGIN_KNOWN, Allowance, Limit, Taking, give_back, keyed_hash, keyed_hashes
from partners.brochures.spam_words import mailbox

logger = logging.getLogger(__name__)

PERIOD = timedelta(minutes=15)
ACCOUNT_PERIOD = timedelta(hours=1)
RESET_NETWORK_PERIOD = timedelta(hours=1)
RESET_PERIOD = timedelta(hours=6)
# The limit of one network at one account.
_OWN = "password"
# Where a log-in was right is known for longer than where a reader knew a page's password: see `limits.py`.
_PAGE_KNOWN = "password_known"


class Door(StrEnum):
    """What a password opens."""

    LOGIN = "account"
    PAGE = "private page"
    DOCUMENTS = "private documents"


class TooManyAttempts(Exception):  # noqa: N818  named for what happened
    """No more passwords are looked at, or no more letters sent, for `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Attempt:
    """A password that may be looked at: `taken` was counted for it.

    With `only_right`, it counts only where it is right: a wrong one is answered as that says, like everybody else's.
    """

    door: Door
    subject: str
    network: str
    taken: Sequence[Taking]
    only_right: TooManyAttempts | None = None


def begin_attempt(door: Door, name: str, network: str) -> Attempt:
    """Count an attempt at what `door` and `name` (the name of a user, the number of a restriction) stand for.

    `network` is that of `network_of`; where it cannot be told ("") only the limit of all networks counts, or strangers
    would use up an editor's own. Raises TooManyAttempts where no more are looked at. A network from which the right
    password came before is held by its own limit alone: nobody elsewhere can use that up.
    """
    subject = f"{door} {_one_spelling(name)}"
    taken: list[Taking] = []
    only_right: TooManyAttempts | None = None
    for taking in _takings(subject, network):
        limit, counted = taking
        if limit.take(counted):
            taken.append(taking)
            continue
        reached = TooManyAttempts(limit.seconds_until_room(counted))
        _say_once("wrong passwords", door, limit, counted)
        if limit.scope == _OWN or not _is_known(door, subject, network):
            _give_back(taken)
            raise reached
        only_right = only_right or reached
    return Attempt(door, subject, network, taken, only_right)


def was_right(attempt: Attempt) -> None:
    """Uncount an attempt whose password was right, and remember its network as one that knows it."""
    _give_back(attempt.taken)
    if attempt.network:
        scope = _known_scope(attempt.door)
        Allowance.objects.update_or_create(
            scope=scope,
            subject=keyed_hash(scope, f"{attempt.network} {attempt.subject}"),
            defaults={"times": [], "counts": [], "touched_at": Now()},
        )


def count_reset(address: str, network: str) -> None:
    """Count a letter that leads to a new password, asked for from `network` for the account of `address`.

    Whether there is one is not looked at, so a refusal tells nobody. Nor does it lock anybody out: the letters that
    used the limit up came to the mailbox, and the links in them work. Raises TooManyAttempts where no more is to go.
    """
    takings = [(Limit("reset_net", settings.PASSWORD_RESETS_NETWORK, RESET_NETWORK_PERIOD), network)] if network else []
    # The network's first: what is refused there leaves no row for each address that somebody made up.
    takings.append((Limit("reset_mailbox", settings.PASSWORD_RESETS, RESET_PERIOD), mailbox(address)))
    for limit, counted in takings:
        if not limit.take(counted):
            _say_once("letters to set a password", Door.LOGIN, limit, counted)
            raise TooManyAttempts(limit.seconds_until_room(counted))


def _takings(subject: str, network: str) -> list[Taking]:
    """Return what an attempt takes.

    The network's comes first: what is refused there leaves no row for each name that somebody made up.
    """
    of_all_networks = (Limit("password_all", settings.PASSWORD_ATTEMPTS_ACCOUNT, ACCOUNT_PERIOD), subject)
    if not network:
        return [of_all_networks]
    return [
        (Limit("password_net", settings.PASSWORD_ATTEMPTS_NETWORK, PERIOD), network),
        (Limit(_OWN, settings.PASSWORD_ATTEMPTS, PERIOD), f"{network} {subject}"),
        of_all_networks,
    ]


def _give_back(taken: Sequence[Taking]) -> None:
    """Uncount what was taken, one row at a time: two of these would wait for each other's rows for ever."""
    for taking in taken:
        give_back([taking])


def _one_spelling(name: str) -> str:
    """Return a name so that all spellings by which the log-in forms find one account are one.

    They strip it, and Django's brings it into NFKC (`django.contrib.auth.forms.UsernameField`).
    """
    return unicodedata.normalize("NFKC", name.strip()).strip().casefold()


def _known_scope(door: Door) -> str:
    return LOGIN_KNOWN if door == Door.LOGIN else _PAGE_KNOWN


def _is_known(door: Door, subject: str, network: str) -> bool:
    scope = _known_scope(door)
    known = Allowance.objects.filter(scope=scope, subject__in=keyed_hashes(scope, f"{network} {subject}"))
    return bool(network) and known.exists()


def _say_once(what: str, door: Door, limit: Limit, subject: str) -> None:
    """Write a line for whoever runs the site, once a period for each limit and subject: not one for each refusal."""
    if Limit("password_told", 1, limit.period).take(f"{limit.scope} {subject}"):
        logger.warning(
            "More than %s %s within %s minutes (limit %s, %s): more are refused for a while.",
            limit.count,
            what,
            int(limit.period.total_seconds() // 60),
            limit.scope,
            door,
        )
