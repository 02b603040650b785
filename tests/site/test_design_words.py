"""Are the words that readers see there in every language of the site?"""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
READERS_SEE = (
    "partners/articles/disclosure.py",
    "partners/brochures/form.py",
    *(
        f"qianhai_site/templates/{part}"
        for part in ("404", "500", "base", "components/", "home/", "partners/blocks/", "partners/letters/")
    ),
    *(
        f"qianhai_site/templates/partners/{page}"
        for page in ("brochure_", "latest_", "partner_", "brochures/link_gone")
    ),
)


def entries(catalogue: str) -> list[polib.POEntry]:
    """Return the entries of a catalogue whose words stand on public pages or in letters."""
    po = polib.pofile(str(ROOT / "locale" / catalogue / "LC_MESSAGES" / "django.po"))
    return [
        entry
        for entry in po
        if not entry.obsolete and any(place.startswith(READERS_SEE) for place, _ in entry.occurrences)
    ]


@pytest.mark.parametrize("catalogue", ["zh_Hant", "zh_Hans"])
def test_every_word_that_readers_see_is_translated(catalogue):
    found = entries(catalogue)
    missing = [entry.msgid for entry in found if not entry.translated() or entry.fuzzy]
    assert len(found) > 80
    assert not missing


@pytest.mark.parametrize("catalogue", ["zh_Hant", "zh_Hans"])
def test_translations_keep_the_places_for_names_and_numbers(catalogue):
    places = re.compile(r"%\(\w+\)s|\{\w+\}")
    for entry in entries(catalogue):
        for translated in [entry.msgstr, *entry.msgstr_plural.values()]:
            if translated:
                assert set(places.findall(entry.msgid)) == set(places.findall(translated)), entry.msgid


def test_the_two_chinese_catalogues_do_not_mix_their_characters():
    """A few of the commonest characters that differ between the two forms."""
    traditional, simplified = set("費內這裏請關閱讀頁傳電號與發"), set("费内这里请关阅读页传电号与发")
    words = {name: "".join(entry.msgstr for entry in entries(name)) for name in ("zh_Hant", "zh_Hans")}
    assert not simplified & set(words["zh_Hant"])
    assert not traditional & set(words["zh_Hans"])


@pytest.mark.parametrize(("language", "other"), [("zh_Hant", "您"), ("zh_Hans", "你")])
def test_chinese_addresses_everybody_by_one_word_and_calls_a_brochure_by_one_name(language, other):
    """Traditional Chinese says 你 and 宣傳冊, Simplified 您 and 宣传册: on pages, in letters, in the admin."""
    po = polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))
    said = [words for entry in po for words in (entry.msgstr, *entry.msgstr_plural.values())]
    said += (
        (ROOT / "partners" / "letters" / "words" / f"{language.lower()}.py").read_text(encoding="utf-8").splitlines()
    )
    assert [words for words in said if re.search(rf"{other}|小[冊册]子", words)] == []
