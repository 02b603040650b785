"""qianhai_site/pagecache/listening.py: a process hears of changes, whatever becomes of its connection."""

import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections

from qianhai_site.pagecache import listening
from qianhai_site.pagecache.listening import Listener
from qianhai_site.pagecache.store import Store
from tests.faults.waiting import wait_until

# What select() takes at most (FD_SETSIZE).
MOST = 1024


@pytest.fixture
def many_open() -> Iterator[None]:
    """Take every descriptor that select() would take."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = MOST + 200
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"This system lets a process open {hard} files; the test needs {needed}.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed if soft == resource.RLIM_INFINITY else max(soft, needed), hard))
    opened = [os.open(os.devnull, os.O_RDONLY)]
    try:
        while opened[-1] < MOST:
            opened.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        for one in opened:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Ended(BaseException):
    """Ends the listener's thread, which nothing else does."""


@pytest.fixture
def heard(monkeypatch) -> Iterator[SimpleNamespace]:
    """A listener that runs, the connections it has made, and until when its store was certain at each beat."""
    store = Store(1024 * 1024)
    heard = SimpleNamespace(listener=Listener(store), store=store, connections=[], beats=[])
    has_ended = threading.Event()
    connect, run = listening._connect, Listener._run

    def connect_and_note() -> Any:
        connection = connect()
        heard.connections.append((connection.fileno(), connection.info.backend_pid))
        return connection

    def note() -> None:
        heard.beats.append(store.certain_until)
        if has_ended.is_set():
            raise Ended

    def run_until_ended(listener: Listener) -> None:
        try:
            run(listener)
        except Ended:
            pass
        finally:
            connections.close_all()

    monkeypatch.setattr(listening, "_connect", connect_and_note)
    monkeypatch.setattr(listening, "RETRY", 0.01)
    monkeypatch.setattr(store, "sweep", note)
    monkeypatch.setattr(Listener, "_run", run_until_ended)
    heard.listener.ensure_running()
    thread = heard.listener._thread
    try:
        yield heard
    finally:
        has_ended.set()
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.django_db
def test_a_connection_whose_descriptor_is_above_what_select_takes(many_open, heard):
    wait_until(lambda: len(heard.beats) > 2, 10, "three beats")
    assert len(heard.connections) == 1, "it connected once and stayed"
    assert heard.connections[0][0] >= MOST
    assert sorted(set(heard.beats)) == heard.beats, "each beat is certain for longer"


@pytest.mark.django_db
def test_a_server_that_holds_the_line_and_says_nothing_is_given_up(monkeypatch, heard):
    monkeypatch.setattr(listening, "GIVEN_UP", 0.5)
    wait_until(lambda: heard.beats, 10, "a beat")
    ((_descriptor, silent),) = heard.connections
    os.kill(silent, signal.SIGSTOP)
    try:
        wait_until(lambda: heard.store.certain_until < time.monotonic(), 10, "the proof runs out")
        beats = len(heard.beats)
        # As whoever is not answered from memory does.
        wait_until(lambda: heard.listener.ensure_running() or len(heard.beats) > beats, 10, "another line is heard")
    finally:
        os.kill(silent, signal.SIGCONT)
    assert len(heard.connections) == 2
    assert heard.connections[1][1] != silent
    assert heard.store.certain_until > time.monotonic()


@pytest.mark.django_db
def test_a_line_that_is_quiet_because_nothing_is_asked_stays(monkeypatch, heard):
    monkeypatch.setattr(listening, "GIVEN_UP", 0.05)
    wait_until(lambda: heard.listener.ensure_running() or len(heard.beats) > 3, 10, "beats 0.2 s apart")
    assert len(heard.connections) == 1
