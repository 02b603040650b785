"""partners/brochures/fresh_link.py: to whom a fresh link goes, and how often."""

from datetime import timedelta

import pytest
from django.utils import timezone

from partners.brochures.fresh_link import PER_DAY, send_fresh_link
from partners.brochures.letters import build_brochure_letter
from partners.brochures.link import BrochureLink
from partners.brochures.message import BrochureMessage
from partners.brochures.sending import FRESH_LINK_KIND, send_brochure
from partners.brochures.submission import Submission
from partners.delivery.message import OutgoingMessage
from tests import builders
from tests.partners.brochures.conftest import age, expire, fetch, path

pytestmark = pytest.mark.django_db


def fresh(link):
    return list(BrochureMessage.objects.filter(submission=link.submission, kind=FRESH_LINK_KIND).order_by("pk"))


def put_back(**ago):
    """Let all letters be that much older."""
    for message in OutgoingMessage.objects.all():
        OutgoingMessage.objects.filter(pk=message.pk).update(created_at=message.created_at - timedelta(**ago))


def press(client, link):
    answer = client.post(path(link), follow=True)
    assert answer.redirect_chain == [("/brochures/fresh-link/", 303)]
    return answer.content


def test_expired_link_gets_a_fresh_one_to_the_stored_address_and_the_same_version(client, link, content):
    builders.add_file(link.brochure_file.brochure, builders.pdf_bytes(9, "newer"))
    expire(link)
    client.post(path(link), {"email": "attacker@example.com"})
    [message] = fresh(link)
    assert message.to == link.submission.email
    assert message.state == "queued"
    assert message.link != link
    assert message.link.brochure_file == link.brochure_file
    assert fetch(client, path(message.link)).body == content
    assert fetch(client, path(link)).status_code == 404


def test_answer_is_the_same_whether_there_is_one_or_not(client, link):
    nothing = press(client, link)
    expire(link)
    something = press(client, link)
    forged = client.post("/brochures/no-such.token/", follow=True).content
    assert nothing == something == forged
    assert len(fresh(link)) == 1


def test_letter_says_that_it_is_a_fresh_link(link):
    expire(link)
    message = send_fresh_link(link.token)
    letter = build_brochure_letter(message)
    assert letter.subject == f"A fresh link to {link.submission.brochure_title}"
    for body in (letter.text, letter.html):
        assert message.link.url in body
        assert "Here is your fresh link" in body
    assert "fresh link" not in build_brochure_letter(link.messages.get()).text


def test_link_that_works_gets_none(link):
    assert send_fresh_link(link.token) is None


@pytest.mark.parametrize("change", ["forged", "unsigned", "of another purpose"])
def test_token_that_was_not_signed_here_gets_none(link, change):
    expire(link)
    token = {
        "forged": link.token[:-1] + ("A" if link.token[-1] != "A" else "B"),
        "unsigned": link.key.hex,
        "of another purpose": "",
    }[change]
    assert send_fresh_link(token) is None
    assert not fresh(link)


def test_revoked_link_gets_none_even_when_it_has_expired(link):
    expire(link)
    BrochureLink.objects.update(revoked_at=timezone.now())
    assert send_fresh_link(link.token) is None


def test_request_with_a_revoked_link_gets_none_until_the_desk_sends_again(link):
    expire(link)
    second = send_brochure(link.submission).link
    BrochureLink.objects.filter(pk=second.pk).update(revoked_at=timezone.now())
    assert send_fresh_link(link.token) is None
    third = send_brochure(link.submission).link
    expire(third)
    assert send_fresh_link(second.token) is None
    assert send_fresh_link(third.token) is not None


def test_request_without_an_address_gets_none(link):
    expire(link)
    Submission.objects.update(email="")
    assert send_fresh_link(link.token) is None


def test_one_an_hour_and_three_a_day(link, settings):
    settings.FORM_MAILBOX_PER_DAY = 100
    expire(link)
    assert send_fresh_link(link.token) is not None
    assert send_fresh_link(link.token) is None
    for sent in range(2, PER_DAY + 1):
        put_back(minutes=61)
        assert send_fresh_link(link.token) is not None
        assert len(fresh(link)) == sent
    put_back(minutes=61)
    assert send_fresh_link(link.token) is None
    put_back(hours=22)
    assert send_fresh_link(link.token) is not None


def test_mailbox_gets_no_more_than_any_mailbox_may_in_a_day(link, settings):
    settings.FORM_MAILBOX_PER_DAY = 2
    expire(link)
    # The letter that answered the request was the first.
    assert send_fresh_link(link.token) is not None
    put_back(minutes=61)
    assert send_fresh_link(link.token) is None
    assert len(fresh(link)) == 1


def test_what_the_desk_sent_does_not_count(link):
    expire(link)
    send_brochure(link.submission)
    assert send_fresh_link(link.token) is not None


def test_another_request_is_not_held_back(link):
    from partners.brochures.intake import accept_request
    from tests.partners.brochures.test_intake import make_request

    other = accept_request(make_request(builders.request_page())).links.get()
    age(other, days=40)
    for one in (link, other):
        expire(one)
        assert send_fresh_link(one.token) is not None
