"""brochures/search_text.py, and the filters of submissions/listing.py: the desk finds what it looks for."""

import pytest
from django.db import connection
from django.utils import timezone

from partners.brochures.quarantine import mark_as_spam, release
from partners.brochures.search_text import normalised
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from tests import builders
from tests.partners.submissions.conftest import set_state
from tests.partners.submissions.handovers import consent
from tests.partners.submissions.test_listing import listed

pytestmark = pytest.mark.django_db

ANSWERS = [
    {"key": "town", "label": "Town", "kind": "CharField", "value": "Zhaoqing 肇慶"},
    {"key": "goods", "label": "What for?", "kind": "MultipleChoiceField", "value": ["Cranes", "機械人"]},
    {"key": "call", "label": "Call me", "kind": "BooleanField", "value": True},
]


@pytest.mark.parametrize(
    "words",
    [
        "zhaoqing",
        "ZHAO",
        "cranes",
        "肇慶",
        "慶",
        "機械",
        "機械人",
        "陳大文",
        "大文",
        "ＡＤＡ",
        "ada@example.com cranes",
        "tidewater 大",
        "QH-TEST-0001",
        "o'brien",
        "100%",
        "a_b",
        "\\",
    ],
)
def test_everything_that_was_said_is_found(desk, make_submission, words):
    make_submission(
        name="陳大文 O'Brien",
        email="ada@example.com",
        company="Tidewater 100% a_b \\",
        answers=ANSWERS,
    )
    make_submission(name="Somebody else", company="", email="bo@example.com")
    assert listed(desk, "?" + "q=" + percent(words))[0] == ["QH-TEST-0001"]


def percent(text):
    from urllib.parse import quote

    return quote(text)


@pytest.mark.parametrize("words", ["大陳", "zhaoqingx", "What for", "CharField", "%", "_", "true"])
def test_what_nobody_said_is_not(desk, make_submission, words):
    make_submission(name="陳大文", company="", answers=ANSWERS)
    assert listed(desk, "?q=" + percent(words))[0] == []


def test_database_and_code_normalise_alike():
    text = "Ａda ﬁne ①陳 ÄÖ Ⅷ ｶﾞ"
    with connection.cursor() as cursor:
        cursor.execute("SELECT partners_search_text(%s, '', '', '', '[]')", [text])
        assert cursor.fetchone()[0].strip() == normalised(text)


def test_erased_request_is_found_by_its_reference_alone(make_submission):
    submission = make_submission(name="陳大文", answers=ANSWERS)
    Submission.objects.filter(pk=submission.pk).update(name="", email="", company="", answers=[])
    # Whoever saves an older state of the row does not bring the words back.
    submission.refresh_from_db()
    submission.search_text = "ada"
    submission.save()
    submission.refresh_from_db()
    assert submission.search_text.strip() == "qh-test-0001"
    assert submission.search_ideographs == []


@pytest.mark.parametrize("state", ["queued", "sent", "failed", "bounced", "delivered"])
def test_by_state_of_the_newest_letter(desk, make_submission, state):
    from partners.brochures.sending import send_brochure

    wanted, resent = make_submission(), make_submission()
    set_state(wanted, state)
    set_state(resent, state)
    # What became of the letter before the newest one does not count.
    send_brochure(resent)
    set_state(resent, "complained")
    assert listed(desk, f"?mail_state={state}")[0] == [wanted.reference]
    assert listed(desk, f"?mail_state={state}&mail_state=complained")[0] == [resent.reference, wanted.reference]


def hold(submission):
    Submission.objects.filter(pk=submission.pk).update(
        quarantined_at=timezone.now(), quarantine_reasons=[Sign.TRAP.value]
    )
    return submission


def test_by_what_became_of_the_check(desk, desk_user, make_submission):
    waiting, freed, spam = (hold(make_submission(sent=False)) for _ in range(3))
    make_submission()
    release(Submission.objects.get(pk=freed.pk), desk_user)
    mark_as_spam(spam, desk_user)
    for code, request in {"waiting": waiting, "released": freed, "spam": spam}.items():
        assert listed(desk, f"?quarantine={code}")[0] == [request.reference]
    assert listed(desk, "?mail_state=held")[0] == [waiting.reference]
    assert listed(desk, "?mail_state=spam&mail_state=held")[0] == [spam.reference, waiting.reference]


def test_by_consent_in_force(desk, make_submission):
    agreeing, other = make_submission(), make_submission()
    consent(agreeing)
    assert listed(desk, "?consent=handover")[0] == [agreeing.reference]
    assert listed(desk, "?consent=handover&consent=transfer")[0] == []
    assert listed(desk)[0] == [other.reference, agreeing.reference]


def test_by_partner_in_any_language_and_by_article(desk, make_submission):
    ours, theirs = builders.partner("Ours"), builders.partner("Theirs")
    there = builders.partner("我們", language="zh-hant", translation_key=ours.translation_key)
    first, second = make_submission(partner=ours), make_submission(partner=there, article_title="A quay at night")
    make_submission(partner=theirs)
    assert listed(desk, f"?partner={ours.pk}")[0] == [second.reference, first.reference]
    assert listed(desk, "?article_title=QUAY+at")[0] == [second.reference]


def test_list_leads_to_the_export_of_what_it_shows(desk, submission):
    assert "/export/?q=ada&amp;language=en" in listed(desk, "?q=ada&language=en", name="index")[1]
