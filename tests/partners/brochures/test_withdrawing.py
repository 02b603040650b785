"""partners/brochures/withdrawing.py, consent_standing.py, consent_suppression.py: what counts, and for how long."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from partners.brochures.confirming import confirm_news
from partners.brochures.consent_record import Means
from partners.brochures.consent_standing import standing
from partners.brochures.consent_suppression import Suppression, digests, is_suppressed, lift, suppress
from partners.brochures.consent_wording import Purpose
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import withdraw
from tests import builders
from tests.partners.brochures.asking import EVERYTHING, HANDOVER, ask, asking_page

pytestmark = pytest.mark.django_db


def consenting(purpose):
    return set(Submission.objects.consenting_to(purpose))


def test_handover_and_transfer_count_when_ticked_and_news_does_not():
    submission = ask(asking_page(**EVERYTHING), "news", "handover", "transfer")
    assert standing(submission) == {"handover", "transfer"}
    assert consenting("handover") == consenting(Purpose.TRANSFER) == {submission}
    assert consenting("news") == set()
    confirm_news(submission, Means.LETTER)
    assert consenting("news") == {submission}
    assert standing(submission) == set(Purpose)


def test_nothing_counts_where_nothing_was_asked_or_ticked():
    plain, empty = ask(builders.request_page()), ask(asking_page(**EVERYTHING))
    for purpose in Purpose:
        assert consenting(purpose) == set()
    assert standing(plain) == standing(empty) == set()


def test_an_unknown_purpose_is_a_mistake_and_not_everybody():
    with pytest.raises(ValueError, match="love"):
        Submission.objects.consenting_to("love")


def test_news_stands_for_the_address_and_is_withdrawn_for_it():
    page = asking_page(**EVERYTHING)
    first, second = ask(page, "news"), ask(asking_page(), "news", email="Reader@Example.com")
    plain, stranger = ask(builders.request_page()), ask(page, "news", email="other@example.com")
    for submission in (first, stranger):
        confirm_news(submission, Means.LETTER)
    assert consenting("news") == {first, second, plain, stranger}
    withdraw(second, [Purpose.NEWS], Means.SELF_SERVICE)
    assert consenting("news") == {stranger}
    assert standing(first) == standing(plain) == set()
    for submission in (first, second):
        withdrawn = submission.consents.get(purpose="news").events.get(kind="withdrawn")
        assert withdrawn.how == "self_service"


def test_handover_is_withdrawn_for_the_same_partner_and_no_other():
    partner = builders.partner()
    first, second = ask(asking_page(partner, **HANDOVER), "handover"), ask(asking_page(partner, **HANDOVER), "handover")
    elsewhere = ask(asking_page(**HANDOVER), "handover")
    stranger = ask(asking_page(partner, **HANDOVER), "handover", email="other@example.com")
    withdraw(first, [Purpose.HANDOVER], Means.DESK)
    assert consenting("handover") == {elsewhere, stranger}
    assert not is_suppressed("reader@example.com")
    assert standing(second) == set()


def test_each_is_withdrawn_by_itself_and_twice_is_once(django_user_model):
    user = django_user_model.objects.create_user("desk")
    submission = ask(asking_page(**EVERYTHING), "news", "handover", "transfer")
    confirm_news(submission, Means.LETTER)
    for _ in range(2):
        withdraw(submission, [Purpose.TRANSFER], Means.DESK, user=user)
    assert standing(submission) == {"news", "handover"}
    event = submission.consents.get(purpose="transfer").events.get(kind="withdrawn")
    assert (event.how, event.user) == ("desk", user)
    user.delete()
    event.refresh_from_db()
    assert event.user is None


def test_a_new_tick_counts_again_once_it_is_confirmed():
    page = asking_page()
    first = ask(page, "news")
    confirm_news(first, Means.LETTER)
    withdraw(first, [Purpose.NEWS], Means.SELF_SERVICE)
    again = ask(page, "news")
    assert is_suppressed("reader@example.com")
    assert standing(again) == set()
    confirm_news(again, Means.SELF_SERVICE)
    assert not is_suppressed("reader@example.com")
    assert standing(again) == standing(first) == {"news"}


def test_suppression_outlives_the_request_and_holds_no_address():
    submission = ask(asking_page(), "news")
    withdraw(submission, [Purpose.NEWS], Means.ONE_CLICK)
    submission.delete()
    assert is_suppressed(" READER@example.com")
    assert not is_suppressed("other@example.com")
    [row] = Suppression.objects.values()
    assert "reader" not in str(row)
    assert len(row["digest"]) == 64


def test_news_can_be_refused_before_it_was_ever_agreed_to():
    withdraw(ask(builders.request_page()), [Purpose.NEWS], Means.ONE_CLICK)
    assert is_suppressed("reader@example.com")


def test_suppression_is_keyed_and_survives_a_new_key(settings):
    suppress("reader@example.com")
    old = settings.SECRET_KEY
    before = digests("reader@example.com")
    settings.SECRET_KEY = "another-key-" * 6
    assert not is_suppressed("reader@example.com")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert is_suppressed("reader@example.com")
    assert digests("reader@example.com")[0] != before[0]
    lift("reader@example.com")
    assert not is_suppressed("reader@example.com")


def test_one_mailbox_is_one_however_its_domain_is_written():
    suppress("reader@bücher.example")
    assert is_suppressed("Reader@xn--bcher-kva.EXAMPLE")


def test_two_domains_that_our_mail_once_took_for_one_are_two():
    suppress("reader@strasse.example")
    # Whichever of the two it was that wished for no news then.
    assert is_suppressed("reader@straße.example")
    lift("reader@straße.example")
    assert is_suppressed("reader@strasse.example")
    suppress("other@straße.example")
    assert is_suppressed("other@xn--strae-oqa.example")
    assert not is_suppressed("other@strasse.example")


ADDRESSES = ["a@example.com", "A@example.com", "b@example.com"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "confirm", "withdraw"]),
        st.integers(0, 5),
        st.sampled_from([*Purpose, "all"]),
        st.sets(st.sampled_from(list(Purpose))),
    ),
    max_size=12,
)


class Account:
    """What was last said, kept beside the database in the plainest way."""

    def __init__(self, pages):
        self.pages = pages
        self.made, self.given, self.waiting, self.news = [], {}, set(), set()

    def ask(self, number, ticked):
        address, page = ADDRESSES[number % 3], number % 2
        submission = ask(self.pages[page], *(tick.value for tick in ticked), email=address)
        self.made.append((submission, address.lower(), page))
        self.given[submission] = ticked - {Purpose.NEWS}
        if Purpose.NEWS in ticked:
            self.waiting.add(submission)

    def confirm(self, submission, address):
        confirm_news(submission, Means.LETTER)
        if submission in self.waiting:
            self.news.add(address)

    def withdraw(self, submission, address, page, purposes):
        withdraw(submission, purposes, Means.SELF_SERVICE)
        for request, other, where in self.made:
            if other == address and where == page:
                self.given[request] = self.given[request] - set(purposes)
            if other == address and Purpose.NEWS in purposes:
                self.waiting.discard(request)
        if Purpose.NEWS in purposes:
            self.news.discard(address)
            assert is_suppressed(address)


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=25
)
@given(steps=STEPS)
def test_whatever_the_order_what_counts_is_what_was_last_said(steps):
    Submission.objects.all().delete()
    account = Account([asking_page(**EVERYTHING), asking_page(**EVERYTHING)])
    for act, number, purpose, ticked in steps:
        if act == "ask" or not account.made:
            account.ask(number, ticked)
            continue
        submission, address, page = account.made[number % len(account.made)]
        if act == "confirm":
            account.confirm(submission, address)
        else:
            account.withdraw(submission, address, page, list(Purpose) if purpose == "all" else [purpose])
    for submission, address, _ in account.made:
        expected = account.given[submission] | ({Purpose.NEWS} if address in account.news else set())
        assert standing(submission) == expected
        for purpose in Purpose:
            assert (submission in consenting(purpose)) is (purpose in expected)
    assert not any(is_suppressed(address) for address in account.news)
