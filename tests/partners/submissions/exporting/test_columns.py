"""partners/submissions/exporting/columns.py, rows.py: what stands in a file about each request."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.brochures.confirming import confirm_news
from partners.brochures.consent_record import Means
from partners.brochures.handed_over import handed_over
from partners.brochures.quarantine import close_as_spam, hold, release
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import withdraw
from partners.submissions.exporting import columns, rows
from partners.submissions.exporting.asking import export_at_once
from partners.submissions.exporting.export import Reason
from partners.submissions.exporting.scope import ExportRefused
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page
from tests.partners.submissions.conftest import set_state
from tests.partners.submissions.handovers import consent

pytestmark = pytest.mark.django_db


def answer(key, label, value):
    return {"key": key, "label": label, "kind": "CharField", "value": value}


def test_everything_of_a_request(exported, make_submission, offer):
    submission = make_submission(
        name="陳大文",
        email="+1@x.com",
        company="=Harbour",
        language="zh-hant",
        article_title="A port",
        campaign={"utm_source": "letter", "utm_campaign": "@spring"},
        answers=[answer("name", "你的名字", "陳大文"), answer("goods", "Goods", ["Robots", "Cranes"])],
    )
    set_state(submission, "bounced")
    Submission.objects.filter(pk=submission.pk).update(created_at=datetime(2026, 11, 22, 16, 30, tzinfo=UTC))
    [row] = exported()
    assert (
        row.items()
        >= {
            "reference": submission.reference,
            "asked_at": "2026-11-23T00:30:00+08:00",
            "form": offer.title,
            "brochure": offer.brochure.title,
            "article": "A port",
            "partner": offer.get_parent().title,
            "language": "zh-hant",
            "email": "+1@x.com",
            "name": "陳大文",
            "company": "=Harbour",
            "utm_source": "letter",
            "utm_campaign": "@spring",
            "utm_term": "",
            "mail": "bounced",
            "answer.name (你的名字)": "陳大文",
            "answer.goods (Goods)": "Robots;Cranes",
            "consent.news.ticked": "",
            "consent.news.in_force": "no",
        }.items()
    )


def test_each_question_as_it_was_seen_has_a_column_of_its_own(exported, make_submission):
    make_submission(answers=[answer("team", "Team", "A"), answer("fleet", "Lorries", "3")])
    make_submission(answers=[answer("team", "Team or company", "B"), answer("robots", "Robots?", True)])
    make_submission(answers=[answer("team", "Team", "C"), answer("team", "Team", "D")])
    found = exported()
    names = [name for name in found[0] if name.startswith("answer.")]
    assert sorted(names) == [
        *("answer.fleet (Lorries)", "answer.robots (Robots?)", "answer.team (Team or company)", "answer.team (Team)")
    ]
    assert abs(names.index("answer.team (Team)") - names.index("answer.team (Team or company)")) == 1
    assert [row["answer.team (Team)"] for row in found] == ["C\nD", "", "A"]
    assert [row["answer.team (Team or company)"] for row in found] == ["", "B", ""]
    assert [row["answer.robots (Robots?)"] for row in found] == ["", "yes", ""]


def test_columns_are_those_of_the_filtered_requests_alone(exported, make_submission):
    make_submission(language="en", answers=[answer("team", "Team", "A")])
    make_submission(language="zh-hans", answers=[answer("fleet", "车队", "3")])
    [row] = exported("language=zh-hans")
    assert [name for name in row if name.startswith("answer.")] == ["answer.fleet (车队)"]


@pytest.mark.parametrize("answers", [[], {}, "odd", [1, None], [{"key": None, "label": None, "value": None}]])
def test_odd_and_erased_answers_hold_nothing_up(exported, make_submission, answers):
    make_submission(email="", name="", company="", answers=answers, campaign=[], sent=False)
    [row] = exported()
    assert (row["email"], row["mail"], row["consent.handover.in_force"]) == ("", "none", "no")


def test_consents_by_purpose(exported):
    page = asking_page(**EVERYTHING)
    submission = ask(page, "news", "handover")
    confirm_news(submission, Means.LETTER)
    withdraw(submission, ["handover"], Means.SELF_SERVICE)
    [row] = exported()
    news, handover = (submission.consents.get(purpose=purpose) for purpose in ("news", "handover"))
    assert {name: text for name, text in row.items() if name.startswith("consent.")} == {
        "consent.news.ticked": "yes",
        "consent.news.wording": f"en {news.wording.version}",
        "consent.news.in_force": "yes",
        "consent.news.confirmed_at": columns.as_time(news.events.get(kind="confirmed").at),
        "consent.news.withdrawn_at": "",
        "consent.handover.ticked": "yes",
        "consent.handover.wording": f"en {handover.wording.version}",
        "consent.handover.in_force": "no",
        "consent.handover.withdrawn_at": columns.as_time(handover.events.get(kind="withdrawn").at),
        "consent.transfer.ticked": "no",
        "consent.transfer.wording": "en 1",
        "consent.transfer.in_force": "no",
        "consent.transfer.withdrawn_at": "",
    }


def test_news_agreed_to_with_another_request_of_the_address_counts(exported):
    page = asking_page()
    confirm_news(ask(page, "news"), Means.LETTER)
    ask(page)
    assert [row["consent.news.in_force"] for row in exported()] == ["yes", "yes"]


def test_a_partner_gets_only_who_agreed_and_nothing_of_our_own_work(exported):
    page = asking_page(**EVERYTHING)
    partner = page.get_parent()
    given, withdrawn, refused = (ask(page, *ticked) for ticked in (("handover", "news"), ("handover",), ("news",)))
    elsewhere = ask(asking_page(**EVERYTHING), "handover", email="elsewhere@example.com")
    Submission.objects.filter(pk=withdrawn.pk).update(email="other@example.com")
    withdraw(Submission.objects.get(pk=withdrawn.pk), ["handover"], Means.SELF_SERVICE)
    assert len(exported()) == 4
    [row] = exported(kind="partner", partner_key=partner.translation_key)
    assert row["reference"] == given.reference
    assert row["reference"] not in {refused.reference, elsewhere.reference}
    assert row["consent.handover.in_force"] == "yes"
    assert not [name for name in row if name.startswith(("utm_", "mail", "status", "consent.news", "consent.transfer"))]


PHONE, BUDGET = "+852 9999 0000", "9 million"


@pytest.fixture
def for_partner(exported, offer):
    """Return what exports for the partner of `offer`, in the format that is asked for."""
    return lambda **fields: exported(
        kind="partner", partner_key=offer.get_parent().translation_key, partner_name=offer.get_parent().title, **fields
    )


def agreeing(make_submission, kinds, **fields):
    """Return a request whose person agreed to the handover of `kinds`, and gave more than that."""
    values = {"name": "Ada Reader", "email": "ada@example.com", "company": "Secret Ltd", **fields}
    given = [
        answer("name", "Your name", values["name"]),
        answer("company", "Company", values["company"]),
        answer("phone", "Telephone number", PHONE),
        answer("budget", "Budget", BUDGET),
        answer("topics", "Topics", ["Robots", "Cranes"]),
    ]
    submission = make_submission(**{"answers": given, **values})
    consent(submission, kinds=kinds)
    return submission


def test_a_partner_gets_of_each_request_what_its_own_sentence_names(for_partner, make_submission):
    agreeing(make_submission, "name and e-mail address")
    agreeing(make_submission, "company and topics", email="bo@example.com", name="Bo Chen")
    agreeing(make_submission, "e-mail address and telephone number", email="cy@example.com", name="Cy Li")
    told = ("email", "name", "company", "withheld", "answer.name (Your name)", "answer.company (Company)")
    asked = ("answer.phone (Telephone number)", "answer.budget (Budget)", "answer.topics (Topics)")
    assert [tuple(row[name] for name in (*told, *asked)) for row in for_partner()] == [
        ("cy@example.com", "", "", "4", "", "", PHONE, "", ""),
        ("", "", "Secret Ltd", "4", "", "Secret Ltd", "", "", "Robots;Cranes"),
        ("ada@example.com", "Ada Reader", "", "4", "Ada Reader", "", "", "", ""),
    ]


def test_a_partners_file_and_its_viewers_get_the_same(for_partner, make_submission):
    submission = agreeing(make_submission, "name, company and budget")
    shown = handed_over(submission, submission.consents.get(purpose="handover"))
    [row] = for_partner()
    given = {"Secret Ltd", "Ada Reader", "ada@example.com", PHONE, BUDGET, "Robots;Cranes"}
    assert {text for text in row.values() if text in given} == {fact["value"] for fact in shown.facts}
    assert row["withheld"] == str(shown.withheld)


def test_what_is_both_named_and_not_is_left_out_of_the_answers(for_partner, make_submission):
    agreeing(make_submission, "name", name="Ada", company="Ada", answers=[answer("who", "Who are you?", "Ada")])
    [row] = for_partner()
    assert (row["name"], row["company"], row["answer.who (Who are you?)"], row["withheld"]) == ("Ada", "", "", "2")


def test_a_sentence_that_its_wording_does_not_explain_hands_nothing_over(for_partner, make_submission, exported):
    submission = make_submission(answers=[{"key": None, "label": None, "kind": "", "value": BUDGET}, 1])
    consent(submission, kinds="")
    [row] = for_partner()
    assert (row["email"], row["name"], row["company"], row["withheld"]) == ("", "", "", "4")
    assert BUDGET not in row.values()
    assert BUDGET in exported()[0].values()


def test_our_own_file_holds_everything_whatever_the_sentence_names(exported, make_submission):
    agreeing(make_submission, "e-mail address")
    [row] = exported()
    assert {"Secret Ltd", "Ada Reader", "ada@example.com", PHONE, BUDGET, "Robots;Cranes"} <= set(row.values())
    assert "withheld" not in row


def test_who_was_erased_is_handed_to_nobody(exported):
    page = asking_page(**EVERYTHING)
    submission = ask(page, "handover")
    Submission.objects.filter(pk=submission.pk).update(email="", name="", company="", answers=[])
    assert exported(kind="partner", partner_key=page.get_parent().translation_key) == []
    assert len(exported()) == 1


def test_what_is_held_back_or_closed_as_spam_is_handed_to_nobody_until_it_is_released(
    for_partner, exported, make_submission, desk_user
):
    held, spam = (agreeing(make_submission, "e-mail address", email=f"{name}@example.com") for name in ("ada", "bo"))
    hold(held, [Sign.TRAP])
    close_as_spam(spam, desk_user)
    assert for_partner() == []
    assert len(exported()) == 2
    for submission in (held, spam):
        release(submission, desk_user)
    assert [row["email"] for row in for_partner()] == ["bo@example.com", "ada@example.com"]


def test_the_partner_of_a_deleted_form_is_still_known(exported):
    page = asking_page(**EVERYTHING)
    name = page.get_parent().title
    ask(page, "handover")
    page.delete()
    [row] = exported()
    assert row["partner"] == name


def test_many_requests_cost_as_many_questions_as_few(exported, make_submission):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            exported()
        return len(asked)

    make_submission()
    questions()  # fills Django's and Wagtail's caches
    few = questions()
    for _ in range(8):
        make_submission()
    assert questions() == few


def test_every_request_once_in_steps_even_at_one_moment(exported, make_submission, monkeypatch):
    monkeypatch.setattr(rows, "STEP", 3)
    made = [make_submission() for _ in range(10)]
    Submission.objects.filter(pk__in=[it.pk for it in made[2:]]).update(created_at=datetime(2026, 11, 1, tzinfo=UTC))
    assert [row["reference"] for row in exported()] == [
        it.reference for it in Submission.objects.order_by("-created_at", "-pk")
    ]


def test_more_questions_than_columns_are_refused(exported, make_submission, monkeypatch):
    monkeypatch.setattr(columns, "MOST_ANSWERS", 2)
    make_submission(answers=[answer(f"q{number}", "Q", "a") for number in range(3)])
    with pytest.raises(ExportRefused) as refusal:
        exported()
    assert refusal.value.reason == Reason.TOO_WIDE


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_question_that_appears_meanwhile_gets_its_column(wish, make_submission, monkeypatch, form):
    make_submission(answers=[answer("team", "Team", "A")])
    found, looked = columns._questions, []

    def once_too_early(requests):
        looked.append(found(requests))
        return [] if len(looked) == 1 else looked[-1]

    monkeypatch.setattr(columns, "_questions", once_too_early)
    _, content = export_at_once(wish(format=form))
    with content:
        names, values = (
            csv.reader(io.StringIO(content.read().decode("utf-8-sig"), newline=""))
            if form == "csv"
            else openpyxl.load_workbook(content).active.values
        )
    assert dict(zip(names, values, strict=True))["answer.team (Team)"] == "A"
    assert len(looked) == 2
