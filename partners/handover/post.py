"""How is a webhook carried? One POST to an address that was looked at, within a deadline; no redirect is followed.

The standard library's HTTP client suffices, on a line that is made here: only so is it certain that what was
checked is what is connected to, and that each part of the talk is bounded.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from django.utils.encoding import iri_to_uri

from partners.delivery.outside import Conversation
from partners.handover.address import NoAddress, NotPublic, addresses_of, ascii_host
from partners.handover.endpoint import may_be_unencrypted
from partners.handover.webhook_delivery import Outcome

# Of the answer's body so much is taken from the line, and thrown away.
ANSWER_BYTES = 16_384
CONNECT_SECONDS = 5.0


class NotTaken(Exception):  # noqa: N818  named for what happened
    """The receiver has not taken the webhook, or nobody can say that it has; `status` is its answer's, if any."""

    def __init__(self, outcome: Outcome, status: int | None = None) -> None:
        super().__init__(outcome, status)
        self.outcome = outcome
        self.status = status


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    conversation: Conversation,
    on_connected: Callable[[], None] = lambda: None,
) -> int:
    """Send `body` before `conversation` is over, and return the status of 2xx with which it was taken.

    `on_connected` is called before anything is said; what it raises goes through. Raises NotTaken otherwise.
    """
    target = urlsplit(url)
    if target.scheme != "https" and not may_be_unencrypted(url):
        raise NotTaken(Outcome.FORBIDDEN)
    with conversation.bounded():
        line = _told(conversation, lambda: _open_line(target, conversation), Outcome.UNREACHABLE)
        try:
            on_connected()
            status = _told(conversation, lambda: _speak(line, target, body, headers), Outcome.DISCONNECTED)
        finally:
            line.close()
    if 200 <= status < 300:
        return status
    raise NotTaken(Outcome.GONE if status == http.client.GONE else Outcome.REFUSED, status)


def _told[T](conversation: Conversation, act: Callable[[], T], otherwise: Outcome) -> T:
    """Return what `act` returns. Raises NotTaken for what went wrong; `otherwise` is the kind of plain failures."""
    try:
        return act()
    except (NoAddress, NotPublic) as error:
        raise NotTaken(Outcome.FORBIDDEN if isinstance(error, NotPublic) else Outcome.UNREACHABLE) from error
    # ValueError: of what there is no way to write it; new addresses are looked at when they are entered.
    except (OSError, http.client.HTTPException, ValueError) as error:
        if conversation.ended is not None or isinstance(error, TimeoutError):
            raise NotTaken(Outcome.TIMEOUT) from error
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
            raise NotTaken(Outcome.CERTIFICATE) from error
        raise NotTaken(otherwise) from error


def _open_line(target: SplitResult, conversation: Conversation) -> socket.socket:
    """Connect to the first address that answers, and speak TLS with it under the name of `target`."""
    host = ascii_host(target.hostname or "")
    port = target.port or (443 if target.scheme == "https" else 80)
    unencrypted = target.scheme == "http"
    line = _connect(addresses_of(host, port, conversation.seconds_left, loopback=unencrypted), port, conversation)
    conversation.watch(line)
    # Of one operation; the whole is bounded by the conversation, which cuts the line.
    line.settimeout(conversation.seconds_left or 0.01)
    if unencrypted:
        return line
    try:
        return ssl.create_default_context().wrap_socket(line, server_hostname=host)
    except BaseException:
        line.close()
        raise


def _connect(addresses: list[str], port: int, conversation: Conversation) -> socket.socket:
    refusal: OSError = TimeoutError()
    for address in addresses:
        if not conversation.seconds_left:
            raise TimeoutError
        try:
            return socket.create_connection((address, port), timeout=min(CONNECT_SECONDS, conversation.seconds_left))
        except OSError as error:
            refusal = error
    raise refusal


def _speak(line: socket.socket, target: SplitResult, body: bytes, headers: Mapping[str, str]) -> int:
    talk = http.client.HTTPConnection(target.hostname or "")
    talk.sock = line
    path = iri_to_uri((target.path or "/") + (f"?{target.query}" if target.query else ""))
    host = target.netloc.rpartition("@")[2]
    if not host.isascii():
        host = ascii_host(target.hostname or "") + (f":{target.port}" if target.port else "")
    talk.request("POST", path, body=body, headers={"Host": host, "Connection": "close", **headers})
    answer = talk.getresponse()
    # Taken from the line so that its end is a polite one; the status alone counts.
    with suppress(OSError, http.client.HTTPException):
        answer.read1(ANSWER_BYTES)
    return answer.status
