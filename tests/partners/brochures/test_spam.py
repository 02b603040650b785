"""partners/brochures/spam.py: by which signs a form looks like a robot's."""

import uuid
from copy import deepcopy

import pytest

from partners.brochures.circumstances import Circumstances
from partners.brochures.intake import Answer, Request
from partners.brochures.limits import Allowance
from partners.brochures.spam import Sign, judge
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_form(rows_kept):
    return builders.request_page()


@pytest.fixture
def form(db, kept_form):
    return deepcopy(kept_form)


def ask(form, number=0, **fields):
    values = {"name": f"Reader {number}", "email": f"reader{number}@example.com", "company": "", "key": uuid.uuid4()}
    values |= fields
    answers = [Answer(key=key, label=key, kind="CharField", value=values[key]) for key in ("name", "email", "company")]
    answers += values.pop("answers", [])
    return Request(form_page=form, article=None, answers=answers, **values)


def reasons(request, **circumstances):
    return list(judge(request, Circumstances(**circumstances)).reasons)


def test_clean_form_has_no_signs(form):
    assert reasons(ask(form), network="203.0.113.0/24", seconds=30.0) == []


@pytest.mark.parametrize(("seconds", "found"), [(0.0, True), (0.99, True), (1.0, False), (-3.0, False), (None, False)])
def test_too_fast(settings, form, seconds, found):
    settings.FORM_MIN_SECONDS = 1.0
    assert (Sign.TOO_FAST in reasons(ask(form), seconds=seconds)) is found


def test_trap(form):
    assert reasons(ask(form), is_trapped=True) == [Sign.TRAP]


def test_links(form):
    assert reasons(ask(form, company="Win at https://a.example now")) == [Sign.LINKS]
    message = Answer(key="message", label="Message", kind="multiline", value="Hello\n<a href='https://a.example'>x</a>")
    assert reasons(ask(form, 1, answers=[message])) == [Sign.LINKS]


def test_key_is_good_for_a_mended_address_and_not_for_a_list(form):
    key = uuid.uuid4()
    found = [reasons(ask(form, number, key=key)) for number in range(5)]
    assert found == [[], [], [], [Sign.KEY_REUSED], [Sign.KEY_REUSED]]


def test_same_text_for_many_mailboxes(form):
    found = [reasons(ask(form, number, name="Best Offer Today")) for number in range(10)]
    assert found == [[]] * 8 + [[Sign.SAME_TEXT]] * 2
    # The same mailbox is refused again, and not taken for one that was counted.
    assert reasons(ask(form, 9, name="best  offer TODAY")) == [Sign.SAME_TEXT]


def test_one_person_may_ask_for_many_brochures():
    for number in range(12):
        other = builders.request_page()
        assert reasons(ask(other, name="Ann of the Harbour", email="ann@example.com")) == [], number


def test_one_mailbox_gets_three_a_day_whatever_form_network_or_spelling(form):
    second = builders.request_page(of=form.brochure)
    spellings = ["v.ictim@gmail.com", "victim+1@gmail.com", "VICTIM@googlemail.com", "victim@gmail.com", "v@gmail.com"]
    found = [
        reasons(ask(second if number % 2 else form, number, email=email), network=f"198.51.{number}.0/24")
        for number, email in enumerate(spellings)
    ]
    assert found == [[], [], [], [Sign.MAILBOX_LIMIT], []]


def test_one_mailbox_gets_twelve_a_day_however_many_brochures_there_are(settings):
    settings.FORM_MAILBOX_ALL_PER_DAY = 2
    for number, expected in enumerate([[], [], [Sign.MAILBOX_FULL]]):
        page = builders.request_page()
        assert reasons(ask(page, number, email=f"victim+{number}@example.com")) == expected
    # What one mailbox was refused is left to others.
    assert reasons(ask(page, 9)) == []


def test_network(settings, form):
    settings.FORM_NETWORK_PER_HOUR = 2
    found = [reasons(ask(form, number), network="203.0.113.0/24") for number in range(3)]
    assert found == [[], [], [Sign.NETWORK_LIMIT]]
    assert reasons(ask(form, 3), network="203.0.114.0/24") == []
    assert reasons(ask(form, 4), network="") == []


def test_hour(settings, form):
    settings.FORM_MAILS_PER_HOUR = 2
    assert [reasons(ask(form, number)) for number in range(3)] == [[], [], [Sign.BUSY_HOUR]]


def test_what_is_held_back_uses_up_nothing_of_the_limits_on_letters(settings, form):
    settings.FORM_MAILS_PER_HOUR = 2
    for number in range(5):
        judge(ask(form, number), Circumstances(network="203.0.113.0/24", is_trapped=True))
    assert not Allowance.objects.filter(scope__in=["network", "mailbox", "mails"]).exists()
    for _ in range(6):
        judge(ask(form, email="victim@example.com"), Circumstances())
    # The three that were refused for their mailbox left the hour's letters to others.
    settings.FORM_MAILS_PER_HOUR = 4
    assert reasons(ask(form, 9)) == []


@pytest.mark.parametrize(
    ("choice", "reasons_found", "notes_found"),
    [("ignore", (), ()), ("note", (), "noted"), ("hold", "held", ())],
)
@pytest.mark.parametrize(
    ("field", "email", "sign"),
    [
        ("disposable_addresses", "x@mailinator.com", Sign.DISPOSABLE),
        ("role_addresses", "info@harbour.example", Sign.ROLE),
        ("missing_proof", "ann@harbour.example", Sign.NO_PROOF),
    ],
)
def test_doubtful_signs_do_what_the_form_s_editor_chose(field, email, sign, choice, reasons_found, notes_found):
    form = builders.request_page(**{field: choice})
    verdict = judge(ask(form, email=email), Circumstances())
    assert verdict.reasons == ((sign,) if reasons_found else ())
    assert verdict.notes == ((sign,) if notes_found else ())


def test_by_default_no_doubtful_sign_holds_anybody_back(form):
    verdict = judge(ask(form, email="info@mailinator.com"), Circumstances())
    assert (verdict.reasons, verdict.notes) == ((), (Sign.DISPOSABLE,))
