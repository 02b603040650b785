"""The kind of letter that the tests send: a note without any brochure behind it."""

from dataclasses import replace

from partners.delivery.letters import Attachment, Letter, LetterCannotBeBuilt, register_letter
from partners.delivery.message import OutgoingMessage

KIND = "note"
UNBUILDABLE_KIND = "note without words"


def register() -> None:
    """Let delivery build the tests' letters."""
    register_letter(KIND, build_note)
    register_letter(UNBUILDABLE_KIND, refuse_to_build)


def build_note(message: OutgoingMessage) -> Letter:
    """Return a letter that names its message's id, with a small file."""
    letter = Letter(
        subject=f"Note {message.pk}: 前海 & more",
        text="Dear reader, 你好.",
        html="<p>Dear reader, 你好.</p>",
        attachments=(Attachment("note.pdf", b"%PDF-1.7 a small file", "application/pdf"),),
        headers={"X-Note": "yes"},
    )
    return replace(letter, lighter=lambda: replace(letter, attachments=()))


def refuse_to_build(message: OutgoingMessage) -> Letter:
    """Fail as a brochure without a file does."""
    raise LetterCannotBeBuilt("The file is missing.")
