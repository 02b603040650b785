"""How much of what a mail server or a provider says is kept?"""

import re

# As long as the columns that hold it.
TEXT_LENGTH = 500
# Servers repeat the recipient's address, and may name another that it is forwarded to.
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;]+")


def as_kept(text: str) -> str:
    """Return `text` as one line that the database takes, without any e-mail address.

    The row that holds the recipient's address is erased on its own terms; its log must not repeat it.
    """
    line = " ".join(text.replace("\0", " ").split())
    return _ADDRESS.sub("<address>", line)[:TEXT_LENGTH]
