"""partners/brochures/handed_over.py: what the consent's own sentence lets a partner have."""

import uuid

import pytest

from partners.brochures.consent_wording import GAIN_WORDS
from partners.brochures.handed_over import handed_over, kinds_named
from partners.brochures.submission import Submission
from tests import builders
from tests.partners.submissions.handovers import KINDS, consent

pytestmark = pytest.mark.django_db


def answered(language="en", partner=None, **answers):
    """Return a request with those answers by label (with _ for a space), and name, company and address."""
    form = builders.request_page(partner or builders.partner(language=language))
    given = {"Your name": "Ada Reader", "Company": "Harbour Works", **answers}
    return Submission.objects.create(
        reference="QH-TEST-0001",
        key=uuid.uuid4(),
        form_page=form,
        language=language,
        email="ada@example.com",
        name="Ada Reader",
        company="Harbour Works",
        answers=[
            {"key": str(number), "label": label.replace("_", " "), "kind": "CharField", "value": value}
            for number, (label, value) in enumerate(given.items())
        ],
    )


def values(submission, kinds):
    found = handed_over(submission, consent(submission, kinds=kinds))
    return [fact["value"] for fact in found.facts], found.withheld


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
@pytest.mark.parametrize(
    "kinds", ["name, e-mail address and company", "  odd. (kinds) [of] {data}? \\d+ ", "姓名。電郵"]
)
def test_kinds_are_read_out_of_the_sentence_that_was_agreed_to(language, kinds):
    partner = builders.partner("A. Partner (HK) to: {kinds}", language=language)
    record = consent(answered(language, partner), kinds=kinds)
    assert GAIN_WORDS[language]["gain"].format(site="Qianhai") in record.text
    assert kinds_named(record) == kinds


@pytest.mark.parametrize("label", ["E-mail_address", "電郵地址", "Address"])
def test_the_address_that_the_form_keeps_as_an_answer_is_told_once(label):
    submission = answered(**{label: "ada@example.com"})
    assert values(submission, "e-mail address") == (["ada@example.com"], 2)


def test_an_address_that_was_typed_by_mistake_is_told_to_nobody():
    """A form keeps it under the key 'email', and the desk's correction leaves it there (docs/submissions.md)."""
    submission = answered()
    submission.answers = [
        {"key": "email", "label": "E-mail address", "kind": "email", "value": "stranger@example.com"},
        {"key": "second", "label": "Second e-mail address", "kind": "email", "value": "office@example.com"},
        *submission.answers,
    ]
    told, withheld = values(submission, "name, e-mail address, second e-mail address and company")
    assert told == ["ada@example.com", "Ada Reader", "Harbour Works", "office@example.com"]
    assert withheld == 0


def test_sentence_that_its_wording_does_not_explain_names_nothing():
    submission = answered()
    record = consent(submission)
    record.text = "I agree to something else: name and e-mail address."
    assert kinds_named(record) == ""
    assert handed_over(submission, record).facts == []
    assert handed_over(submission, record).withheld == 3


@pytest.mark.parametrize(
    ("kinds", "shown", "withheld"),
    [
        ("name, e-mail address and company", ["ada@example.com", "Ada Reader", "Harbour Works"], 0),
        ("name and e-mail address", ["ada@example.com", "Ada Reader"], 1),
        ("Email", ["ada@example.com"], 2),
        ("company name and e-mail address", ["ada@example.com", "Harbour Works"], 1),
        ("the name of your company", ["Ada Reader", "Harbour Works"], 1),
        ("姓名、電郵地址及公司名稱", ["ada@example.com", "Ada Reader", "Harbour Works"], 0),
        ("电子邮箱和公司", ["ada@example.com", "Harbour Works"], 1),
        ("telephone number", [], 3),
    ],
)
def test_columns_by_the_words_of_the_sentence(kinds, shown, withheld):
    assert values(answered(), kinds) == (shown, withheld)


@pytest.mark.parametrize(
    ("label", "kinds", "named"),
    [
        ("Telephone number", "e-mail address and telephone number", True),
        ("Your telephone number?", "telephone number", True),
        ("Phone", "telephone number", False),
        ("Age", "language and e-mail address", False),
        ("Age", "e-mail address and age", True),
        ("您的電話", "電郵地址及電話", True),
        ("預算", "電郵地址及電話", False),
        ("?", "e-mail address", False),
        ("Name", "company name and e-mail address", False),
        ("Company name", "company name and e-mail address", True),
        ("C++ (years)", "c++ (years) and e-mail address", True),
    ],
)
def test_answers_by_their_labels(label, kinds, named):
    shown, _ = values(answered(**{label: "secret"}), kinds)
    assert ("secret" in shown) is named


def test_lists_and_ticks_keep_their_kind_and_empty_answers_count_for_nothing():
    submission = answered(Topics=["trade", "law"], Newsletter=True, Message="", Colours=[])
    assert values(submission, "topics, newsletter and e-mail address") == (
        ["ada@example.com", ["trade", "law"], True],
        2,
    )


def test_erased_request_has_nothing():
    submission = answered()
    record = consent(submission, kinds=KINDS["en"])
    for column in ("email", "name", "company"):
        setattr(submission, column, "")
    submission.answers = []
    assert handed_over(submission, record).facts == []
