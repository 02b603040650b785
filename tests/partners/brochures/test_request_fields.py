"""Editors build the form; answers keep the words that the visitor saw, whatever becomes of the questions."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from partners.brochures.form import new_key
from partners.brochures.request_fields import Autofill, RequestField, standard_fields
from partners.brochures.request_page import BrochureRequestPage
from partners.brochures.submission import Submission
from tests import builders

pytestmark = pytest.mark.django_db

EVERY_KIND = [
    ("singleline", "Town", "Qianhai", "Qianhai"),
    ("multiline", "Message", "one\r\n\r\n\r\n\r\ntwo\u202e", "one\n\ntwo"),
    ("email", "Colleague", "other@example.com", "other@example.com"),
    ("number", "Staff", "12.5", "12.5"),
    ("url", "Site", "https://sea.example/", "https://sea.example/"),
    ("checkbox", "Visit planned", "on", True),
    ("checkboxes", "Topics", ["Ports", "Law"], ["Ports", "Law"]),
    ("dropdown", "Size", "Small", "Small"),
    ("multiselect", "Places", ["Ports"], ["Ports"]),
    ("radio", "When", "Law", "Law"),
    ("date", "Day", "2026-11-30", "2026-11-30"),
    ("datetime", "Hour", "2026-11-30T09:15", "2026-11-30T09:15:00+08:00"),
    ("hidden", "Source", "fair", "fair"),
]


def question(kind: str, label: str, **more: object) -> RequestField:
    """Return a question as an editor makes it."""
    choices = "Small\nPorts\nLaw" if kind in {"dropdown", "multiselect", "radio", "checkboxes"} else ""
    return RequestField(field_type=kind, label=label, choices=choices, **{"required": False, **more})


def ask(client, page: BrochureRequestPage, **answers: object) -> Submission:
    """Send the form, and return what was stored."""
    response = client.post(page.url, {"email": "reader@example.com", "key": new_key(), **answers})
    assert response.status_code == 303, BeautifulSoup(response.content, "html.parser").select(".request__problem")
    return Submission.objects.latest("pk")


def shown(client, page: BrochureRequestPage) -> BeautifulSoup:
    """Return the form as a visitor gets it."""
    return BeautifulSoup(client.get(page.url).content, "html.parser").select_one("[data-brochure-request] form")


def test_every_kind_of_question_is_stored_with_the_words_that_were_shown(client):
    questions = [question(kind, label) for kind, label, _, _ in EVERY_KIND]
    page = builders.request_page(questions=questions)
    sent = {field.clean_name: value for field, (_, _, value, _) in zip(questions, EVERY_KIND, strict=True)}
    submission = ask(client, page, **sent)
    assert submission.answers[0] == {
        "key": "email",
        "label": "E-mail address",
        "kind": "email",
        "value": "reader@example.com",
    }
    assert [(it["kind"], it["label"], it["value"]) for it in submission.answers[1:]] == [
        (kind, label, stored) for kind, label, _, stored in EVERY_KIND
    ]


def test_an_empty_form_is_an_address_alone(client):
    page = builders.request_page(questions=[])
    submission = ask(client, page)
    assert [it["key"] for it in submission.answers] == ["email"]
    assert (submission.name, submission.company) == ("", "")


def test_a_required_question_is_named_when_it_is_not_answered(client):
    page = builders.request_page(
        questions=[question("radio", "When", required=True), question("singleline", "Town", required=True)]
    )
    response = client.post(page.url, {"email": "reader@example.com", "key": new_key()})
    assert response.status_code == 422
    form = BeautifulSoup(response.content, "html.parser").select_one("[data-brochure-request] form")
    links = form.select("[data-summary] a")
    assert [link.text for link in links] == ["Please answer: When", "Please answer: Town"]
    assert all(form.select_one(link["href"]).name == "input" for link in links)
    assert form.select_one("fieldset legend").text.split() == ["When", "(required)"]


def test_an_answer_that_was_not_offered_is_refused(client):
    page = builders.request_page(questions=[question("dropdown", "Size")])
    response = client.post(page.url, {"email": "reader@example.com", "key": new_key(), "size": "Enormous"})
    assert response.status_code == 422
    assert not Submission.objects.exists()


def test_renaming_moving_deleting_and_adding_again_loses_no_answer(client, admin_client):
    page = builders.request_page(questions=[question("singleline", "Town"), question("singleline", "Harbour")])
    first = ask(client, page, town="Nanshan", harbour="Shekou")
    town, harbour = page.request_fields.all()
    town.label, town.sort_order, harbour.sort_order = "City", 1, 0
    town.save()
    harbour.save()
    second = ask(client, page, town="Futian", harbour="Yantian")
    harbour.delete()
    third = ask(client, page, town="Luohu")
    page.refresh_from_db()
    page.request_fields.add(question("singleline", "Harbour"))
    page.save()
    fourth = ask(client, page, town="Bao'an", harbour="Dachan")
    assert [[(it["key"], it["label"], it["value"]) for it in made.answers[1:]] for made in (first, second)] == [
        [("town", "Town", "Nanshan"), ("harbour", "Harbour", "Shekou")],
        [("harbour", "Harbour", "Yantian"), ("town", "City", "Futian")],
    ]
    assert [it["key"] for it in third.answers] == ["email", "town"]
    assert fourth.answers[-1]["value"] == "Dachan"
    first.refresh_from_db()
    desk = admin_client.get(reverse("brochure_requests:inspect", args=[first.pk])).content.decode()
    for words in ("Town", "Nanshan", "Harbour", "Shekou"):
        assert words in desk


def test_the_desk_reads_ticks_and_lists_in_words(client, admin_client):
    page = builders.request_page(questions=[question("checkbox", "Visit planned"), question("checkboxes", "Topics")])
    submission = ask(client, page, visit_planned="on", topics=["Ports", "Law"])
    desk = BeautifulSoup(
        admin_client.get(reverse("brochure_requests:inspect", args=[submission.pk])).content, "html.parser"
    )
    facts = {term.text.strip(): term.find_next("dd").text.strip() for term in desk.select("dt")}
    assert facts["Visit planned"] == "Yes"
    assert facts["Topics"] == "Ports; Law"


def test_name_and_company_are_known_by_what_they_are_about_and_not_by_their_words(client):
    page = builders.request_page(
        questions=[
            question("singleline", "閣下尊稱", autofill=Autofill.NAME, required=True),
            question("singleline", "Firm", autofill=Autofill.ORGANIZATION),
            question("singleline", "Phone", autofill=Autofill.TELEPHONE),
        ]
    )
    form = shown(client, page)
    fields = form.select(".field input")
    assert [it["autocomplete"] for it in fields] == ["name", "email", "organization", "tel"]
    assert (fields[3]["type"], fields[3]["inputmode"]) == ("tel", "tel")
    submission = ask(client, page, **{fields[0]["name"]: "陳", "firm": "Sea", "phone": "+852 0000 0000"})
    assert (submission.name, submission.company) == ("陳", "Sea")


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"field_type": "singleline", "label": "Email"}, "label"),
        ({"field_type": "singleline", "label": "action"}, "label"),
        ({"field_type": "checkbox", "label": "Consent news"}, "label"),
        ({"field_type": "radio", "label": "When", "choices": " \n"}, "choices"),
    ],
)
def test_a_question_that_cannot_work_is_refused_when_it_is_saved(bad, field):
    with pytest.raises(ValidationError) as refused:
        RequestField(**bad).clean()
    assert set(refused.value.message_dict) == {field}


def test_a_new_form_begins_with_the_standard_questions_in_its_language(admin_client):
    parent = builders.partner(language="zh-hant")
    page = admin_client.get(f"/admin/pages/add/partners/brochurerequestpage/{parent.pk}/")
    html = BeautifulSoup(page.content, "html.parser")
    labels = [html.select_one(f"[name=request_fields-{n}-label]")["value"] for n in range(2)]
    assert labels == ["你的姓名", "公司"]


def test_an_editor_builds_a_form_and_two_questions_of_one_name_are_refused(admin_client):
    parent = builders.partner()
    brochure = builders.brochure()

    def send(*labels: str) -> object:
        rows = [
            {"label": label, "field_type": "singleline", "required": "on", "help_text": "", "choices": "",
             "default_value": "", "autofill": "", "id": ""}
            for label in labels
        ]  # fmt: skip
        data = nested_form_data(
            {
                "title": "Ask",
                "slug": "ask",
                "brochure": str(brochure.pk),
                "introduction": "",
                "request_fields": inline_formset(rows),
                "staff_recipients": inline_formset([]),
                "comments": inline_formset([]),
                **{
                    name: BrochureRequestPage._meta.get_field(name).default
                    for name in ("opener_label", "heading", "close_label", "submit_label", "thanks_text", "error_text")
                },
                **{
                    name: BrochureRequestPage._meta.get_field(name).default
                    for name in ("disposable_addresses", "role_addresses", "missing_proof")
                },
                "action-publish": "on",
            }
        )
        return admin_client.post(f"/admin/pages/add/partners/brochurerequestpage/{parent.pk}/", data)

    refused = send("Town", "Town")
    assert refused.status_code == 200
    assert "conflicts with another field" in refused.content.decode()
    assert send("Town", "Harbour").status_code == 302
    page = BrochureRequestPage.objects.get(slug="ask")
    assert page.live
    assert [(it.clean_name, it.locale.language_code) for it in page.request_fields.all()] == [
        ("town", "en"),
        ("harbour", "en"),
    ]


def test_the_questions_are_translated_with_their_page():
    page = builders.request_page(questions=standard_fields("en"))
    locale = builders.home("zh-hans").locale
    page.get_parent().specific.copy_for_translation(locale)
    translated = page.copy_for_translation(locale)
    translated.save_revision()
    originals, copies = list(page.request_fields.all()), list(translated.request_fields.all())
    assert [it.translation_key for it in copies] == [it.translation_key for it in originals]
    assert {it.locale_id for it in copies} == {locale.pk}
    assert [it.clean_name for it in copies] == ["name", "company"]


@pytest.mark.parametrize(
    ("query", "referer", "tags"),
    [
        ("utm_source=letter&utm_campaign=%E5%89%8D%E6%B5%B7", "", {"utm_source": "letter", "utm_campaign": "前海"}),
        ("utm_source=+a%0D%0Ab%E2%80%AE&gclid=1&utm_medium=", "", {"utm_source": "a b"}),
        ("utm_term=" + "x" * 500, "", {"utm_term": "x" * 100}),
        ("", "http://testserver/latest/?utm_source=fair", {"utm_source": "fair"}),
        ("utm_source=own", "http://testserver/?utm_source=fair", {"utm_source": "own"}),
        ("", "http://elsewhere.example/?utm_source=theirs", {}),
        ("", "http://[broken/?utm_source=x", {}),
        ("utm_source=%FF%00", "", {"utm_source": "\ufffd"}),
    ],
)
def test_the_campaign_by_which_the_reader_came_is_kept(client, query, referer, tags):
    page = builders.request_page()
    html = BeautifulSoup(client.get(f"{page.url}?{query}", headers={"referer": referer}).content, "html.parser")
    hidden = html.select_one("[name=campaign]").get("value", "")
    submission = ask(client, page, name="Ann", campaign=hidden)
    assert submission.campaign == tags


def test_a_forged_campaign_is_no_error(client):
    page = builders.request_page()
    assert ask(client, page, name="Ann", campaign="%%%&&;utm_source=a&" + "b=1&" * 5000).campaign in (
        {"utm_source": "a"},
        {},
    )
