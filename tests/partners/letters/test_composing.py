"""partners/letters/composing.py: every letter in every language, with kind and with hostile values."""

import re
import unicodedata
from dataclasses import replace
from email.header import decode_header, make_header

import pytest
from bs4 import BeautifulSoup, Comment
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from partners.delivery import smtp
from partners.delivery.outside import Envelope
from partners.letters import sender
from partners.letters.composing import Contents, as_trial, compose, write
from partners.letters.kinds import LetterKind
from partners.letters.letter_text import shipped_text
from partners.letters.samples import sample_contents
from partners.letters.sender import Sender
from partners.letters.sheet import NamedArticle
from partners.letters.wrapping import WIDTH, columns

LANGUAGES = [code for code, _name in settings.LANGUAGES]
every_letter = pytest.mark.parametrize(
    ("kind", "language"), [(kind, language) for kind in LetterKind for language in LANGUAGES]
)
LINK = "https://qianhai.example/brochures/0f8fad5bd9cb469fa16570867728950e.kKc0Zp0wYFvq3sM3kqJ1s0u4l5bJ8lXo7r7/"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{link}{name}{nothing}",
    "{{ settings.SECRET_KEY }}{% include 'x' %}%(name)s %s",
    "Ada\r\nBcc: everybody@example.com\r\n\r\nbody",
    "\u202eevil\u202c דנה ليلى",
    "👩\u200d🚢🏳️\u200d🌈 𝕬𝖉𝖆",
    "' OR 1=1; DROP TABLE partners_submission; --",
    "x" * 5000,
    "前海" * 500,
    "\x00\x08\x1b",
]


@pytest.fixture(autouse=True)
def _a_sender(monkeypatch):
    """Letters have a sender with a privacy notice, and the database is not asked for one."""
    monkeypatch.setattr(sender, "_look_up", [lambda language: Sender("Qianhai Editorial", "https://q.example/p/")])


def letter_of(kind, language, **changes):
    contents = sample_contents(kind, language)
    values = {**contents.values, "link": LINK, **changes.pop("values", {})}
    contents = replace(contents, values=values, **changes)
    return write(kind, language, shipped_text(kind, language).words(), contents)


def visible_text(html):
    """Return the words that a reader of the HTML part sees, preheader and address of the button's copy left out."""
    soup = BeautifulSoup(html, "html.parser")
    for unseen in [*soup.find_all(["style", "head"]), *soup.find_all(attrs={"data-preheader": True})]:
        unseen.decompose()
    for comment in soup.find_all(string=lambda string: isinstance(string, Comment)):
        comment.extract()
    return soup.get_text(" ")


def words(text):
    """Return the letters and digits of `text`, addresses of pages left out: what it says, however it is set."""
    bare = re.sub(r"https?://[!-~]+", "", text)
    return [c for c in unicodedata.normalize("NFC", bare) if unicodedata.category(c)[0] in "LN"]


@every_letter
def test_parts_say_the_same(kind, language):
    letter = letter_of(kind, language)
    said_in_html = "".join(words(visible_text(letter.html)))
    masthead = "".join(words(settings.WAGTAIL_SITE_NAME + "前海"))
    fallback = {
        "en": "If the button does not work, copy this address into your browser",
        "zh-hant": "如果按鈕未能開啟請把以下網址複製到瀏覽器",
        "zh-hans": "如果按钮无法打开请将以下网址复制到浏览器",
    }[language]
    said_in_html = said_in_html.removeprefix(masthead).replace("".join(words(fallback)), "", 1)
    if kind != LetterKind.STAFF_DIGEST:
        assert said_in_html == "".join(words(letter.text))
    else:
        # A table names its columns once, the plain part beside each number.
        assert set(said_in_html) == set(words(letter.text))
    for address in {LINK, "https://q.example/p/", settings.SITE_URL}:
        assert address in letter.text
        assert f'href="{address}"' in letter.html


@every_letter
def test_size_lines_and_language(kind, language):
    letter = letter_of(kind, language)
    soup = BeautifulSoup(letter.html, "html.parser")
    assert len(letter.html.encode()) < 50_000
    assert soup.html["lang"] == language
    assert soup.html["dir"] == "ltr"
    assert all(
        columns(line) <= WIDTH for line in letter.text.splitlines() if not line.startswith(("http://", "https://"))
    )
    assert "\n" not in letter.subject
    assert not re.search(r"[{}]", letter.subject + letter.text + visible_text(letter.html))


@every_letter
def test_layout_survives_mail_programs(kind, language):
    soup = BeautifulSoup(letter_of(kind, language).html, "html.parser")
    assert not soup.find(["img", "script", "link", "iframe", "form"])
    assert "url(" not in str(soup)
    assert soup.find("meta", attrs={"name": "color-scheme"})["content"] == "light dark"
    styles = [style.get_text() for style in soup.find_all("style")]
    assert any("prefers-color-scheme: dark" in style for style in styles)
    assert any("[data-ogsc]" in style for style in styles)
    # Gmail drops a block of styles of more than 8,192 characters.
    assert all(len(style) < 8192 for style in styles)
    assert all("\n" not in tag["style"] for tag in soup.find_all(style=True))
    button = soup.find("td", class_="button")
    assert button["bgcolor"]
    assert "mso-padding-alt" in button["style"]
    assert button.a["href"] == LINK
    for layout in soup.find_all("table"):
        assert layout.get("role") == "presentation" or layout.find("th")


@pytest.mark.parametrize("kind", list(LetterKind))
def test_no_english_is_left_in_chinese(kind):
    english = set(re.findall(r"[a-z]{4,}", visible_text(letter_of(kind, "en").html).lower()))
    ours = {"qianhai", "editorial", "desk", "example", "http", "https"}
    for language in ("zh-hant", "zh-hans"):
        letter = letter_of(kind, language, values={})
        seen = re.sub(r"https?://[!-~]+", "", letter.subject + visible_text(letter.html) + letter.text).lower()
        assert set(re.findall(r"[a-z]{4,}", seen)) & english <= ours


def test_the_two_kinds_of_chinese_do_not_mix():
    traditional, simplified = set("們這請關閱讀電號與發會連寫聯資處讀"), set("们这请关阅读电号与发会连写联资处读")
    for kind in LetterKind:
        hant, hans = letter_of(kind, "zh-hant"), letter_of(kind, "zh-hans")
        assert not simplified & set(hant.subject + hant.text)
        assert not traditional & set(hans.subject + hans.text)


@pytest.mark.parametrize("hostile", HOSTILE)
@every_letter
def test_hostile_values_stay_text(kind, language, hostile):
    contents = sample_contents(kind, language)
    values = {name: hostile for name in contents.values if name != "link"}
    article = NamedArticle(hostile, "Paid content", hostile, "https://q.example/a/") if contents.article else None
    facts = [(label, hostile) for label, _value in contents.facts]
    table = replace(contents.table, rows=((hostile, "3", "1"),)) if contents.table else None
    letter = letter_of(kind, language, values=values, article=article, facts=facts, table=table)
    harmless = letter_of(kind, language, article=replace(article, title="x", sponsor="x") if article else None)
    found = BeautifulSoup(letter.html, "html.parser")
    tags = [tag.name for tag in BeautifulSoup(harmless.html, "html.parser").find_all(True)]
    assert [tag.name for tag in found.find_all(True)] == tags
    assert {link["href"] for link in found.find_all("a")} <= {
        LINK,
        "https://q.example/p/",
        "https://q.example/a/",
        settings.SITE_URL,
        f"mailto:{settings.MAIL_REPLY_TO}",
    }
    for text in (letter.subject, letter.text):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e]", text)
    assert "\n" not in letter.subject
    if "{link}" in hostile:
        assert "{link}{name}{nothing}" in letter.subject + letter.text


@given(st.text(max_size=200))
@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_value_adds_a_header_or_an_element(value):
    contents = sample_contents(LetterKind.BROCHURE, "en")
    contents = replace(contents, values={**contents.values, "link": LINK, "name": value, "brochure": value})
    letter = write(LetterKind.BROCHURE, "en", shipped_text(LetterKind.BROCHURE, "en").words(), contents)
    message = smtp.as_email(Envelope(to="reader@example.com", message_id="<a@b>", letter=letter)).message()
    assert [name for name in message.keys() if name.lower() in {"bcc", "cc", "x-injected"}] == []  # noqa: SIM118
    assert message.get_all("Subject") == [message["Subject"]]
    assert str(make_header(decode_header(str(message["Subject"])))).split() == letter.subject.split()
    elements = {tag.name for tag in BeautifulSoup(letter.html, "html.parser").find_all(True)}
    assert "script" not in elements
    assert "img" not in elements


def test_reader_without_a_name_is_greeted_all_the_same():
    greetings = {language: letter_of(LetterKind.BROCHURE, language, values={"name": ""}).text for language in LANGUAGES}
    assert "Dear reader," in greetings["en"]
    assert "讀者\uff0c你好\uff01" in greetings["zh-hant"]
    assert "读者\uff0c您好\uff01" in greetings["zh-hans"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_label_stands_before_the_article_in_every_part(language):
    letter = letter_of(LetterKind.BROCHURE, language, article=NamedArticle("The quay", "LABEL", "The sponsor"))
    for part in (letter.text, visible_text(letter.html)):
        assert part.index("LABEL") < part.index("The sponsor") < part.index("The quay")


@pytest.mark.parametrize("language", LANGUAGES)
def test_article_placeholder_brings_its_label_along(language):
    shipped = shipped_text(LetterKind.BROCHURE, language)
    shipped.body = "<p>One</p><p>On {article} of {sponsor}.</p>"
    contents = replace(sample_contents(LetterKind.BROCHURE, language), article=NamedArticle("Quay", "LABEL", "Sponsor"))
    letter = write(LetterKind.BROCHURE, language, shipped.words(), contents)
    sentence = next(line for line in letter.text.splitlines() if line.startswith("On "))
    assert {"LABEL", "Sponsor", "Quay"} <= set(re.findall(r"\w+", sentence))
    without = write(LetterKind.BROCHURE, language, shipped.words(), replace(contents, article=None))
    assert "On " not in without.text
    assert "LABEL" not in without.html


def test_consent_link_has_its_place():
    letter = letter_of(LetterKind.BROCHURE, "en", consent_url="https://q.example/consents/x/")
    assert "https://q.example/consents/x/" in letter.text
    assert 'href="https://q.example/consents/x/"' in letter.html
    assert "consents" not in letter_of(LetterKind.BROCHURE, "en").text


def test_values_must_be_those_of_the_kind():
    with pytest.raises(ValueError, match="expected"):
        write(LetterKind.BROCHURE, "en", shipped_text(LetterKind.BROCHURE, "en").words(), Contents({"link": LINK}))


@pytest.mark.django_db
def test_words_in_force_are_used():
    text = shipped_text(LetterKind.FRESH_LINK, "en")
    text.heading = "Our own heading"
    text.save()
    letter = compose(LetterKind.FRESH_LINK, "en", sample_contents(LetterKind.FRESH_LINK, "en"))
    assert letter.text.startswith("Our own heading\n")
    assert "Our own heading</h1>" in letter.html


def test_trial_says_what_it_is():
    letter = letter_of(LetterKind.BROCHURE, "zh-hant")
    assert as_trial(letter, "zh-hant").subject == f"[測試] {letter.subject}"
