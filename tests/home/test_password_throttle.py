"""home/password_throttle.py and password_attempts.py: nobody can guess, and nobody is locked out by somebody else."""

import logging
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from partners.brochures.limits import FORGOTTEN_AFTER, LOGIN_KNOWN, LOGIN_KNOWN_FOR, Allowance, forget_old_allowances
from tests import builders

pytestmark = pytest.mark.django_db

RIGHT, WRONG = "the right one, and long", "a guess"
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.7"


@pytest.fixture(autouse=True)
def _low_limits(settings):
    settings.PASSWORD_ATTEMPTS, settings.PASSWORD_ATTEMPTS_NETWORK, settings.PASSWORD_ATTEMPTS_ACCOUNT = 3, 5, 7


@pytest.fixture(autouse=True)
def editor():
    return User.objects.create_superuser("editor", password=RIGHT)


def private_page(number=0):
    page = builders.partner(f"Lanternbridge {number}")
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="password", password=RIGHT)
    return reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, page.pk])


def private_documents():
    collection = Collection.get_first_root_node().add_child(name="For partners")
    restriction = CollectionViewRestriction.objects.create(
        collection=collection, restriction_type="password", password=RIGHT
    )
    return reverse("wagtaildocs_authenticate_with_password", args=[restriction.pk])


def chinese_login():
    with translation.override("zh-hant"):
        return reverse("wagtailcore_login")


DOORS = {
    "admin": lambda: reverse("wagtailadmin_login"),
    "log-in": lambda: reverse("wagtailcore_login"),
    "log-in in Chinese": chinese_login,
    "page": private_page,
    "documents": private_documents,
}


def knock(password, door="/admin/login/", name="editor", address=HERE, **headers):
    """Send a password from a browser without cookies."""
    data = {"username": name, "password": password, "return_url": "/", "next": "/"}
    return Client(REMOTE_ADDR=address, headers=headers).post(door, data)


def statuses(passwords, *more, **arguments):
    return [knock(password, *more, **arguments).status_code for password in passwords]


def words(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").find("main").get_text(" ").split())


def shift(by):
    for row in Allowance.objects.all():
        row.times = [at - by for at in row.times]
        row.touched_at -= by
        row.save()


@pytest.mark.parametrize("door", DOORS)
def test_each_door_looks_at_so_many_wrong_ones_and_then_at_none(door):
    address = DOORS[door]()
    assert statuses([WRONG] * 3 + [WRONG, RIGHT], address) == [200, 200, 200, 429, 429]
    assert statuses([RIGHT], address, address=ELSEWHERE) == [302]
    shift(timedelta(minutes=15))
    assert statuses([RIGHT], address) == [302]


def test_refusal_says_when_to_try_again_and_is_kept_nowhere():
    statuses([WRONG] * 3)
    shift(timedelta(minutes=5))
    refused = knock(WRONG)
    assert 0 < int(refused.headers["Retry-After"]) <= 600
    assert "no-store" in refused.headers["Cache-Control"]
    assert "Try again in 10 minutes." in words(refused)
    shift(timedelta(minutes=9, seconds=30))
    assert "Try again in 1 minute." in words(knock(WRONG))


def test_room_comes_back_one_by_one():
    statuses([WRONG] * 2)
    shift(timedelta(minutes=10))
    assert statuses([WRONG] * 2) == [200, 429]
    shift(timedelta(minutes=5))
    assert statuses([WRONG] * 3) == [200, 200, 429]


@pytest.mark.parametrize(
    ("door", "accepted", "language", "said"),
    [
        ("/admin/login/", "zh-HK,zh;q=0.9", "zh-hant", "15 分鐘後再試"),
        ("/admin/login/", "zh-CN", "zh-hans", "15 分钟后再试"),
        ("/zh-hans/_util/login/", "en", "zh-hans", "15 分钟后再试"),
        ("/admin/login/", "fr", "en", "Try again in 15 minutes"),
    ],
)
def test_refusal_comes_in_the_language_of_the_address_or_else_of_the_browser(door, accepted, language, said):
    statuses([WRONG] * 3, door)
    refused = knock(WRONG, door, **{"accept-language": accepted})
    assert refused.status_code == 429
    assert refused.headers["Content-Language"] == language
    assert BeautifulSoup(refused.content, "html.parser").html["lang"] == language
    assert said in words(refused)


def test_nobody_learns_whether_an_account_exists():
    for name in ("editor", "nobody"):
        assert statuses([WRONG] * 3, name=name, address=HERE if name == "editor" else ELSEWHERE) == [200] * 3
    known, unknown = knock(WRONG), knock(WRONG, name="nobody", address=ELSEWHERE)
    assert known.status_code == unknown.status_code == 429
    assert known.content == unknown.content


def test_right_passwords_are_not_counted():
    assert statuses([WRONG] * 2 + [RIGHT] * 10 + [WRONG, RIGHT]) == [200] * 2 + [302] * 10 + [200, 429]


@pytest.mark.parametrize("spelling", [" editor ", "\u3000editor", "EDITOR", "ｅｄｉｔｏｒ"])
def test_spellings_that_find_one_account_are_counted_as_one(spelling):
    assert statuses([WRONG] * 3, name=spelling) == [200] * 3
    assert statuses([RIGHT]) == [429]


def test_both_log_ins_count_together_and_private_pages_each_by_itself():
    statuses([WRONG] * 3, reverse("wagtailcore_login"))
    assert statuses([WRONG]) == [429]
    first, second = private_page(1), private_page(2)
    assert statuses([WRONG] * 2, first, address=ELSEWHERE) == [200] * 2
    assert statuses([WRONG] * 3, second, address=ELSEWHERE) == [200] * 3
    assert statuses([WRONG], second, address=ELSEWHERE) == [429]


def test_one_network_tries_no_account_after_another():
    assert [knock(WRONG, name=f"somebody{number}").status_code for number in range(7)] == [200] * 5 + [429] * 2
    # What is refused leaves nothing behind for names that were made up.
    assert Allowance.objects.filter(scope="password").count() == 5


def test_network_that_knows_the_password_gets_in_whatever_others_there_do():
    assert statuses([RIGHT]) == [302]
    for number in range(5):
        knock(WRONG, name=f"somebody{number}")
    refused = knock(WRONG, name="somebody")
    assert refused.status_code == 429
    # A wrong one is answered like everybody's: nobody there learns which accounts log in.
    assert knock(WRONG).content == refused.content
    assert statuses([RIGHT]) == [302]


def test_strangers_of_many_networks_are_held_up_and_lock_nobody_out_where_he_is_known():
    assert statuses([RIGHT]) == [302]
    tried = [knock(WRONG, address=f"198.51.{number}.7").status_code for number in range(9)]
    assert tried == [200] * 7 + [429] * 2
    assert statuses([WRONG, RIGHT]) == [429, 302]
    assert statuses([RIGHT], address=ELSEWHERE) == [429]
    shift(timedelta(hours=1))
    assert statuses([RIGHT], address=ELSEWHERE) == [302]


def test_known_network_cannot_guess_on():
    assert statuses([RIGHT] + [WRONG] * 3 + [RIGHT]) == [302, 200, 200, 200, 429]


def test_known_network_stays_known_under_a_new_key(settings):
    assert statuses([RIGHT]) == [302]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    for number in range(5):
        knock(WRONG, name=f"somebody{number}")
    assert statuses([RIGHT]) == [302]


def test_proxies_decide_which_network_it_is(settings):
    settings.TRUSTED_PROXIES = 1
    claimed = {"x-forwarded-for": f"{ELSEWHERE}, {HERE}"}
    assert statuses([WRONG] * 4, address="10.0.0.1", **claimed) == [200] * 3 + [429]
    assert statuses([RIGHT], address="10.0.0.1", **{"x-forwarded-for": f"{HERE}, {ELSEWHERE}"}) == [302]


def test_where_networks_cannot_be_told_apart_only_the_limit_of_all_holds(settings):
    settings.TRUSTED_PROXIES = 1
    assert statuses([WRONG] * 7 + [RIGHT], address="10.0.0.1") == [200] * 7 + [429]
    assert not Allowance.objects.filter(scope=LOGIN_KNOWN).exists()


def test_looking_and_sending_nothing_and_forged_forms_are_not_counted():
    for _ in range(5):
        assert Client(REMOTE_ADDR=HERE).get("/admin/login/").status_code == 200
        assert knock("").status_code == 200
        forged = Client(REMOTE_ADDR=HERE, enforce_csrf_checks=True)
        assert forged.post("/admin/login/", {"username": "editor", "password": WRONG}).status_code == 403
    assert not Allowance.objects.exists()


def test_one_line_for_operators_and_no_name_anywhere(caplog):
    with caplog.at_level(logging.INFO, logger="home"):
        statuses([WRONG] * 6)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("home.")]
    assert lines == [
        "More than 3 wrong passwords within 15 minutes (limit password, account): more are refused for a while."
    ]
    rows = str(list(Allowance.objects.values()))
    assert "editor" not in rows
    assert "203.0" not in rows


def test_where_an_account_logged_in_is_known_for_longer_than_a_session_lasts(settings):
    assert statuses([RIGHT]) == [302]
    assert statuses([RIGHT], private_page()) == [302]
    assert timedelta(seconds=settings.SESSION_COOKIE_AGE) < LOGIN_KNOWN_FOR
    shift(FORGOTTEN_AFTER + timedelta(minutes=1))
    forget_old_allowances()
    assert [row.scope for row in Allowance.objects.all()] == [LOGIN_KNOWN]
    shift(LOGIN_KNOWN_FOR - FORGOTTEN_AFTER)
    forget_old_allowances()
    assert not Allowance.objects.exists()
