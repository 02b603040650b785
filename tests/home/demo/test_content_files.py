"""Do the demo's content files say everything that they must, in words of our own?"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from home.demo.content_files import CONTENT, ContentError, kind_of, read_demo
from home.demo.languages import LANGUAGES
from home.demo.pictures import COVERS, MARKS, SCENES
from partners.articles.disclosure import Disclosure

REAL_INPUT = Path(__file__).resolve().parents[4] / "shared" / "real-input"
HAN = re.compile(r"[\u4e00-\u9fff]")
#: Characters that are written in one of the two ways of writing Chinese only.
TRADITIONAL_ONLY = set("這個麼們說學車門開關時會讓點對經濟數碼網絡體國後與業實發現務號")
SIMPLIFIED_ONLY = set("这个么们说学车门开关时会让点对经济数码网络体国后与业实发现务号") - TRADITIONAL_ONLY - set("后")


@pytest.fixture(scope="module")
def demo() -> Any:
    return read_demo()


def strings(value: Any) -> list[str]:
    """Return every text inside a table of a content file."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return []


def everything(demo: Any, language: str) -> str:
    """Return all words of the demo in one language."""
    items = [*demo.partners, *demo.brochures, *demo.articles]
    tables = [item.texts.get(language, {}) for item in items] + [
        page[language] for page in [*demo.standing.values(), *demo.notices.values()]
    ]
    return "\n".join(strings(tables + [names[language] for names in demo.topics.values()]))


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower().replace("’", "").replace("'", ""))


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Return every run of so many words."""
    found = words(text)
    return {tuple(found[start : start + length]) for start in range(len(found) - length + 1)}


def test_there_are_three_partners_a_dozen_articles_and_two_brochures(demo: Any) -> None:
    assert len(demo.partners) == 3
    assert len(demo.articles) == 12
    assert [brochure.editions for brochure in demo.brochures] == [("en",), LANGUAGES]


def test_four_articles_and_everything_around_them_are_in_every_language(demo: Any) -> None:
    assert sum(set(article.texts) == set(LANGUAGES) for article in demo.articles) == 4
    assert all(set(item.texts) == set(LANGUAGES) for item in (*demo.partners, *demo.brochures))
    assert all(set(names) == set(LANGUAGES) for names in demo.topics.values())


def test_every_kind_of_disclosure_occurs_and_no_other(demo: Any) -> None:
    assert {article.disclosure for article in demo.articles} == set(Disclosure.values)


def test_articles_are_of_readable_length_and_shown_in_order(demo: Any) -> None:
    dates = [article.publication_date for article in demo.articles]
    assert dates == sorted(set(dates))
    assert (dates[0].year, dates[-1].isoformat() < "2026-11-20") == (2026, True)
    for article in demo.articles:
        count = len(words("\n".join(strings(article.texts["en"]["body"]))))
        assert 350 <= count <= 780, f"{article.slug} has {count} words"


def test_translations_have_the_blocks_of_their_source(demo: Any) -> None:
    for article in demo.articles:
        kinds = {language: [kind_of(block) for block in text["body"]] for language, text in article.texts.items()}
        assert all(kind == kinds["en"] for kind in kinds.values()), article.slug


def test_quotes_are_attributed_to_a_role_at_the_articles_partner(demo: Any) -> None:
    names = {partner.slug: {text["title"] for text in partner.texts.values()} for partner in demo.partners}
    for article in demo.articles:
        quotes = [block for text in article.texts.values() for block in text["body"] if "quote" in block]
        assert quotes, article.slug
        assert all(quote["role"] in names[article.partner] for quote in quotes), article.slug


def test_a_call_to_action_offers_the_articles_own_partners_brochure(demo: Any) -> None:
    owners = {brochure.slug: brochure.partner for brochure in demo.brochures}
    for article in demo.articles:
        for text in article.texts.values():
            assert {owners[block["offer"]] for block in text["body"] if "offer" in block} <= {article.partner}


def test_every_picture_that_is_named_can_be_drawn_and_every_picture_is_used(demo: Any) -> None:
    scenes = {article.hero for article in demo.articles}
    for article in demo.articles:
        scenes |= {block["image"] for text in article.texts.values() for block in text["body"] if "image" in block}
    assert scenes == set(SCENES)
    assert {partner.mark for partner in demo.partners} == set(MARKS)
    assert {brochure.cover for brochure in demo.brochures} == set(COVERS)


def test_partners_say_that_they_are_invented(demo: Any) -> None:
    for partner in demo.partners:
        assert "invented" in partner.texts["en"]["about"]
        assert "虛構" in partner.texts["zh-hant"]["about"]
        assert "虚构" in partner.texts["zh-hans"]["about"]


def test_each_chinese_is_written_in_its_own_characters(demo: Any) -> None:
    traditional, simplified = everything(demo, "zh-hant"), everything(demo, "zh-hans")
    assert len(HAN.findall(traditional)) > 4000
    assert not SIMPLIFIED_ONLY & set(traditional) - {"个", "网"} - TRADITIONAL_ONLY
    assert not (TRADITIONAL_ONLY - set("點個國會學")) & set(simplified) - SIMPLIFIED_ONLY - set("体")
    assert ("「" in traditional, "“" in traditional) == (True, False)
    assert ("「" in simplified, "“" in simplified) == (False, True)


def test_quotation_marks_are_typographic(demo: Any) -> None:
    for language in LANGUAGES:
        straight = [line for line in everything(demo, language).splitlines() if "'" in line or '"' in line]
        assert straight == []


def test_no_run_of_eight_words_comes_from_the_page_that_the_site_replaces(demo: Any) -> None:
    if not REAL_INPUT.is_dir():
        pytest.skip("the page that the site replaces does not lie beside the repository")
    pages = sorted(REAL_INPUT.glob("*.txt"))
    assert pages
    ours = everything(demo, "en")
    # The words of the form are meant to be the same.
    forms = {run for brochure in demo.brochures for run in runs(" ".join(strings(brochure.texts["en"])), 8)}
    for page in pages:
        shared = runs(page.read_text(encoding="utf-8"), 8) & (runs(ours, 8) - forms)
        assert shared == set()


def test_content_files_are_found_beside_the_code() -> None:
    assert len(list(CONTENT.rglob("*.toml"))) == 2 + 2 + 3 + 2 + 12


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ({}, "exactly one of"),
        ({"text": "alone"}, "exactly one of"),
        ({"quote": "a", "heading": "b"}, "exactly one of"),
        ({"quote": "a"}, "lacks attribution"),
        ({"image": "quay", "caption": "no alternative text"}, "lacks alt"),
        ({"paragraph": "a", "colour": "red"}, "cannot have colour"),
        ({"table": "t", "columns": ["a", "b"], "rows": [["1"]]}, "longer or shorter"),
    ],
)
def test_a_block_that_cannot_be_used_is_refused_with_the_reason(block: dict[str, Any], reason: str) -> None:
    with pytest.raises(ContentError, match=reason):
        kind_of(block)


def copied(tmp_path: Path, name: str, change: Any) -> Path:
    """Copy the content files and change the text of one."""
    for source in CONTENT.rglob("*.toml"):
        target = tmp_path / source.relative_to(CONTENT)
        target.parent.mkdir(exist_ok=True)
        text = source.read_text(encoding="utf-8")
        target.write_text(change(text) if source.name == name else text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("the-hour-that-rail-made.toml", 'hero = "railway"', "", "the-hour-that-rail-made.toml: 'hero' is missing"),
        ("the-hour-that-rail-made.toml", '"lanternbridge"', '"nobody"', "there is no partner 'nobody'"),
        ("the-hour-that-rail-made.toml", '"greater-bay-rail"', '"trams"', "there is no topic 'trams'"),
        ("the-hour-that-rail-made.toml", '"drafting-guide"', '"lost"', "there is no brochure 'lost'"),
        ("the-hour-that-rail-made.toml", "2026-06-17", '"June"', "must be a date"),
        ("the-hour-that-rail-made.toml", "[en]", "[en", "the-hour-that-rail-made.toml:"),
        ("the-hour-that-rail-made.toml", "[en]", "[fr]", r"\[en\]: 'title'"),
        ("lanternbridge.toml", "[en]", "[fr]", r"there is no \[en\]"),
        (
            "two-legal-systems-one-table.toml",
            'standfirst = "在前海簽',
            'motto = "在前海簽',
            r"\[zh-hant\]: 'standfirst'",
        ),
        ("site.toml", "[home.zh-hans]", "[home.zh]", "not written in zh-hans"),
    ],
)
def test_a_file_that_lacks_something_is_named(tmp_path: Path, name: str, old: str, new: str, reason: str) -> None:
    assert any(old in path.read_text(encoding="utf-8") for path in CONTENT.rglob(name))
    folder = copied(tmp_path, name, lambda text: text.replace(old, new))
    with pytest.raises(ContentError, match=reason):
        read_demo(folder)


def test_a_folder_without_content_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"site\.toml"):
        read_demo(tmp_path)


def test_the_files_are_plain_toml() -> None:
    for path in CONTENT.rglob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8"))
