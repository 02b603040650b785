"""Which characters may stand in XML?"""

import re

# Everything but production 2 ('Char') of XML 1.0; a title that was pasted may hold it.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Return `text` without the characters that XML cannot hold, escaped or not."""
    return _NOT_XML.sub("", text)
