"""How does a message get its words? Each kind of letter registers the function that builds it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from partners.delivery.message import OutgoingMessage


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter."""

    filename: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Letter:
    """What the recipient reads: both bodies say the same, `headers` are added to those that every mail has.

    `lighter` builds what is sent instead where this is refused for its size; None: there is nothing to leave out.
    """

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    lighter: "Callable[[], Letter] | None" = field(default=None, compare=False)


class LetterCannotBeBuilt(Exception):  # noqa: N818  named for what happened
    """A letter lacks something that a person has to mend. Its text is shown at the desk: no personal data in it.

    `may_pass`: it may come back without anybody making a new letter, and is waited for.
    """

    def __init__(self, text: str, *, may_pass: bool = False) -> None:
        super().__init__(text)
        self.may_pass = may_pass


LetterBuilder = Callable[[OutgoingMessage], Letter]

_builders: dict[str, LetterBuilder] = {}


def register_letter(kind: str, build: LetterBuilder) -> None:
    """Let `build` make the letters of every message of `kind`, each time when it is about to be sent.

    `build` runs in a worker, outside any transaction, and raises LetterCannotBeBuilt where something is missing.
    Raises ValueError where another function is registered for `kind`.
    """
    if _builders.get(kind, build) is not build:
        raise ValueError(f"Letters of kind {kind!r} are already built by another function.")
    _builders[kind] = build


def build_letter(message: OutgoingMessage) -> Letter:
    """Return the letter of `message`.

    Raises LetterCannotBeBuilt where its kind is not registered or something is missing, and whatever the
    kind's own function raises.
    """
    build = _builders.get(message.kind)
    if build is None:
        # It is of another version than who queued the letter, and will be replaced.
        raise LetterCannotBeBuilt(f"This worker cannot build letters of the kind {message.kind!r}.", may_pass=True)
    return build(message)
