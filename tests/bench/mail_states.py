"""A mail server that is healthy, down, hung or slow, as it is told: `python -m tests.bench.mail_states PORT`.

Each line of its standard input names a state; it answers with how many letters it has taken when that holds. It ends
with its input.
"""

import asyncio
import subprocess
import sys
from types import TracebackType
from typing import Any

from tests.faults.sink import Session
from tests.faults.worker import REPOSITORY

# `down` refuses connections, `hung` takes them and never says a word, `slow` says each word after SLOW_SECONDS.
STATES = ("healthy", "down", "hung", "slow")
SLOW_SECONDS = 2.0


class MailStates:
    """The other end of the process."""

    def __init__(self, port: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.mail_states", str(port)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def become(self, state: str) -> int:
        """Be in `state` from now on, every connection of the former one cut; return the letters taken so far."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{state}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def __enter__(self) -> "MailStates":
        return self

    def __exit__(self, *how: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.process.communicate(timeout=30)


class _Late:
    """A transport whose words leave late."""

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()

    def write(self, words: bytes) -> None:
        self._loop.call_later(SLOW_SECONDS, self._transport.write, words)

    def close(self) -> None:
        self._loop.call_later(SLOW_SECONDS, self._transport.close)


class _Conversation(Session):
    """One client of a server in `state`."""

    def __init__(self, state: str, taken: list[str], lines: set[Any]) -> None:
        super().__init__(taken)
        self._state, self._lines = state, lines

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._line = transport
        self._lines.add(transport)
        if self._state != "hung":
            late: Any = _Late(transport) if self._state == "slow" else transport
            self.transport = late
            late.write(b"220 states.test\r\n")

    def data_received(self, data: bytes) -> None:
        if self._state != "hung":
            super().data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._lines.discard(self._line)


class _Server:
    """Listens as the state says."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listening: asyncio.Server | None = None
        self._lines: set[Any] = set()
        self.taken: list[str] = []

    async def become(self, state: str) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for line in tuple(self._lines):
            line.abort()
        if state != "down":
            self._listening = await asyncio.get_running_loop().create_server(
                lambda: _Conversation(state, self.taken, self._lines), "127.0.0.1", self._port, backlog=200
            )


async def main() -> None:
    """Serve until standard input ends."""
    server = _Server(int(sys.argv[1]))
    while state := (await asyncio.to_thread(sys.stdin.readline)).strip():
        assert state in STATES, state
        await server.become(state)
        print(len(server.taken), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
