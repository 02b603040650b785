"""partners/brochures/consent_asking_page.py: what an editor has to say before a form may ask."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from partners.brochures.consent_boxes import ConsentBoxes
from partners.brochures.consent_wording import ConsentWording
from tests import builders
from tests.partners.brochures.asking import EVERYTHING, HANDOVER, asking_page

pytestmark = pytest.mark.django_db

FORMSETS = ("request_fields", "staff_recipients")


@pytest.mark.parametrize(
    ("field", "empty"),
    [("handover_kinds", ""), ("handover_kinds", "  "), ("handover_goods", ""), ("handover_gain", "")],
)
def test_handover_that_does_not_say_all_is_not_published(field, empty):
    page = asking_page(**HANDOVER)
    setattr(page, field, empty)
    with pytest.raises(ValidationError) as refused:
        page.save()
    [message] = refused.value.message_dict[field]
    assert "the law wants" in message


def test_editor_is_told_beside_the_field(admin_client):
    page = builders.request_page()
    from wagtail.test.utils.form_data import nested_form_data

    data = nested_form_data(
        {
            name: getattr(page, name)
            for name in (
                *("title", "slug", "introduction", "opener_label", "heading", "close_label", "submit_label"),
                *("thanks_text", "error_text", "disposable_addresses", "role_addresses", "missing_proof"),
            )
        }
        | {"brochure": page.brochure_id, "consent_handover": "on", "handover_kinds": "", "handover_goods": "Robots"}
        | {"handover_gain": "", "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0, "action-publish": "1"}
        | {
            f"{name}-{count}_FORMS": 0
            for name in ("request_fields", "staff_recipients")
            for count in ("TOTAL", "INITIAL")
        }
    )
    response = admin_client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
    assert response.status_code == 200
    errors = response.context["form"].errors
    assert set(errors) == {"handover_kinds", "handover_gain"}
    page.refresh_from_db()
    assert page.consent_handover is False
    data |= {"handover_kinds": "name", "handover_gain": "gain"}
    assert admin_client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data).status_code == 302
    page.refresh_from_db()
    assert page.consent_handover is True


def test_form_asks_in_its_page_s_language_only(monkeypatch):
    page = builders.request_page(builders.partner(language="zh-hans"))
    current = ConsentWording.objects.current
    monkeypatch.setattr(ConsentWording.objects, "current", lambda language: current(language).exclude(purpose="news"))
    page.consent_news = True
    with pytest.raises(ValidationError) as refused:
        page.save()
    assert "no wording" in refused.value.message_dict["consent_news"][0]
    assert ConsentBoxes(page).boxes == []


def test_a_draft_with_half_a_handover_shows_no_half_sentence():
    page = asking_page(**EVERYTHING)
    page.handover_goods = ""
    assert [box.purpose.value for box in ConsentBoxes(page).boxes] == ["news", "transfer"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This is not done for gain"), ("zh-hant", "並非為得益"), ("zh-hans", "无偿提供")],
)
def test_sentence_names_partner_kinds_goods_and_gain(language, words):
    page = asking_page(builders.partner("Lanternbridge {goods}", language=language), **EVERYTHING)
    text = next(box.text for box in ConsentBoxes(page).boxes if box.purpose == "handover")
    for part in ("Lanternbridge {goods}", page.handover_kinds, page.handover_goods, words):
        assert part in text
