"""The admin sees what holds the mail up, and is told on every page while something does."""

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.urls import reverse

from partners.delivery.message import OutgoingMessage, in_seconds
from partners.delivery.outside import NotAccepted
from partners.delivery.send import send_message
from partners.submissions import mail_page
from tests.partners.delivery.conftest import queued
from tests.partners.delivery.doubles import CarrierInMemory
from tests.partners.delivery.test_watch import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered():
    cache.clear()
    yield
    cache.clear()


def stick() -> None:
    """Let a message be due for a day."""
    OutgoingMessage.objects.filter(pk=queued().pk).update(due_at=in_seconds(-86_400))


def page(client) -> BeautifulSoup:
    response = client.get(reverse("mail_status"))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").main


def test_all_is_well(admin_client):
    sign_in()
    assert "Mail goes out." in page(admin_client).text


def test_what_is_wrong_is_said_in_words_with_numbers_and_without_addresses(admin_client):
    stick()
    failing = queued("reader@example.com")
    send_message(failing.pk, CarrierInMemory(failures=[NotAccepted("deferred", 451, "4.7.1 Try later")]))
    text = " ".join(page(admin_client).text.split())
    assert "Mail waits longer than it should." in text
    assert "No worker is running" in text
    assert "24 hours" in text
    assert "451 4.7.1 Try later 1" in text
    assert "Last sign of a worker never" in text
    assert "@example.com" not in text


def test_states_lead_to_the_desk(admin_client):
    [link] = [it for it in page(admin_client).select("a") if it.text == "Failed"]
    assert admin_client.get(link["href"]).status_code == 200
    assert link["href"].endswith("?mail_state=failed")


def test_who_does_not_read_the_desk_sees_neither_page_nor_banner(editor, desk):
    stick()
    assert banner(editor, reverse("wagtailadmin_home")) == []
    assert editor.get(reverse("mail_status")).status_code == 302
    assert reverse("mail_status") not in editor.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("mail_status") in desk.get(reverse("wagtailadmin_home")).content.decode()
    assert "Mail waits" in page(desk).text


def banner(client, path: str) -> list[str]:
    html = BeautifulSoup(client.get(path).content, "html.parser")
    return [" ".join(it.text.split()) for it in html.select(".messages > ul > li")]


@pytest.mark.parametrize("name", ["wagtailadmin_home", "wagtailadmin_explore_root", "brochure_requests:index"])
def test_every_page_of_the_admin_says_that_mail_is_stuck_and_stops_saying_so(admin_client, name):
    sign_in()
    assert banner(admin_client, reverse(name)) == []
    stick()
    cache.clear()
    assert banner(admin_client, reverse(name)) == ["Mail waits longer than it should. See what holds it up"]


def test_an_outage_of_the_mail_server_is_said_on_every_page_and_on_its_own(admin_client):
    sign_in()
    message = queued()
    send_message(message.pk, CarrierInMemory(failures=[NotAccepted("unreachable", None, "Connection refused")]))
    OutgoingMessage.objects.filter(pk=message.pk).update(created_at=in_seconds(-86_400))
    [words] = banner(admin_client, reverse("wagtailadmin_home"))
    assert "the mail server took none when it was last tried" in words
    assert "the mail server took none when it was last tried" in page(admin_client).text
    assert "Mail goes out." not in page(admin_client).text
    assert banner(admin_client, reverse("mail_status")) == []


def test_a_worker_that_is_missing_for_a_moment_is_no_banner(admin_client):
    assert banner(admin_client, reverse("wagtailadmin_home")) == []


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError, ConnectionError])
def test_what_cannot_be_said_takes_no_page_away(admin_client, monkeypatch, fault):
    def away():
        raise fault

    monkeypatch.setattr(mail_page, "problem_lately", away)
    assert banner(admin_client, reverse("wagtailadmin_home")) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0.4, "0 seconds"), (1, "1 second"), (89, "89 seconds"), (120, "2 minutes"), (7200, "2 hours")],
)
def test_time_is_said_as_people_say_it(seconds, words):
    assert mail_page.in_words(seconds) == words
