"""The quickest mail server that still tells what it took: `python -m tests.faults.sink`, for measuring senders.

It prints its port, serves until its standard input ends, and then prints the Message-IDs it has taken, as JSON.
"""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator

from tests.faults.worker import REPOSITORY

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
END = b"\r\n.\r\n"


class Sink:
    """The other end of the process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sink"], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.taken: list[str] = []

    def close(self) -> None:
        """End the server, and learn what it has taken."""
        if self.process.returncode is None:
            answer, _ = self.process.communicate(timeout=30)
            self.taken = json.loads(answer)


@contextlib.contextmanager
def running_sink() -> Iterator[Sink]:
    """Serve while the block runs."""
    sink = Sink()
    try:
        yield sink
    finally:
        sink.close()


class Session(asyncio.Protocol):
    """One client: enough of SMTP (RFC 5321) for smtplib, and nothing looked at twice."""

    def __init__(self, taken: list[str]) -> None:
        self.taken = taken
        self.heard = bytearray()
        self.reads_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        transport.write(b"220 sink.test\r\n")

    def data_received(self, data: bytes) -> None:
        self.heard += data
        while self.take_message() if self.reads_message else self.take_line():
            pass

    def take_message(self) -> bool:
        """Take the message, if its end has come."""
        end = self.heard.find(END)
        if end < 0:
            return False
        named = MESSAGE_ID.search(self.heard, 0, end)
        self.taken.append(named[1].decode() if named else "")
        del self.heard[: end + len(END)]
        self.reads_message = False
        self.transport.write(b"250 OK\r\n")
        return True

    def take_line(self) -> bool:
        """Answer a command, if a whole one has come."""
        line, found, rest = self.heard.partition(b"\r\n")
        if not found:
            return False
        self.heard = rest
        command = bytes(line[:4]).upper()
        self.reads_message = command == b"DATA"
        self.transport.write({b"DATA": b"354 Go on\r\n", b"QUIT": b"221 Bye\r\n"}.get(command, b"250 OK\r\n"))
        if command == b"QUIT":
            self.transport.close()
        return True


async def main() -> None:
    """Serve until standard input ends."""
    taken: list[str] = []
    server = await asyncio.get_running_loop().create_server(lambda: Session(taken), "127.0.0.1", 0, backlog=200)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()
    print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
