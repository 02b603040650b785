"""How does a mail become bytes, though an attachment is large?

The email package encodes an attachment line by line, looks through the text for its boundary, and writes it line by
line again: some twenty milliseconds of a processor for 300 KB, in which nothing else of the process runs. Here a short
stand-in is encoded in its place, and replaced in the finished bytes by what would have stood there.
"""

import binascii
import secrets
from email.policy import EmailPolicy
from typing import Any

# Below this many bytes there is nothing to be gained.
_LARGE = 4096
# As many as make one line, and more than anybody guesses.
_STAND_IN_BYTES = 36
# RFC 2045, 6.8: lines of at most 76 characters; this is what the email package makes of our policies' line length.
_LINE = 76


def as_bytes(message: Any, policy: "EmailPolicy[Any]") -> bytes:
    """Return what `message.message(policy=policy).as_bytes()` does of a mail of Django's. Raises what that raises."""
    attached, found = message.attachments, list[tuple[bytes, bytes]]()
    try:
        message.attachments = [_stood_in_for(attachment, found) for attachment in attached]
        content: bytes = message.message(policy=policy).as_bytes()
    finally:
        message.attachments = attached
    for stand_in, encoded in found:
        before, _, after = content.partition(stand_in)
        content = b"".join([before, encoded, after])
    return content


def _stood_in_for(attachment: Any, found: list[tuple[bytes, bytes]]) -> Any:
    """Return what is attached instead; note how it is encoded, and what has to stand there."""
    # Beside files with their names, whole parts may be attached.
    if not hasattr(attachment, "_replace"):
        return attachment
    _filename, content, mimetype = attachment
    if not isinstance(content, bytes) or len(content) < _LARGE or mimetype.partition("/")[0] in {"text", "message"}:
        return attachment
    stand_in = secrets.token_bytes(_STAND_IN_BYTES)
    found.append((_base64(stand_in), _base64(content)))
    return attachment._replace(content=stand_in)


def _base64(content: bytes) -> bytes:
    encoded = binascii.b2a_base64(content, newline=False)
    return b"\r\n".join(encoded[place : place + _LINE] for place in range(0, len(encoded), _LINE))
