"""partners/brochures/erasing.py and all that registers with it: afterwards, nothing in the database says who it was."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from wagtail.log_actions import log, registry
from wagtail.models import ModelLogEntry

from partners.brochures.brochure import Brochure
from partners.brochures.confirming import confirm_news
from partners.brochures.consent_record import ConsentEvent, ConsentRecord, Means
from partners.brochures.consent_standing import standing
from partners.brochures.consent_suppression import Suppression, is_suppressed
from partners.brochures.downloads import BrochureDownload
from partners.brochures.erasing import ERASE, erase_person, erase_requests, held_of
from partners.brochures.forgetting_run import ForgettingRun
from partners.brochures.fresh_link import send_fresh_link
from partners.brochures.limits import Allowance
from partners.brochures.link import BrochureLink
from partners.brochures.message import BrochureMessage
from partners.brochures.person import NoAddress, requests_of
from partners.brochures.quarantine import HELD, NotHeld, hold, mark_as_spam, release, release_when_there_is_room
from partners.brochures.request_fields import RequestField, standard_fields
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.delivery.attempt import Outcome
from partners.delivery.event import DeliveryEvent, EventKind
from partners.delivery.message import OutgoingMessage, State, in_seconds
from partners.delivery.outside import NotAccepted, Receipt
from partners.delivery.record_event import Report, message_key, record_event
from partners.delivery.send import send_message
from partners.submissions.access_log import AccessRecord, Way, record_access
from partners.submissions.audit import RESEND
from partners.submissions.resend import Erased, resend_brochure
from tests import builders
from tests.faults.committed import empty_queue
from tests.partners.brochures.asking import EVERYTHING, shown_form
from tests.partners.brochures.dump import found_in, pg_dump, whole_database
from tests.partners.delivery.doubles import CarrierInMemory
from tests.partners.submissions.conftest import user_in

ADDRESS = "Ada.Leserin@bücher-turm.example"
ALIAS = "ada.leserin+port@XN--BCHER-TURM-9DB.EXAMPLE"
NAME = "Ada 陳 Leserin"
COMPANY = "Turmuhren & Söhne"
WISH = "Bitte nach sechs anrufen – 請在六點後來電"
OTHER = "friend@example.com"


def form_page():
    """Return a form that asks for everything: consents, and a wish in the person's own words."""
    wish = RequestField(sort_order=9, label="Your wish", field_type="multiline", required=False)
    wish.locale_id = builders.home().locale_id
    return builders.request_page(questions=[*standard_fields("en"), wish], **{**EVERYTHING})


def ask(page, email, *ticked, name=NAME, company=COMPANY, wish=WISH, **more):
    body = {**shown_form(page), "name": name, "company": company, "your_wish": wish, "email": email, **more}
    answer = Client().post(page.url, {**body, **{f"consent_{purpose}": "yes" for purpose in ticked}})
    assert answer.status_code == 303, answer.content.decode()
    return Submission.objects.latest("pk")


def live(page, by):
    """Let a person ask twice, and everything happen to it that may; return the two requests, and a stranger's."""
    campaign = "utm_source=letter&utm_campaign=spring&utm_content=ada.leserin"
    first = ask(page, ADDRESS, "news", "handover", campaign=campaign)
    second = ask(page, ALIAS, name=NAME.upper())
    stranger = ask(page, OTHER, "news", name="Friend", company="Other Works", wish="Nothing at all.")
    confirm_news(first, Means.LETTER)
    confirm_news(stranger, Means.LETTER)
    letter = first.messages.get()
    send_message(letter.pk, CarrierInMemory(failures=[NotAccepted(Outcome.DEFERRED, 451, f"{NAME} is away")]))
    OutgoingMessage.objects.filter(pk=letter.pk).update(due_at=in_seconds(-1))
    send_message(letter.pk, lambda envelope, talk: Receipt(250, f"Ok for {NAME}", provider_id=f"for-{COMPANY}"))
    key = message_key(letter.message_id)
    record_event(Report("postmark", f"{NAME}-1", EventKind.BOUNCED, timezone.now(), key=key, text=f"{NAME} unknown"))
    link = letter.link
    BrochureDownload.objects.create(
        link=link, day=timezone.localdate(), who="person", count=3, first_at=timezone.now(), last_at=timezone.now()
    )
    log(instance=first, action=RESEND, user=by, data={"message": letter.pk, "corrected_to": ADDRESS, "for": [NAME]})
    record_access(Way.SEARCH, user=by, filters={"q": [f"  {NAME.lower()} "], "language": ["en"]}, count=1)
    record_access(Way.EXPORT, user=by, filters={"q": [ADDRESS.upper()]}, count=2)
    record_access(Way.SEARCH, user=by, filters={"q": ["ada.leserin"]}, count=2)
    record_access(Way.SEARCH, user=by, filters={"q": ["somebody else"]}, count=0)
    record_access(Way.DETAIL, user=by, submission=first)
    return first, second, stranger


def tells(dump):
    return found_in(dump, ADDRESS, ALIAS, NAME, COMPANY, WISH, "ada.leserin@", "ada.leserin")


@pytest.fixture
def page(db):
    return form_page()


@pytest.fixture
def lived(page, desk_user):
    return live(page, desk_user)


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


def test_whoever_never_got_news_leaves_no_fingerprint(page, desk_user):
    ask(page, ADDRESS, "news")  # ticked by somebody, never confirmed
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
def test_any_spelling_of_the_mailbox_finds_the_person(page, spelling):
    wanted = [ask(page, ADDRESS).pk, ask(page, ALIAS).pk]
    ask(page, "ada.leserin@example.com")
    ask(page, "bada.leserin@bücher-turm.example")
    assert requests_of(spelling) == wanted


def test_gmails_dots_are_one_mailbox_and_others_are_not(make_submission):
    dotted = make_submission(email="a.da.reader@gmail.com", sent=False)
    british = make_submission(email="AdaReader+x@googlemail.com", sent=False)
    make_submission(email="a.da.reader@example.com", sent=False)
    assert requests_of("adareader@gmail.com") == [dotted.pk, british.pk]
    assert requests_of("adareader@example.com") == []


def test_whoever_got_a_letter_at_another_address_is_found_by_either(submission, desk_user):
    BrochureMessage.objects.filter(submission=submission).update(to="mended@example.com")
    assert requests_of("MENDED@example.com") == requests_of(submission.email) == [submission.pk]
    erase_person("mended@example.com", desk_user)
    assert found_in(whole_database(), "mended@example.com", "ada@example.com") == []


@pytest.mark.parametrize("text", ["", "ada", "@example.com", "ada@", "ada lovelace@example.com", "   "])
def test_what_is_no_address_erases_nobody(text, submission, db):
    with pytest.raises(NoAddress):
        erase_person(text, None)
    assert not ForgettingRun.objects.exists()


def test_a_letter_that_waits_is_called_back_and_never_tried_again(submission, desk_user):
    letter = submission.messages.get()
    erase_person(submission.email, desk_user)
    letter.refresh_from_db()
    assert (letter.state, letter.to, letter.due_at) == (State.CANCELLED, "", None)
    assert letter.closed_at is not None
    carrier = CarrierInMemory()
    assert send_message(letter.pk, carrier) is False
    assert carrier.carried == []
    assert not OutgoingMessage.objects.open().exists()


@pytest.mark.parametrize("ending", ["accepted", "refused", "unreachable"])
def test_a_letter_on_its_way_does_not_bring_the_address_back(submission, desk_user, ending):
    letter = submission.messages.get()

    def carry(envelope, conversation):
        erase_person(submission.email, desk_user)
        if ending == "accepted":
            return Receipt(250, f"Ok {envelope.to}", provider_id=envelope.to)
        outcome = Outcome.REFUSED if ending == "refused" else Outcome.UNREACHABLE
        raise NotAccepted(outcome, 550, f"{envelope.to} of Ada Reader")

    assert send_message(letter.pk, carry) is True
    letter.refresh_from_db()
    assert (letter.state, letter.to, letter.provider_id, letter.last_error) == (State.CANCELLED, "", "", "")
    assert not letter.attempts.exists()
    assert found_in(whole_database(), "ada@example.com", "Ada Reader") == []


def test_a_letter_that_is_built_too_late_is_not_sent(submission, desk_user, monkeypatch):
    from partners.brochures import letters
    from partners.delivery import send

    built = send.build_letter

    def forget_first(message):
        erase_person(submission.email, desk_user)
        return built(message)

    monkeypatch.setattr(send, "build_letter", forget_first)
    carrier = CarrierInMemory()
    letter = submission.messages.get()
    send_message(letter.pk, carrier)
    assert carrier.carried == []
    assert letters  # the builder is registered
    letter.refresh_from_db()
    assert letter.state == State.CANCELLED


def test_a_late_report_of_the_provider_is_not_known_any_more(lived, desk_user):
    letter = lived[0].messages.get()
    key, provider_id = message_key(letter.message_id), letter.provider_id
    erase_person(ADDRESS, desk_user)
    for naming in ({"key": key}, {"provider_id": provider_id}, {"provider_id": letter.message_id}):
        report = Report("postmark", str(uuid.uuid4()), EventKind.COMPLAINED, timezone.now(), text=NAME, **naming)
        assert record_event(report) is False
    assert DeliveryEvent.objects.filter(message=letter).count() == 1
    assert tells(whole_database()) == []


def test_a_held_request_is_decided_by_being_erased(make_submission, desk_user):
    held = make_submission(sent=False)
    hold(held, [Sign.BUSY_HOUR])
    erase_requests(Submission.objects.filter(pk=held.pk), desk_user)
    assert not Submission.objects.filter(HELD).exists()
    assert release_when_there_is_room() == 0
    for decide in (release, mark_as_spam):
        with pytest.raises(NotHeld):
            decide(held, desk_user)
    assert not held.messages.exists()


def test_an_erased_request_cannot_be_sent_again(submission, desk_user):
    letter = submission.messages.get()
    erase_person(submission.email, desk_user)
    with pytest.raises(Erased):
        resend_brochure(submission, desk_user, seen=letter.pk)
    assert submission.messages.count() == 1


def test_single_requests_are_erased_and_the_persons_others_stay(make_submission, desk_user):
    chosen, other = make_submission(email="ada@example.com"), make_submission(email="ada@example.com")
    run = erase_requests(Submission.objects.filter(pk=chosen.pk), desk_user)
    assert (run.requests, run.cause, run.forms) == (1, "requests", {chosen.form_title: 1})
    chosen.refresh_from_db()
    other.refresh_from_db()
    assert (chosen.email, other.email) == ("", "ada@example.com")
    assert other.messages.get().state == State.QUEUED


def test_many_are_erased_in_batches_and_an_interruption_is_finished_by_the_next(
    make_submission, desk_user, monkeypatch
):
    from partners.brochures import erasing

    monkeypatch.setattr(erasing, "BATCH", 3)
    all_of_them = [make_submission().pk for _ in range(8)]
    seen = []

    def fail_in_the_second(ids):
        seen.append(list(ids))
        if len(seen) == 2:
            raise RuntimeError("killed")
        return forget_rows(ids)

    forget_rows = erasing.forget_rows
    monkeypatch.setattr(erasing, "forget_rows", fail_in_the_second)
    chosen = Submission.objects.filter(pk__in=all_of_them)
    with pytest.raises(RuntimeError):
        erase_requests(chosen, desk_user)
    halves = Submission.objects.filter(pk__in=all_of_them, erased_at__isnull=False)
    assert list(halves.order_by("pk").values_list("pk", flat=True)) == all_of_them[:3]
    interrupted = ForgettingRun.objects.get()
    assert (interrupted.requests, interrupted.finished_at) == (3, None)
    whole = BrochureMessage.objects.filter(submission__in=all_of_them[3:])
    assert set(whole.values_list("state", flat=True)) == {"queued"}
    assert erase_requests(chosen, desk_user).requests == 5
    assert not BrochureMessage.objects.exclude(to="").exists()


@pytest.fixture
def committed_page(committed):
    """A form whose requests other programs see, removed afterwards with all that came of it."""
    page = form_page()
    user = user_in("Submission admins", username="desk-that-commits")
    yield page, user
    connection.close()
    Submission.objects.all().delete()
    for rows in (ForgettingRun, AccessRecord, Suppression, Allowance):
        rows.objects.all().delete()
    ModelLogEntry.objects.filter(user=user).delete()
    logo = page.get_parent().specific.logo
    page.get_parent().specific.delete()
    Brochure.objects.filter(pk=page.brochure_id).delete()
    logo.delete()
    user.delete()
    empty_queue()


def test_a_dump_of_the_whole_database_says_nothing_of_the_person(committed_page):
    page, user = committed_page
    live(page, user)
    assert tells(pg_dump())
    erase_person(ADDRESS, user)
    dump = pg_dump()
    assert "partners_submission" in dump
    assert OTHER in dump
    assert tells(dump) == []
