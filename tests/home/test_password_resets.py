"""home/password_throttle.py: nobody can fill an administrator's mailbox with letters to set a password."""

import logging
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse

from partners.brochures.limits import Allowance

pytestmark = pytest.mark.django_db

HERE, ELSEWHERE = "203.0.113.7", "198.51.100.7"


@pytest.fixture(autouse=True)
def _low_limits(settings):
    settings.PASSWORD_RESETS, settings.PASSWORD_RESETS_NETWORK = 2, 4


@pytest.fixture(autouse=True)
def administrator():
    return User.objects.create_superuser("admin", "admin@example.com", "the right one, and long")


def ask(email="admin@example.com", address=HERE, **headers):
    client = Client(REMOTE_ADDR=address, headers=headers)
    return client.post(reverse("wagtailadmin_password_reset"), {"email": email})


def statuses(*emails, **arguments):
    return [ask(email, **arguments).status_code for email in emails]


def test_a_mailbox_gets_so_many_letters_whoever_asks_and_however_it_is_spelt():
    spellings = ["admin@example.com", "ADMIN@Example.com", " admin@example.com", "\uff41dmin@example.com"]
    assert statuses(*spellings) == [302, 302, 429, 429]
    assert statuses("admin@example.com", address=ELSEWHERE) == [429]
    assert [letter.to for letter in mail.outbox] == [["admin@example.com"]] * 2


def test_nobody_learns_whether_an_account_exists():
    known = [ask() for _ in range(3)]
    unknown = [ask("nobody@example.com", ELSEWHERE) for _ in range(3)]
    assert [answer.status_code for answer in known] == [answer.status_code for answer in unknown] == [302, 302, 429]
    assert [answer.content for answer in known] == [answer.content for answer in unknown]
    assert known[-1].headers["Retry-After"] == unknown[-1].headers["Retry-After"]


def test_a_network_asks_so_often_and_leaves_no_row_for_what_is_refused():
    assert statuses(*(f"reader{number}@example.com" for number in range(6))) == [302] * 4 + [429] * 2
    assert Allowance.objects.filter(scope="reset_mailbox").count() == 4
    assert statuses("admin@example.com", address=ELSEWHERE) == [302]


def test_a_network_that_cannot_be_told_counts_for_nobody(settings):
    settings.TRUSTED_PROXIES = 1
    assert statuses(*(f"reader{number}@example.com" for number in range(6))) == [302] * 6


def test_refusal_says_what_can_be_done_and_is_kept_nowhere():
    statuses(*["admin@example.com"] * 2)
    refused = ask(**{"accept-language": "zh-CN"})
    assert 0 < int(refused.headers["Retry-After"]) <= 6 * 3600
    assert "no-store" in refused.headers["Cache-Control"]
    assert "请在 360 分钟后再试" in refused.content.decode()
    words = BeautifulSoup(ask().content, "html.parser").find("main").get_text(" ")
    assert "The link in it works." in words
    assert "password" in words


def test_room_comes_back_and_the_links_of_the_letters_work_meanwhile():
    statuses(*["admin@example.com"] * 3)
    link = next(word for word in mail.outbox[0].body.split() if "/password_reset/confirm/" in word)
    page = Client().get("/admin/" + link.partition("/admin/")[2], follow=True)
    assert page.context["validlink"]
    for row in Allowance.objects.all():
        row.times = [at - timedelta(hours=6) for at in row.times]
        row.save()
    assert statuses("admin@example.com") == [302]


def test_who_runs_the_site_reads_of_it_once_and_of_nobody(caplog):
    with caplog.at_level(logging.WARNING):
        statuses(*["admin@example.com"] * 4)
    [line] = [record.getMessage() for record in caplog.records if record.name == "home.password_attempts"]
    assert "2 letters to set a password within 360 minutes" in line
    assert "admin@" not in line


def test_the_form_itself_and_an_empty_one_are_not_counted():
    assert Client().get(reverse("wagtailadmin_password_reset")).status_code == 200
    assert statuses(*[""] * 5) == [200] * 5
    assert not Allowance.objects.exists()
