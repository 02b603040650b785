"""How long is a body that came without its length?

HTTP/1.1 may send one in chunks (RFC 9112, 7.1), as proxies do that pass on what they have not taken in. WSGI knows
lengths alone: Django would take such a form for an empty one.
"""

import io
from typing import Any

# Bytes. What has more may name its length, as every browser does.
LARGEST = 2560 * 1024


def measure_body(environ: dict[str, Any]) -> bool:
    """Take in the body of a request (a WSGI environment) that came in chunks, and set its length.

    Return False where it is too large for that: who sent it is asked for the length (411; RFC 9110, 15.5.12).
    """
    if "HTTP_TRANSFER_ENCODING" not in environ or environ.get("CONTENT_LENGTH"):
        return True
    body = environ["wsgi.input"].read(LARGEST + 1)
    if len(body) > LARGEST:
        return False
    del environ["HTTP_TRANSFER_ENCODING"]
    environ["CONTENT_LENGTH"], environ["wsgi.input"] = str(len(body)), io.BytesIO(body)
    return True
