"""Are the catalogues complete, in step with each other, and compiled as they stand?"""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

CATALOGUES = sorted(Path(settings.BASE_DIR, "locale").glob("*/LC_MESSAGES/django.po"))
PLACES = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")

each_catalogue = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)


def key(entry: polib.POEntry) -> tuple[str, str, str]:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def words(entry: polib.POEntry) -> list[str]:
    """Return the translations of an entry: one for each plural form, or the only one."""
    return [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)] or [entry.msgstr]


def test_there_is_a_catalogue_for_each_language_but_the_one_the_words_are_written_in():
    expected = {"zh_Hant", "zh_Hans"}
    assert {path.parent.parent.name for path in CATALOGUES} == expected
    assert {code.lower().replace("_", "-") for code in expected} | {settings.LANGUAGE_CODE} == {
        code for code, _ in settings.LANGUAGES
    }


@each_catalogue
def test_the_compiled_catalogue_says_what_its_source_says(path):
    source, compiled = polib.pofile(str(path)), polib.mofile(str(path.with_suffix(".mo")))
    assert {key(entry): words(entry) for entry in compiled} == {
        key(entry): words(entry) for entry in source.translated_entries()
    }
    assert compiled.metadata == source.metadata


@each_catalogue
def test_no_entry_is_a_guess_or_left_over(path):
    po = polib.pofile(str(path))
    assert [entry.msgid for entry in po if entry.fuzzy or entry.previous_msgid] == []
    assert [entry.msgid for entry in po.obsolete_entries()] == []


@each_catalogue
def test_every_entry_is_translated(path):
    assert [entry.msgid for entry in polib.pofile(str(path)) if not all(words(entry))] == []


@each_catalogue
def test_translations_have_the_places_that_their_words_have(path):
    for entry in polib.pofile(str(path)):
        expected = set(PLACES.findall(entry.msgid_plural or entry.msgid))
        for translated in words(entry):
            assert set(PLACES.findall(translated)) == expected, entry.msgid


@each_catalogue
def test_no_date_makes_two_collections_of_the_same_words_differ(path):
    """`make messages` leaves the date of collection out."""
    assert "POT-Creation-Date" not in polib.pofile(str(path)).metadata


def test_all_catalogues_hold_the_same_words():
    held = [{key(entry) for entry in polib.pofile(str(path))} for path in CATALOGUES]
    assert all(keys == held[0] for keys in held)
