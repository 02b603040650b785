"""partners/letters/admin.py, form.py and trial_view.py: what an editor finds in the admin."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from partners.letters.kinds import LINE_FIELDS, PLACEHOLDERS, PROSE_FIELDS, LetterKind, placeholders_for
from partners.letters.letter_text import LetterText, shipped_text, words_in_force
from partners.letters.trial import LetterTrial

pytestmark = pytest.mark.django_db

NAMES = "wagtailsnippets_partners_lettertext"


def client_in(group, email="mei@example.com"):
    user = User.objects.create_user("mei", email)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor():
    return client_in("Moderators")


def soup_of(response):
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def add_url(kind="brochure", language="zh-hant"):
    return f"{reverse(f'{NAMES}:add')}?kind={kind}&language={language}"


def form_data(text, **changes):
    """Return what the browser posts for `text`; the rich-text widget posts its own format."""
    from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

    from partners.letters.prose import FEATURES

    convert = ContentstateConverter(features=FEATURES).from_database_format
    data = {field: getattr(text, field) for field in (*LINE_FIELDS, *PROSE_FIELDS)} | changes
    for field in PROSE_FIELDS:
        data[field] = convert(data[field])
    return {"kind": text.kind, "language": text.language, **data}


def test_list_shows_every_letter_in_every_language(editor):
    shipped_text(LetterKind.BROCHURE, "zh-hant").save()
    page = soup_of(editor.get(reverse(f"{NAMES}:list")))
    rows = page.main.find("table", class_="listing").find_all("tr")[1:]
    assert [row.th.get_text(strip=True) for row in rows] == [str(kind.label) for kind in LetterKind]
    cells = [[cell.find("div").get_text(strip=True) for cell in row.find_all("td")] for row in rows]
    assert cells[0] == ["As shipped", "Changed here", "As shipped"]
    assert all(cell == "As shipped" for row in cells[1:] for cell in row)


@pytest.mark.parametrize("kind", list(LetterKind))
def test_form_begins_with_the_shipped_words_and_names_the_placeholders(editor, kind):
    page = soup_of(editor.get(add_url(kind)))
    assert page.find("input", attrs={"name": "subject"})["value"] == shipped_text(kind, "zh-hant").subject
    panel = page.main.find("table", class_="listing")
    named = [code.get_text() for code in panel.find_all("code")]
    assert named == [f"{{{place.name}}}" for place in PLACEHOLDERS[kind]]
    assert all(str(place.meaning) in panel.get_text() for place in PLACEHOLDERS[kind])
    for field in (*LINE_FIELDS, *PROSE_FIELDS):
        listed = " ".join(f"{{{place.name}}}" for place in placeholders_for(kind, field))
        assert f"Placeholders: {listed}" in page.get_text()


def test_change_is_stored_under_the_letter_of_the_address_and_written_into_the_log(editor):
    text = shipped_text(LetterKind.BROCHURE, "zh-hant")
    forged = form_data(text, subject="我們的 {brochure}") | {"kind": "staff_digest", "language": "en"}
    response = editor.post(add_url(), forged)
    assert response.status_code == 302
    [stored] = LetterText.objects.all()
    assert (stored.kind, stored.language, stored.subject) == ("brochure", "zh-hant", "我們的 {brochure}")
    assert words_in_force("brochure", "zh-hant").subject == "我們的 {brochure}"
    assert ModelLogEntry.objects.filter(action="wagtail.create", object_id=str(stored.pk)).count() == 1


def test_mistaken_placeholder_is_shown_at_its_field(editor):
    text = shipped_text(LetterKind.BROCHURE, "en")
    response = editor.post(add_url(language="en"), form_data(text, body="<p>Dear {nmae},</p>"))
    page = soup_of(response)
    assert "{nmae} is not a placeholder here. These are: {name}" in page.get_text()
    assert not LetterText.objects.exists()


def test_letter_cannot_be_moved_by_editing(editor):
    text = shipped_text(LetterKind.BROCHURE, "en")
    text.save()
    url = reverse(f"{NAMES}:edit", args=[text.pk])
    assert editor.post(url, form_data(text) | {"kind": "fresh_link", "heading": "New"}).status_code == 302
    text.refresh_from_db()
    assert (text.kind, text.heading) == ("brochure", "New")


def test_deleting_goes_back_to_the_shipped_words(editor):
    text = shipped_text(LetterKind.BROCHURE, "en")
    text.subject = "Other"
    text.save()
    url = reverse(f"{NAMES}:delete", args=[text.pk])
    assert "thrown away" in soup_of(editor.get(url)).get_text()
    editor.post(url)
    assert words_in_force("brochure", "en") == shipped_text("brochure", "en").words()


def test_letter_that_was_changed_meanwhile_is_opened(editor):
    text = shipped_text(LetterKind.BROCHURE, "zh-hant")
    text.save()
    assert editor.get(add_url()).url == reverse(f"{NAMES}:edit", args=[text.pk])
    page = soup_of(editor.post(add_url(), form_data(text)))
    assert "already exists" in page.get_text()


@pytest.mark.parametrize("query", ["", "?kind=brochure", "?kind=x&language=en", "?kind=brochure&language=fr"])
def test_unknown_letter_is_not_found(editor, query):
    assert editor.get(reverse(f"{NAMES}:add") + query).status_code == 404


def test_preview_follows_what_is_typed(editor):
    text = shipped_text(LetterKind.BROCHURE, "en")
    url = reverse(f"{NAMES}:preview_on_add")
    posted = editor.post(url, form_data(text, heading="Typed just now"))
    assert posted.json() == {"is_valid": True, "is_available": True}
    for mode in ("html", "dark", "text"):
        assert "Typed just now" in editor.get(url, {"mode": mode, "in_preview_panel": "true"}).content.decode()
    assert editor.post(url, form_data(text, heading="{nmae}")).json()["is_valid"] is False


def test_test_is_queued_to_the_editor_and_its_outcome_shown(editor):
    url = reverse(f"{NAMES}:trial", args=["fresh_link", "zh-hans"])
    assert "mei@example.com" in soup_of(editor.get(url)).get_text()
    response = editor.post(url, {"to": "somebody.else@example.com"})
    assert response.url == url
    [trial] = LetterTrial.objects.all()
    assert (trial.to, trial.letter_kind, trial.language, trial.state) == (
        "mei@example.com",
        "fresh_link",
        "zh-hans",
        "queued",
    )
    assert "Waiting to be sent" in soup_of(editor.get(url)).main.find("table", class_="listing").get_text()


def test_editor_without_an_address_is_told():
    editor = client_in("Moderators", email="")
    url = reverse(f"{NAMES}:trial", args=["brochure", "en"])
    assert not soup_of(editor.get(url)).find("main").find("button", string=lambda text: text and "Send me" in text)
    assert "no e-mail address" in soup_of(editor.post(url, follow=True)).get_text()
    assert not LetterTrial.objects.exists()


@pytest.mark.parametrize("args", [["x", "en"], ["brochure", "fr"]])
def test_unknown_letter_cannot_be_tried(editor, args):
    assert editor.get(reverse(f"{NAMES}:trial", args=args)).status_code == 404


@pytest.mark.parametrize("group", ["Editors", "Submission admins"])
def test_letters_are_closed_to_who_may_not_publish(group):
    client = client_in(group)
    for url in (
        reverse(f"{NAMES}:list"),
        add_url(),
        reverse(f"{NAMES}:trial", args=["brochure", "en"]),
        reverse(f"{NAMES}:preview_on_add"),
    ):
        assert client.get(url).status_code in {302, 403}
    assert client.post(reverse(f"{NAMES}:trial", args=["brochure", "en"])).status_code in {302, 403}
    assert not LetterTrial.objects.exists()
