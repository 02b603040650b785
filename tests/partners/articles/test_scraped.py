"""partners/articles/scraped.py: the article is kept to the letter, the page's furniture is not."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.articles.scraped import STANDFIRST_MAX, NotAnArticle, decode, parse

FILE = Path(__file__).parent / "data/scraped.txt"
REAL = Path(__file__).resolve().parents[4] / "shared/real-input/scraped-partner-page.txt"

FURNITURE = [
    "close x",
    "Enter Your Info Below And We Will Send\nYou The Brochure To Your Inbox!",
    "Thank you!\n\nYour submission has been received!",
    "Oops! Something went wrong while submitting the form",
    "Content from partner",
    "latest postnone\nnone",
    "CLOSE ×",
    "closex",
    "\u200bContent\u00a0from\tpart-\nner ",
    "Ｃｏｎｔｅｎｔ ｆｒｏｍ ｐａｒｔｎｅｒ",
    "close x Enter Your Info Below And We Will Send You The\nBrochure To Your Inbox! Thank you! Your\n"
    "submission has been received!",
    "\n".join(
        [
            "Enter",
            "Your",
            "Info",
            "Below",
            "And",
            "We",
            "Will",
            "Send",
            "You",
            "The",
            "Brochure",
            "To",
            "Your",
            "Inbox!",
        ]
    ),
    "Latest\nPosts",
]


def test_article_of_a_page_like_the_real_one():
    article = parse(decode(FILE.read_bytes()))
    assert article.title == "The lighthouse that learned to listen"
    assert article.paragraphs == (
        "On a clear night the lamp on the point is seen from eleven miles away. On the other nights, says its keeper, "
        "“you had better have something else to go by”.",
        "Since spring it has had something else: a row of microphones — cheap ones — that know the sound of every hull "
        "in the bay. None of them was made for the sea.",
        "‘It was never about the light,’ the harbour’s engineer likes to say.",
        "燈塔在夜裏聽船，船在夜裏聽燈塔。",
    )
    assert article.standfirst == "On a clear night the lamp on the point is seen from eleven miles away."


@pytest.mark.skipif(not REAL.exists(), reason="the real page is not handed out with this copy of the project")
def test_real_page():
    article = parse(decode(REAL.read_bytes()))
    assert "Qianhai" in article.title
    assert len(article.paragraphs) == 13
    text = " ".join([article.title, *article.paragraphs]).casefold()
    for words in ("close x", "your inbox", "submission", "oops", "content from partner", "latest post"):
        assert words not in text
    assert "“" in text
    assert "’" in text
    assert 0 < len(article.standfirst) <= STANDFIRST_MAX


words = st.text(st.characters(categories=["L", "N"], exclude_characters="\u0130"), min_size=1, max_size=8)
paragraph = st.lists(words, min_size=5, max_size=12).map(" ".join)


@given(st.lists(paragraph, min_size=2, max_size=6), st.lists(st.sampled_from(FURNITURE), max_size=6), st.randoms())
def test_every_paragraph_is_kept_wherever_the_furniture_stands(paragraphs, furniture, random):
    pieces = list(paragraphs)
    for phrase in furniture:
        pieces.insert(random.randrange(len(pieces) + 1), phrase)
    article = parse("\n\n".join(pieces))
    assert [article.title, *article.paragraphs] == paragraphs


@pytest.mark.parametrize("phrase", FURNITURE)
def test_each_phrase_is_recognised_before_between_and_after_the_article(phrase):
    article = parse(f"{phrase}\n\nA title\n\n{phrase}\n\nOne.\n\n{phrase}\n\nTwo.\n\n{phrase}\n")
    assert (article.title, article.paragraphs) == ("A title", ("One.", "Two."))


@pytest.mark.parametrize(
    "text",
    [
        "Content from partners is a phrase of its own.",
        "Close\nX marks the spot.",
        "Thank you!",
        "The latest posts of the line were set in June.",
        "* * *",
    ],
)
def test_text_that_only_resembles_furniture_stays(text):
    assert parse(f"A title\n\n{text}\n\nMore.").paragraphs == (" ".join(text.splitlines()), "More.")


@pytest.mark.parametrize("ornament", ["\u200b", "×", "* * *", "\u00ad \ufeff", "———"])
def test_what_says_nothing_is_no_title(ornament):
    assert parse(f"close x\n\n{ornament}\n\nA title\n\nText.").title == "A title"
    with pytest.raises(NotAnArticle, match="no text"):
        parse(ornament)


def test_spaces_within_a_line_stay_as_they_are():
    article = parse("A\u00a0title\u2009— of sorts\u00a0\n\n\u3000\u3000前海\u00a0–\u00a02026\u200b\n")
    assert (article.title, article.paragraphs) == ("A\u00a0title\u2009— of sorts", ("前海\u00a0–\u00a02026",))


@pytest.mark.timeout(30)
def test_the_largest_file_is_read_in_seconds():
    # Looking ahead from every line to the end of the file takes minutes here.
    lines = 2 * 1024 * 1024 // len("close\n")
    assert len(parse("A title\n\n" + "close\n" * lines).paragraphs) == 1


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_file_is_an_article_or_refused_in_words(content):
    with contextlib.suppress(NotAnArticle):
        article = parse(decode(content))
        assert article.title
        assert all(article.paragraphs)
        assert 0 < len(article.standfirst) <= STANDFIRST_MAX


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(end):
    text = FILE.read_text(encoding="utf-8")
    assert parse(decode(("\ufeff" + text.replace("\n", end)).encode())) == parse(text)


def test_wrapping_makes_no_difference_to_the_digest():
    assert parse("A title\n\nOne two\nthree").digest == parse("A title\n\n\nOne two three\n").digest
    assert parse("A title\n\nOne two").digest != parse("A title\n\nOne two three").digest


def test_title_without_a_blank_line_below_it():
    article = parse("A short title\nAnd the text at once.")
    assert (article.title, article.paragraphs) == ("A short title", ("And the text at once.",))
    article = parse("A short title\nAnd the text\nat once.\n\nMore.")
    assert (article.title, article.paragraphs) == ("A short title", ("And the text at once.", "More."))


def test_title_broken_over_lines():
    assert parse("A title of\nsome length\n\nText.").title == "A title of some length"
    assert parse("Is this a title\nof some length?\n\nText.").title == "Is this a title of some length?"


def test_paragraph_that_talks_of_a_latest_post_stays():
    article = parse("A title\n\nThe latest post office closes at six.\n\nNone of the letters is late.")
    assert len(article.paragraphs) == 2


@pytest.mark.parametrize(
    ("paragraph", "standfirst"),
    [
        ("One. Two.", "One."),
        ("一句話。第二句。", "一句話。"),
        ("“Stop!” she said. Then left.", "“Stop!” she said."),
        ("“Stop!” Then he left.", "“Stop!”"),
        ("Dr. Wu came. He stayed.", "Dr. Wu came."),
        ("“Prof. J. R. Wu came.” He stayed.", "“Prof. J. R. Wu came.”"),
        ("The U.S. market grew by 3.5 per cent. Nobody saw it.", "The U.S. market grew by 3.5 per cent."),
        ("「走吧！」他說。她走了。", "「走吧！」"),
        ("no end at all", "no end at all"),
        ("word " * 200 + "end.", ("word " * 79).strip() + "…"),
        ("字" * 500 + "。", "字" * 399 + "…"),
    ],
)
def test_standfirst_is_the_first_sentence(paragraph, standfirst):
    assert parse(f"Title\n\n{paragraph}").standfirst == standfirst


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no text"),
        (b" \n\n ", "no text"),
        ("\n\n".join(FURNITURE).encode(), "no text"),
        (b"Only a title", "no paragraph"),
        (("x" * 300 + "\n\ntext").encode(), "too long for a title"),
        ("Grüße\n\nText".encode("latin-1"), "byte 3 is not UTF-8"),
        ("Title\n\nText".encode("utf-16"), "UTF-16"),
        ("Title\n\nText".encode("utf-16-le"), "byte 2 is a control character: it is not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not text"),
        (b"A title\n\nA text\x07 with a bell", "byte 16 is a control character"),
    ],
)
def test_bad_file_is_refused_in_words(content, words):
    with pytest.raises(NotAnArticle, match=words):
        parse(decode(content))
