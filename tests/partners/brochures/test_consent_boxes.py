"""partners/brochures/consent_boxes.py and keeping_consent.py: what was shown, what was ticked, what is kept."""

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from partners.brochures.adding_wording import add_wording
from partners.brochures.consent_boxes import SHOWN_FIELD, ConsentBoxes
from partners.brochures.consent_record import ConsentEvent, ConsentRecord
from partners.brochures.consent_wording import AppendOnly
from partners.brochures.limits import Allowance
from partners.brochures.submission import Submission
from tests import builders
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page, shown_form

pytestmark = pytest.mark.django_db


def section(content):
    return BeautifulSoup(content, "html.parser").find("fieldset", class_="consents")


def test_form_that_asks_for_nothing_shows_nothing_and_costs_nothing(client):
    page = builders.request_page()
    assert section(client.get(page.url).content) is None
    with CaptureQueriesContext(connection) as queries:
        assert ConsentBoxes(page).boxes == []
        assert ConsentBoxes(page, {}).signed == ""
    assert len(queries) == 0
    assert not ask(page, "news", "handover").consents.exists()


@pytest.mark.parametrize("only", ["news", "handover", "transfer"])
def test_only_what_is_switched_on_is_shown_empty_labelled_and_never_needed(client, only):
    fields = {**EVERYTHING, **{f"consent_{purpose}": purpose == only for purpose in ("news", "handover", "transfer")}}
    fieldset = section(client.get(asking_page(**fields).url).content)
    [box] = fieldset.find_all("input", type="checkbox")
    assert box["name"] == f"consent_{only}"
    assert not {"checked", "required"} & set(box.attrs)
    label = fieldset.find("label", attrs={"for": box["id"]})
    assert label["lang"] == "en"
    assert len(label.text) > 60
    assert fieldset.find("legend").text.strip()


def test_each_box_is_kept_with_wording_text_language_and_tick():
    page = asking_page(builders.partner("Lanternbridge"), **EVERYTHING)
    boxes = {box.purpose.value: box for box in ConsentBoxes(page).boxes}
    submission = ask(page, "handover")
    kept = {record.purpose: record for record in submission.consents.all()}
    assert set(kept) == {"news", "handover", "transfer"}
    for purpose, record in kept.items():
        assert record.text == boxes[purpose].text
        assert record.wording_id == boxes[purpose].wording_id
        assert record.language == "en"
        assert record.ticked is (purpose == "handover")
        assert record.partner_name == "Lanternbridge"
        [event] = record.events.all()
        assert (event.kind, event.how) == ("given" if record.ticked else "not_given", "form")
    assert submission.messages.count() == 1


@pytest.mark.parametrize("ticked", [(), ("news",), ("news", "handover", "transfer")])
def test_the_brochure_goes_out_whatever_is_ticked(ticked):
    submission = ask(asking_page(**EVERYTHING), *ticked)
    assert submission.messages.get().link is not None


def test_what_the_visitor_saw_counts_where_wording_and_form_have_changed_since():
    page = asking_page(**EVERYTHING)
    form = shown_form(page)
    seen = {box.purpose: box for box in ConsentBoxes(page).boxes}
    add_wording("news", "en", "Something else altogether, {site}")
    page.handover_goods = "Everything there is"
    page.consent_transfer = False
    page.save()
    submission = ask(page, "news", "handover", form=form)
    kept = {record.purpose: record for record in submission.consents.all()}
    assert {purpose: (box.text, box.wording_id) for purpose, box in seen.items()} == {
        purpose: (record.text, record.wording_id) for purpose, record in kept.items()
    }
    assert kept["news"].wording.version == 1
    assert ask(page, "news").consents.get(purpose="news").wording.version == 2


def test_refused_form_keeps_ticks_beside_the_sentences_that_were_seen(client):
    page = asking_page(**EVERYTHING)
    form = {**shown_form(page), "name": "Reader", "email": "reader@", "consent_news": "yes"}
    add_wording("news", "en", "Something else altogether, {site}")
    response = client.post(page.url, form)
    assert response.status_code == 422
    fieldset = section(response.content)
    assert fieldset.find("input", id="id_consent_news").has_attr("checked")
    assert not fieldset.find("input", id="id_consent_handover").has_attr("checked")
    assert "Something else" not in fieldset.text
    again = {field["name"]: field["value"] for field in fieldset.find_all("input", type="hidden")}
    submission = ask(page, "news", form={**form, **again})
    assert submission.consents.get(purpose="news").wording.version == 1


def forged(page):
    account = signing.dumps({"page": page.pk, "shown": [["news", 1, "en", "I sell my soul"]]}, key="x" * 50, salt="y")
    yield from ("", "x", "\x00", "a:b:c", account, account[::-1])
    yield shown_form(builders.request_page(page.get_parent().specific, **EVERYTHING))[SHOWN_FIELD]
    yield shown_form(page)[SHOWN_FIELD].replace(".", "", 1)[1:]


def test_an_account_that_is_missing_forged_or_another_form_s_agrees_to_nothing():
    page = asking_page()
    for account in forged(page):
        Allowance.objects.all().delete()  # one mailbox asks more often here than it may
        submission = ask(page, "news", form={**shown_form(page), SHOWN_FIELD: account})
        assert not submission.consents.exists(), account
        assert submission.messages.exists()
    body = shown_form(page)
    del body[SHOWN_FIELD]
    assert not ask(page, "news", form=body).consents.exists()


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(account=st.text(max_size=300), ticks=st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4))
def test_no_account_that_we_did_not_sign_is_believed(account, ticks):
    class Page:
        pk = 7

        def switched_on(self):
            return []

    boxes = ConsentBoxes(Page(), {**ticks, SHOWN_FIELD: account})
    assert boxes.answered == ()
    assert boxes.boxes == []


def test_the_account_holds_markup_and_han_characters_as_they_are(client):
    page = asking_page(builders.partner("<b>陳 & Sons</b>"), **EVERYTHING)
    html = client.get(page.url).content.decode()
    assert "<b>陳" not in html
    assert "<b>陳 & Sons</b>" in ask(page, "handover").consents.get(purpose="handover").text


def test_sending_twice_keeps_one_record_each():
    page = asking_page(**EVERYTHING)
    form = shown_form(page)
    assert ask(page, "news", form=form) == ask(page, "news", form=form)
    assert ConsentRecord.objects.count() == 3
    assert Submission.objects.count() == 1


def test_evidence_is_not_changed_and_goes_with_its_request():
    submission = ask(asking_page(**EVERYTHING), "news")
    record = submission.consents.get(purpose="news")
    event = record.events.get()
    for row in (record, event):
        with pytest.raises(AppendOnly):
            row.save()
    for change in (
        lambda: ConsentRecord.objects.filter(pk=record.pk).update(text="More"),
        lambda: ConsentRecord.objects.filter(pk=record.pk).update(ticked=False),
        lambda: ConsentEvent.objects.filter(pk=event.pk).update(kind="not_given"),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    submission.delete()
    assert not ConsentRecord.objects.exists()
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize(
    ("purpose", "before", "kind"),
    [
        ("news", ["withdrawn"], "confirmed"),
        ("handover", [], "confirmed"),
        ("transfer", [], "confirmed"),
        ("transfer", [], "withdrawn"),
        ("transfer", [], "given"),
        ("news", [], "not_given"),
        ("news", [], "given"),
    ],
)
def test_the_database_refuses_an_event_that_cannot_be(purpose, before, kind):
    submission = ask(asking_page(**EVERYTHING), "news", "handover")
    record = submission.consents.get(purpose=purpose)
    for earlier in before:
        ConsentEvent.objects.create(record=record, kind=earlier, how="desk")
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentEvent.objects.create(record=record, kind=kind, how="desk")


def test_form_works_in_every_language():
    for language in ("en", "zh-hant", "zh-hans"):
        page = asking_page(builders.partner(language=language), **EVERYTHING)
        submission = ask(page, "news", "handover", "transfer", email=f"{language}@example.com")
        assert set(submission.consents.values_list("language", flat=True)) == {language}


def test_preview_shows_the_boxes():
    response = asking_page(**EVERYTHING).make_preview_request()
    assert len(section(response.content).find_all("input", type="checkbox")) == 3
