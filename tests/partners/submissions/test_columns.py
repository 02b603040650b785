"""partners/submissions/columns.py, desk_columns.py and columns_view.py: each user's own columns, as quick as few."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.brochures.request_fields import RequestField, standard_fields
from partners.brochures.submission import Submission
from partners.submissions.columns import COLUMNS, DEFAULT, choices
from partners.submissions.desk_columns import DeskColumns, choose
from tests import builders
from tests.partners.submissions.conftest import client_of, set_state
from tests.partners.submissions.handovers import consent

pytestmark = pytest.mark.django_db


def table(client):
    """Return the headings of the list, and of its first row the texts by heading."""
    html = BeautifulSoup(client.get(reverse("brochure_requests:index")).content, "html.parser").find(class_="listing")
    heads = [cell.get_text(" ", strip=True) for cell in html.thead.find_all("th")]
    cells = [cell.get_text(" ", strip=True) for cell in html.tbody.tr.find_all("td")]
    return heads, dict(zip(heads, cells, strict=True))


def questions(offer):
    """Return a question in English and one in Chinese, of a form each, under one name."""
    made = RequestField(
        label="Budget", clean_name="budget", field_type="singleline", sort_order=7, locale=builders.home().locale
    )
    offer.request_fields.add(made)
    offer.save()


def test_usual_columns_until_one_chooses(desk, desk_user, superuser, make_submission):
    make_submission(name="Ada Reader")
    usual = table(desk)[0]
    assert usual[1:] == ["Reference", "Who", "Brochure", "Article", "Status", "Asked", "Mail"]
    answer = desk.post(f"{reverse('desk_columns')}?q=Ada", {"names": ["assignee", "who"]})
    assert answer.url == f"{reverse('brochure_requests:index')}?q=Ada"
    assert table(desk)[0][1:] == ["Reference", "Who", "Assigned to"]
    assert table(client_of(superuser))[0] == usual
    desk.post(reverse("desk_columns"), {"names": []})
    assert table(desk)[0][1:] == ["Reference"]
    desk.post(reverse("desk_columns"), {"usual": "1"})
    assert table(desk)[0] == usual
    assert DeskColumns.objects.count() == 1


def test_every_column_says_what_it_should(desk, desk_user, offer, make_submission):
    questions(offer)
    made = make_submission(
        partner_title="Tidewater Robotics",
        form_title="The form",
        campaign={"utm_campaign": "autumn", "utm_source": "letter", "other": "hidden"},
        assignee=desk_user,
        answers=[
            {"key": "name", "label": "Your name", "kind": "CharField", "value": "Ada"},
            {"key": "budget", "label": "How much?", "kind": "singleline", "value": "12,000"},
            {"key": "gone", "label": "Removed", "kind": "singleline", "value": "not shown"},
        ],
    )
    consent(made)
    choose(desk_user, [*COLUMNS, "answer.budget", "answer.gone"])
    heads, row = table(desk)
    assert row["Partner"] == "Tidewater Robotics"
    assert row["Form"] == "The form"
    assert row["Campaign"] == "letter · autumn"
    assert row["Assigned to"] == "Mei Lam"
    assert row["Language"] == "English"
    assert row["Consent in force"] == "Data handed to the partner"
    assert row["Budget"] == "12,000"
    assert "not shown" not in row.values()
    assert heads[-2:] == ["Asked", "Mail"]


def test_answers_of_any_shape_never_break_the_list(desk, desk_user, offer, make_submission):
    questions(offer)
    made = make_submission()
    choose(desk_user, ["answer.budget", "campaign"])
    for answers, shown in (
        ([], ""),
        ({}, ""),
        (["text"], ""),
        ([{"key": "budget"}], ""),
        ([{"key": "budget", "value": [True, None, "a"]}], "yes, a"),
        ([{"key": "budget", "value": False}, {"key": "budget", "value": 7}], "no, 7"),
    ):
        Submission.objects.filter(pk=made.pk).update(answers=answers)
        assert table(desk)[1]["Budget"] == shown


def test_answer_is_cut_and_text(desk, desk_user, offer, make_submission):
    questions(offer)
    make_submission(answers=[{"key": "budget", "value": "<script>alert(1)</script>" + "x" * 500}])
    choose(desk_user, ["answer.budget"])
    html = desk.get(reverse("brochure_requests:index")).content.decode()
    assert "<script>alert(1)" not in html
    assert len(table(desk)[1]["Budget"]) == 80


def test_what_cannot_be_chosen_is_refused(desk, desk_user):
    assert desk.post(reverse("desk_columns"), {"names": ["password"]}).status_code == 422
    assert not DeskColumns.objects.exists()


def test_one_question_under_several_labels_is_one_column(offer):
    questions(offer)
    questions_of_other = [
        *standard_fields("en"),
        RequestField(label="What may it cost?", clean_name="budget", field_type="singleline", sort_order=8),
    ]
    questions_of_other[-1].locale_id = builders.home().locale_id
    builders.request_page(questions=questions_of_other)
    assert [label for name, label in choices() if name == "answer.budget"] == ["Budget"]
    assert not [name for name, _label in choices() if name in {"answer.name", "answer.company"}]
    assert set(DEFAULT) <= {name for name, _label in choices()}


def test_twenty_rows_cost_as_many_queries_as_one_with_every_column(desk, desk_user, superuser, offer, make_submission):
    questions(offer)
    choose(desk_user, [*COLUMNS, "answer.budget"])

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert desk.get(reverse("brochure_requests:index")).status_code == 200
        return len(found)

    def make(number):
        made = make_submission(assignee=(desk_user, superuser)[number % 2])
        set_state(made, "sent")
        consent(made)

    make(1)
    queries()
    one = queries()
    for number in range(19):
        make(number)
    queries()  # what the page's frame keeps for a while may have to be asked anew
    assert queries() == one
    assert one <= 22
