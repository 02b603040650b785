"""Are robots kept out, and is no honest person kept out with them? Both rates are printed (pytest -rP shows them)."""

import random

import pytest

from partners.brochures.message import BrochureMessage
from partners.brochures.submission import Submission
from tests import builders
from tests.partners.brochures.honest import COUNTS, Visits
from tests.partners.brochures.robots import KINDS, Deed, Robot
from tests.partners.brochures.sessions import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch, settings):
    # As it is in production; the settings of the tests have none.
    settings.FORM_MIN_SECONDS = 1.0
    return Clock(monkeypatch)


def letters_to(addresses):
    return BrochureMessage.objects.filter(to__in=addresses).count()


@pytest.mark.timeout(600)
def test_robots_are_caught_beside_a_hundred_honest_visits_and_no_honest_one_is(clock):
    page = builders.request_page()
    strict = builders.request_page(disposable_addresses="hold", missing_proof="hold")
    assert sum(COUNTS.values()) == 100
    robot, deeds, visits = Robot(clock, page, strict), {kind: Deed(bound=0) for kind in KINDS}, []

    def rob(kind):
        getattr(robot, kind)(deeds[kind])

    def visit(kind, go):
        visits.append((kind, go()))

    acts = [lambda kind=kind: rob(kind) for kind in sorted(KINDS)]
    acts += [lambda kind=kind, go=go: visit(kind, go) for kind, go in Visits(clock, page).all()]
    random.Random(7).shuffle(acts)
    for act in acts:
        act()

    wronged = [
        (kind, addresses)
        for kind, addresses in visits
        if letters_to(set(addresses)) != len(addresses) or held(addresses)
    ]
    letters = {kind: letters_to(set(deed.targets)) for kind, deed in deeds.items()}
    posts, sent = sum(deed.posts for deed in deeds.values()), sum(letters.values())
    stopped = [kind for kind, deed in deeds.items() if deed.bound == 0]
    for kind, deed in sorted(deeds.items()):
        print(f"  {kind:45} {deed.posts:3} posts, {letters[kind]:2} letters of {deed.bound:2} that its limit allows")
    print(
        f"robots: {len(deeds)} kinds, {len(stopped)} stopped outright, {len(deeds) - len(stopped)} held to a limit; "
        f"{posts} posts, {sent} letters: {1 - sent / posts:.1%} caught"
    )
    print(f"honest: {len(visits)} visits, {len(wronged)} held back: {len(wronged) / len(visits):.1%} false positives")

    assert wronged == []
    assert len(deeds) >= 20
    assert {kind: letters[kind] for kind, deed in deeds.items() if letters[kind] > deed.bound} == {}
    assert not any(status >= 500 for deed in deeds.values() for status in deed.statuses)
    # What was answered with the thank-you is at the desk, whatever it looked like.
    assert Submission.objects.filter(quarantined_at__isnull=False, messages__isnull=False).count() == 0
    assert Submission.objects.filter(quarantined_at__isnull=True, messages__isnull=True).count() == 0


def held(addresses):
    return Submission.objects.filter(email__in=addresses, quarantined_at__isnull=False).exists()


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.99])
def test_nobody_fills_a_form_in_within_a_second(clock, seconds):
    page = builders.request_page()
    deed = Deed(bound=0)
    Robot(clock, page, page)._fresh(deed, after=seconds)
    assert Submission.objects.get().quarantine_reasons == ["too_fast"]
    assert deed.statuses == {303}
