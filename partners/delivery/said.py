"""How much of what a mail server or a provider says is kept?"""

import re

# As long as the columns that hold it.
TEXT_LENGTH = 500
# Servers repeat the recipient's address, and may name another that it is forwarded to. Before the @ may stand a quoted
# string, behind it an address of the network in brackets (RFC 5321, 4.1.2 and 4.1.3). No place in a long text is looked
# at again from each of its characters.
_ADDRESS = re.compile(
    r"""(?:(?<!\\)"(?:[^"\\]|\\.)*"|(?<![^\s<>()\[\]"',;:])[^\s<>()\[\]"',;:]+)@(?:\[[^\]\s]*\]|[^\s<>()\[\]"',;]+)"""
)


def as_kept(text: str) -> str:
    """Return `text` as one line that the database takes, without any e-mail address.

    The row that holds the recipient's address is erased on its own terms; its log must not repeat it.
    """
    # What providers say in JSON may name half a character, which no UTF-8 can hold.
    encodable = text.encode("utf-8", errors="replace").decode()
    line = " ".join(encodable.replace("\0", " ").split())
    return _ADDRESS.sub("<address>", line)[:TEXT_LENGTH]
