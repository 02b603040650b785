"""Ports of the local run: what is taken is named, with the way out."""

import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from qianhai_site.local import LocalError, ports


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_named_in_one_line_with_its_holder_and_the_remedy(taken: int) -> None:
    with pytest.raises(LocalError) as caught:
        ports.claim("127.0.0.1", taken, purpose="the site", remedy="run make run PORT=8001")
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"Port {taken} (the site) is in use by process {os.getpid()} (")
    assert message.endswith(": run make run PORT=8001")


def test_an_address_of_another_machine_is_refused_in_one_line() -> None:
    with pytest.raises(LocalError, match=r"cannot be used on 192\.0\.2\.1") as caught:
        ports.claim("192.0.2.1", ports.free(), purpose="the site", remedy="run make run PORT=8001")
    assert "\n" not in str(caught.value)


def test_a_free_port_can_be_claimed_and_lies_below_those_of_outgoing_connections() -> None:
    port = ports.free()
    ports.claim("127.0.0.1", port, purpose="the site", remedy="none")
    assert 1024 < port < 32_768


def test_a_taken_port_is_not_called_free(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "SEARCHED", range(taken, taken + 1))
    monkeypatch.setattr(ports._random, "sample", lambda numbers, count: list(numbers))
    with pytest.raises(LocalError, match="No free port"):
        ports.free()


FREE_OF_ONE = """
from qianhai_site.local import LocalError, ports
ports.SEARCHED = range({port}, {port} + 1)
ports._random.sample = lambda numbers, count: list(numbers)
try:
    print(ports.free())
except LocalError:
    print("none")
"""


def test_what_was_given_to_a_process_is_given_to_no_other_until_that_one_has_ended() -> None:
    port = ports.free()

    def of_another() -> str:
        asked = [sys.executable, "-c", FREE_OF_ONE.format(port=port)]
        return subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    assert of_another() == "none"
    os.close(ports._kept.pop(port))
    assert of_another() == str(port)


def test_two_processes_with_one_seed_are_given_different_ports() -> None:
    random.seed(1)
    first = [ports.free() for _ in range(3)]
    random.seed(1)
    assert [ports.free() for _ in range(3)] != first
