"""qianhai_site/pagecache/listening.py: a process hears of changes whatever number its connection has."""

import os
import resource
import threading
from collections.abc import Iterator

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


@pytest.mark.django_db
def test_a_connection_whose_descriptor_is_above_what_select_takes(many_open, monkeypatch):
    store = Store(1024 * 1024)
    beats, numbers = [], []
    has_ended = threading.Event()
    connect = listening._connect

    def connect_and_note():
        connection = connect()
        numbers.append(connection.fileno())
        return connection

    class End(BaseException):
        """Ends the listener's thread, which nothing else does."""

    def note() -> None:
        beats.append(store.certain_until)
        if has_ended.is_set():
            raise End

    def run(listener: Listener) -> None:
        try:
            listener._run()
        except End:
            pass
        finally:
            connections.close_all()

    monkeypatch.setattr(listening, "_connect", connect_and_note)
    monkeypatch.setattr(listening, "RETRY", 0.01)
    monkeypatch.setattr(store, "sweep", note)
    thread = threading.Thread(target=run, args=[Listener(store)], daemon=True)
    thread.start()
    try:
        wait_until(lambda: len(beats) > 2, 10, "three beats")
    finally:
        has_ended.set()
        thread.join(10)
    assert not thread.is_alive()
    assert len(numbers) == 1, "it connected once and stayed"
    assert numbers[0] >= MOST
    assert sorted(set(beats)) == beats, "each beat is certain for longer"
