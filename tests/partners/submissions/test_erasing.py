"""partners/brochures/erasing.py and all that registers with it: afterwards, nothing in the database says who it was."""

import pytest
from django.utils import timezone
from wagtail.log_actions import registry

from partners.brochures.consent_record import ConsentEvent, ConsentRecord, Means
from partners.brochures.consent_standing import standing
from partners.brochures.consent_suppression import Suppression, is_suppressed
from partners.brochures.correcting import correct_address
from partners.brochures.downloads import BrochureDownload
from partners.brochures.erasing import ERASE, erase_person, held_of
from partners.brochures.forgetting_run import ForgettingRun
from partners.brochures.fresh_link import send_fresh_link
from partners.brochures.link import BrochureLink
from partners.brochures.message import BrochureMessage
from partners.brochures.person import NoAddress, requests_of
from partners.brochures.submission import Submission
from partners.delivery.event import EventKind
from partners.delivery.message import State
from partners.submissions.access_log import AccessRecord
from partners.submissions.audit import RESEND
from tests.partners.brochures.dump import found_in, pg_dump, whole_database
from tests.partners.submissions.lived import (
    ADDRESS,
    ALIAS,
    COMPANY,
    NAME,
    OTHER,
    WISH,
    ask,
    live,
    tells,
)


def test_the_search_finds_what_is_there_in_every_spelling(lived):
    dump = whole_database()
    for text in (ADDRESS, NAME, COMPANY, WISH):
        assert found_in(dump, text), text
    hidden = "eyJ0byI6ICJBZGEg6ZmzIExlc2VyaW4ifQ== \\u9673 Bitte%20nach%20sechs"
    assert found_in(hidden, NAME)
    assert found_in('"Ada \\u9673 Leserin"', NAME)
    assert found_in("Ada.Leserin%40b%C3%BCcher-turm.example", ADDRESS)


def test_nothing_of_an_erased_person_is_left_in_the_database(lived, desk_user):
    *_others, stranger = lived
    run = erase_person(f"  {ADDRESS.lower()}", desk_user)
    assert tells(whole_database()) == []
    assert run.requests == 2
    assert (run.user, run.cause) == (desk_user, "person")
    assert run.finished_at >= run.started_at
    stranger.refresh_from_db()
    assert (stranger.email, stranger.name, stranger.erased_at) == (OTHER, "Friend", None)
    assert standing(stranger) == {"news"}
    assert found_in(whole_database(), OTHER)


SLIP = "ada.lesrein@slipped.example"


@pytest.mark.parametrize("told", [ADDRESS, SLIP])
def test_a_corrected_address_is_forgotten_with_the_right_one(whole_form, lived, desk_user, told):
    slipped = ask(whole_form, SLIP, "news")
    correct_address(slipped, ADDRESS, desk_user)
    assert found_in(whole_database(), SLIP)
    erase_person(told, desk_user)
    slipped.refresh_from_db()
    assert slipped.erased_at is not None
    assert found_in(whole_database(), SLIP, "ada.lesrein@", "ada.lesrein") == []


def test_what_is_counted_survives(lived, desk_user):
    first, *_others = lived
    kept = ["brochure_id", "brochure_file_id", "form_page_id", "form_title", "language", "created_at", "reference"]
    before = list(Submission.objects.order_by("pk").values(*kept))
    erase_person(ADDRESS, desk_user)
    assert list(Submission.objects.order_by("pk").values(*kept)) == before
    first.refresh_from_db()
    assert first.campaign == {"utm_source": "letter", "utm_campaign": "spring"}
    assert first.answers == []
    assert first.erased_at is not None
    letter = first.messages.get()
    assert (letter.state, letter.attempts_count, letter.to) == (State.BOUNCED, 2, "")
    assert [attempt.outcome for attempt in letter.attempts.all()] == ["deferred", "accepted"]
    assert letter.events.get().kind == EventKind.BOUNCED
    opened = BrochureDownload.objects.get(link__submission=first)
    assert opened.count == 3
    assert timezone.localtime(opened.first_at).hour == timezone.localtime(opened.last_at).minute == 0


def test_links_and_pages_of_the_letters_lead_nowhere(lived, desk_user, client):
    from partners.brochures.consent_links import confirmation_url, consent_url

    first, _second, _stranger = lived
    [link] = first.links.all()
    token, addresses = link.token, [link.url, consent_url(first), confirmation_url(first)]
    assert [client.get(address).status_code for address in addresses[1:]] == [200, 200]
    erase_person(ADDRESS, desk_user)
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    assert send_fresh_link(token) is None
    assert BrochureLink.objects.usable().filter(submission=first).count() == 0


def test_consents_stay_without_the_person_and_the_address_stays_out(lived, desk_user):
    first, second, _stranger = lived
    words = list(ConsentRecord.objects.order_by("pk").values("text", "wording_id", "ticked", "created_at"))
    erase_person(ADDRESS, desk_user)
    assert list(ConsentRecord.objects.order_by("pk").values("text", "wording_id", "ticked", "created_at")) == words
    assert standing(first) == standing(second) == set()
    assert is_suppressed(ADDRESS.lower())
    withdrawn = ConsentEvent.objects.filter(kind="withdrawn", record__submission=first)
    assert set(withdrawn.values_list("record__purpose", "how", "user")) == {
        ("news", "desk", desk_user.pk),
        ("handover", "desk", desk_user.pk),
    }


def test_whoever_never_got_news_leaves_no_fingerprint(whole_form, desk_user):
    ask(whole_form, ADDRESS, "news")  # ticked by somebody, never confirmed
    erase_person(ADDRESS, desk_user)
    assert not Suppression.objects.exists()


def test_a_former_withdrawal_outlives_the_person(lived, desk_user):
    from partners.brochures.consent_wording import Purpose
    from partners.brochures.withdrawing import withdraw

    withdraw(lived[0], [Purpose.NEWS], Means.SELF_SERVICE)
    since = Suppression.objects.get().since
    erase_person(ADDRESS, desk_user)
    assert Suppression.objects.get(lifted_at=None).since == since


def test_log_says_who_did_it_and_not_to_whom(lived, desk_user):
    first, second, stranger = lived
    run = erase_person(ADDRESS, desk_user)
    for submission in (first, second):
        [entry] = registry.get_logs_for_instance(submission).filter(action=ERASE)
        assert (entry.user, entry.label) == (desk_user, submission.reference)
        assert entry.data == {"requests": 2, "erasure": run.pk}
    assert not registry.get_logs_for_instance(stranger).filter(action=ERASE).exists()
    [old] = registry.get_logs_for_instance(first).filter(action=RESEND)
    assert old.data["message"] == first.messages.get().pk
    assert (old.data["corrected_to"], old.data["for"]) == ("[erased]", ["[erased]"])


def test_who_searched_is_still_known_and_not_for_whom(lived, desk_user):
    erase_person(ADDRESS, desk_user)
    rows = list(AccessRecord.objects.order_by("pk").values_list("way", "filters", "count"))
    assert rows == [
        ("search", {"q": ["[erased]"], "language": ["en"]}, 1),
        ("export", {"q": ["[erased]"]}, 2),
        ("search", {"q": ["[erased]"]}, 2),
        ("search", {"q": ["somebody else"]}, 0),
        ("detail", {}, None),
    ]
    assert AccessRecord.objects.get(way="detail").submission_id == lived[0].pk


def test_the_desk_sees_beforehand_what_will_go(lived, desk_user):
    ids = requests_of(ADDRESS)
    assert ids == [lived[0].pk, lived[1].pk]
    held = held_of(ids, ADDRESS)
    before = whole_database()
    assert held_of(ids, ADDRESS) == held
    assert whole_database() == before
    run = erase_person(ADDRESS, desk_user)
    assert run.counts == {name: number for name, number in held.items() if number}
    assert {"letters", "links", "openings", "consents", "limits", "searches", "audit"} <= set(run.counts)
    assert held["letters"] == 3  # two brochures and one question
    assert held["searches"] == 3


def test_erasing_again_finds_nothing(lived, desk_user):
    erase_person(ADDRESS, desk_user)
    again = erase_person(ADDRESS, desk_user)
    assert (again.requests, again.counts, again.forms) == (0, {}, {})
    assert ForgettingRun.objects.count() == 2


@pytest.mark.parametrize(
    "spelling",
    [
        "ada.leserin@bücher-turm.example",
        "ADA.LESERIN@BÜCHER-TURM.EXAMPLE",
        "ada.leserin@xn--bcher-turm-9db.example",
        "ａｄａ.leserin@bücher-turm.example",
        "ada.leserin+anything@bücher-turm.example",
        " Ada.Leserin@bücher-turm.example\n",
    ],
)
def test_any_spelling_of_the_mailbox_finds_the_person(whole_form, spelling):
    wanted = [ask(whole_form, ADDRESS).pk, ask(whole_form, ALIAS).pk]
    ask(whole_form, "ada.leserin@example.com")
    ask(whole_form, "bada.leserin@bücher-turm.example")
    assert requests_of(spelling) == wanted


def test_gmails_dots_are_one_mailbox_and_others_are_not(make_submission):
    dotted = make_submission(email="a.da.reader@gmail.com", sent=False)
    british = make_submission(email="AdaReader+x@googlemail.com", sent=False)
    make_submission(email="a.da.reader@example.com", sent=False)
    assert requests_of("adareader@gmail.com") == [dotted.pk, british.pk]
    assert requests_of("adareader@example.com") == []


def test_names_between_quotation_marks_are_found_by_the_plain_one(make_submission, desk_user):
    """No form takes them any more, but a database may hold some."""
    spellings = ['"ada"@example.com', r'"\A\da"@example.com', '"ada+x"@example.com', "ada@example.com"]
    wanted = [make_submission(email=email).pk for email in spellings]
    spaced = make_submission(email=r'"ada\ reader"@example.com', sent=False)
    make_submission(email='"bada"@example.com', sent=False)
    assert requests_of("Ada@example.com") == requests_of(r'"a\da"@example.com') == wanted
    assert requests_of('"ada reader"@example.com') == [spaced.pk]
    assert erase_person("ada@example.com", desk_user).requests == len(wanted)
    assert found_in(whole_database(), *spellings[:3]) == []


def test_whoever_got_a_letter_at_another_address_is_found_by_either(submission, desk_user):
    BrochureMessage.objects.filter(submission=submission).update(to="mended@example.com")
    assert requests_of("MENDED@example.com") == requests_of(submission.email) == [submission.pk]
    erase_person("mended@example.com", desk_user)
    assert found_in(whole_database(), "mended@example.com", "ada@example.com") == []


@pytest.mark.parametrize(
    "text",
    ["", "ada", "@example.com", "ada@", "ada lovelace@example.com", "   ", '"Ada Lovelace" <ada@example.com>', '" @a'],
)
def test_what_is_no_address_erases_nobody(text, submission, db):
    with pytest.raises(NoAddress):
        erase_person(text, None)
    assert not ForgettingRun.objects.exists()


def test_a_dump_of_the_whole_database_says_nothing_of_the_person(committed_page):
    page, user = committed_page
    live(page, user)
    assert tells(pg_dump())
    erase_person(ADDRESS, user)
    dump = pg_dump()
    assert "partners_submission" in dump
    assert OTHER in dump
    assert tells(dump) == []
