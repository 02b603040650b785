"""partners/letters/letter_text.py and checking.py: what can be saved, and which words are in force."""

import logging
from dataclasses import fields

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.html import strip_tags

from partners.letters.checking import problems
from partners.letters.kinds import LetterKind
from partners.letters.letter_text import LetterText, shipped_text, words_in_force
from partners.letters.words import ShippedText

every_letter = pytest.mark.parametrize(
    ("kind", "language"), [(kind, code) for kind in LetterKind for code, _name in settings.LANGUAGES]
)


def refused(kind=LetterKind.BROCHURE, **changes):
    """Return what is said when a letter is saved with `changes`, by field."""
    text = shipped_text(kind, "en")
    for field, value in changes.items():
        setattr(text, field, value)
    with pytest.raises(ValidationError) as error:
        text.full_clean()
    return error.value.message_dict


@every_letter
def test_shipped_words_are_free_of_problems(kind, language):
    assert problems(kind, shipped_text(kind, language).words()) == {}


@pytest.mark.django_db
@every_letter
def test_shipped_words_can_be_stored(kind, language):
    text = shipped_text(kind, language)
    text.full_clean()
    text.save()
    assert words_in_force(kind, language) == text.words()


@pytest.mark.django_db
@pytest.mark.parametrize("field", [field.name for field in fields(ShippedText)])
def test_unknown_placeholder_is_refused_in_every_field(field):
    [sentence] = refused(**{field: "<p>Hello {nmae}</p>"})[field]
    assert sentence.startswith("{nmae} is not a placeholder here.")
    assert "{brochure}" in sentence


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["subject", "preheader", "heading", "button"])
@pytest.mark.parametrize("place", ["name", "link", "article", "sponsor"])
def test_strangers_words_and_labelled_things_stay_out_of_lines(field, place):
    assert f"{{{place}}} is not a placeholder here." in refused(**{field: f"For {{{place}}}"})[field][0]


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["subject", "heading", "body", "button"])
def test_letter_cannot_lose_what_it_must_have(field):
    assert field in refused(**{field: ""})


@pytest.mark.django_db
def test_placeholder_of_another_letter_is_refused():
    assert "{article} is not a placeholder" in refused(LetterKind.STAFF_NOTICE, body="<p>{article}</p>")["body"][0]


@pytest.mark.django_db
def test_half_formatted_placeholder_is_refused():
    assert len(refused(body="<p>{na<b>me}</b></p>")["body"]) == 2


@pytest.mark.django_db
def test_line_break_in_a_subject_is_refused_by_form_and_database():
    assert refused(subject="One\r\nBcc: two@example.com")["subject"] == ["Write this on one line."]
    text = shipped_text(LetterKind.BROCHURE, "en")
    text.subject = "One\nTwo"
    with pytest.raises(IntegrityError), transaction.atomic():
        text.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("href", "words"),
    [
        ("https://example.com/{link}", "cannot hold a placeholder"),
        ("javascript:alert(1)", "not a complete address"),
        ("ftp://example.com/", "cannot be opened from a letter"),
        ("/partners/", "not a complete address"),
        ("http://[", "not a complete address"),
        (f"{settings.SITE_URL}/partners/x/", "choosing the page"),
        # Every host of the site, however it is written.
        ("https://testserver/partners/x/", "choosing the page"),
        ("HTTP://LOCALHOST:8000/partners/x/", "choosing the page"),
        ("https://somebody@127.0.0.1/partners/x/", "choosing the page"),
    ],
)
def test_link_that_cannot_stand_in_a_letter_is_refused(href, words):
    assert words in refused(closing=f'<p><a href="{href}">x</a></p>')["closing"][0]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["See {0}/partners/x/.", "See <b>{0}/partners/</b>x/", "（{0}/partners/x/）"])
def test_address_of_a_page_in_the_words_is_refused_since_mail_programs_make_a_link_of_it(words):
    written = words.format(settings.SITE_URL.rstrip("/").upper())
    assert "choosing the page" in refused(closing=f"<p>{written}</p>")["closing"][0]
    assert "choosing the page" in refused(heading=strip_tags(written))["heading"][0]


@pytest.mark.django_db
def test_other_addresses_in_the_words_are_taken():
    text = shipped_text(LetterKind.BROCHURE, "en")
    text.closing = f"<p>See https://example.com/a, http://[ and {settings.SITE_URL}, or ask {{site}}.</p>"
    text.full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("href", ["https://example.com/a", "mailto:desk@example.com", "tel:+85212345678"])
def test_other_links_are_taken(href):
    text = shipped_text(LetterKind.BROCHURE, "en")
    text.closing = f'<p><a href="{href}">x</a></p>'
    text.full_clean()


@pytest.mark.django_db
def test_row_overrides_and_its_deletion_goes_back():
    shipped = words_in_force(LetterKind.BROCHURE, "en")
    text = shipped_text(LetterKind.BROCHURE, "en")
    text.subject = "Ours: {brochure}"
    text.save()
    assert words_in_force(LetterKind.BROCHURE, "en").subject == "Ours: {brochure}"
    assert words_in_force(LetterKind.BROCHURE, "zh-hant").subject != "Ours: {brochure}"
    text.delete()
    assert words_in_force(LetterKind.BROCHURE, "en") == shipped


@pytest.mark.django_db
def test_row_that_cannot_be_used_is_passed_over_and_reported(caplog):
    text = shipped_text(LetterKind.BROCHURE, "en")
    text.body = "<p>{gone}</p>"
    text.save()
    with caplog.at_level(logging.ERROR):
        assert words_in_force(LetterKind.BROCHURE, "en") == shipped_text(LetterKind.BROCHURE, "en").words()
    assert "cannot be used" in caplog.text


@pytest.mark.django_db
def test_one_row_a_letter_and_language():
    shipped_text(LetterKind.BROCHURE, "en").save()
    with pytest.raises(ValidationError, match="already exists"):
        shipped_text(LetterKind.BROCHURE, "en").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        shipped_text(LetterKind.BROCHURE, "en").save()


@pytest.mark.django_db
def test_unknown_kind_is_refused():
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterText.objects.create(kind="x", language="en", subject="a", heading="a", body="a", button="a")
    with pytest.raises(ValueError, match="x"):
        words_in_force("x", "en")
