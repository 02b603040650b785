"""A flood of forms from one network and from many: the victim gets three letters, and honest visitors wait no longer.

The rows are committed and the requests come from several threads at once, as on a real server.
FAULTS=long makes each flood ten times as long; pytest -rP shows the figures.
"""

import os
import statistics
import threading
import time

import pytest
from django.db import connection, connections
from django.test import Client

from partners.brochures.form import new_key
from partners.brochures.message import BrochureMessage
from partners.brochures.submission import Submission
from tests import builders

POSTS = 3000 if os.environ.get("FAULTS") == "long" else 300
FLOODERS = 3
HONEST = 20
VICTIM = "victim@example.com"


@pytest.fixture
def page(committed):
    made = builders.request_page()
    logo = made.get_parent().specific.logo
    yield made
    Submission.objects.all().delete()
    made.get_parent().specific.delete()
    made.brochure.delete()
    logo.delete()
    connection.close()


def form(**fields):
    return {"company": "", "key": new_key(), "article": "", **fields}


class Flood:
    """Posts from several threads until the number is reached; `statuses` is what was answered."""

    def __init__(self, url, remote, email):
        self.url, self.remote, self.email = url, remote, email
        self.statuses = []
        self.threads = [threading.Thread(target=self._run, args=[number]) for number in range(FLOODERS)]

    def _run(self, first):
        try:
            client = Client()
            for number in range(first, POSTS, FLOODERS):
                body = form(name=f"Caller Number {number}", email=self.email(number))
                response = client.post(self.url, body, REMOTE_ADDR=self.remote(number))
                self.statuses.append(response.status_code)
        finally:
            connections.close_all()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        for thread in self.threads:
            thread.join(timeout=600)


def honest_visits(url, label):
    """Make HONEST visits, each from a network of its own; return the seconds that each one's POST took."""
    seconds = []
    for number in range(HONEST):
        client = Client(REMOTE_ADDR=f"203.0.{number}.5")
        assert client.get(url).status_code == 200
        body = form(name=f"Reader {label} {number}", email=f"{label}{number}@readers.example")
        start = time.perf_counter()
        assert client.post(url, body).status_code == 303
        seconds.append(time.perf_counter() - start)
    return seconds


def p95(seconds):
    return statistics.quantiles(seconds, n=20)[-1] * 1000


@pytest.mark.fault
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("where", "remote", "email", "most"),
    [
        ("one network, one victim", lambda n: "198.51.100.9", lambda n: VICTIM, 3),
        ("many networks, one victim", lambda n: f"100.{64 + n // 250}.{n % 250}.9", lambda n: VICTIM, 3),
        ("one network, many victims", lambda n: "198.51.100.9", lambda n: f"victim{n}@example.com", 30),
    ],
)
def test_flood(page, where, remote, email, most):
    calm = honest_visits(page.url, "calm")
    start = time.perf_counter()
    with Flood(page.url, remote, email) as flood:
        during = honest_visits(page.url, "during")
        was_over = not any(thread.is_alive() for thread in flood.threads)
    lasted = time.perf_counter() - start

    letters = BrochureMessage.objects.filter(to__startswith="victim").count()
    print(
        f"{where}: {len(flood.statuses)} posts in {lasted:.1f} s, {letters} letters to victims; an honest POST took"
        f" {p95(calm):.0f} ms (p95) before and {p95(during):.0f} ms during the flood"
    )
    assert not was_over, "the flood was over before the honest visits were"
    assert flood.statuses == [303] * POSTS
    assert letters == most
    # Nothing is dropped: what got no letter waits at the desk.
    assert Submission.objects.filter(email__startswith="victim", quarantined_at__isnull=False).count() == POSTS - most
    for label in ("calm", "during"):
        assert BrochureMessage.objects.filter(to__startswith=label).count() == HONEST
    assert p95(during) < 5_000
