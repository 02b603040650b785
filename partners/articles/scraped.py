"""What is the article in the text of a scraped page, once the page's own furniture is taken out?"""

import hashlib
import re
from dataclasses import dataclass
from itertools import pairwise

TITLE_MAX = 255
STANDFIRST_MAX = 400

# The words of the page that this site replaces, as `_plain` leaves them: form, label and listing.
_FURNITURE = (
    "close x",
    "enter your info below and we will send you the brochure to your inbox",
    "thank you your submission has been received",
    "oops something went wrong while submitting the form",
    "content from partner",
)
# The listing at the end prints 'none' for every post that it does not have, at times glued to its heading.
_LISTING = re.compile(r"latest posts?( ?none)*")
_NOTHING = re.compile(r"none( ?none)*")
# A phrase is broken over no more lines than this, blank ones not counted.
_LONGEST_PHRASE = 8

_HAN = re.compile(r"[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_SENTENCE = re.compile(r".+?(?:[.!?…][”’\"')\]]*(?=\s|$)|[。！？…][」』”’]*)")


class NotAnArticle(ValueError):  # noqa: N818  named for what it says of the text
    """The text holds no article; the message says what is missing and how to mend it."""


@dataclass(frozen=True)
class ScrapedArticle:
    """An article as plain text: its title, and its paragraphs in order."""

    title: str
    paragraphs: tuple[str, ...]

    @property
    def standfirst(self) -> str:
        """The first sentence of the first paragraph, cut at a word where it is longer than a standfirst may be."""
        first = self.paragraphs[0]
        sentence = match[0] if (match := _SENTENCE.match(first)) else first
        if len(sentence) <= STANDFIRST_MAX:
            return sentence
        cut = sentence[: STANDFIRST_MAX - 1]
        return (cut.rsplit(None, 1)[0] if " " in cut else cut) + "…"

    @property
    def digest(self) -> str:
        """The SHA-256, as hex, of title and paragraphs: the same for the same article, however it was wrapped."""
        return hashlib.sha256("\n\n".join([self.title, *self.paragraphs]).encode()).hexdigest()


def decode(content: bytes) -> str:
    """Return the text of a file's `content`: UTF-8, with or without a byte order mark.

    Raises NotAnArticle for any other encoding and for what is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotAnArticle("it is UTF-16. Save it as UTF-8.")
    if b"\x00" in content:
        raise NotAnArticle("it is not text.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotAnArticle(f"byte {error.start + 1} is not UTF-8. Save it as UTF-8.") from error


def parse(text: str) -> ScrapedArticle:
    """Return the article in the `text` of a scraped page.

    Paragraphs are separated by blank lines and may be wrapped. Quotation marks, dashes and spaces stay as they are.
    Raises NotAnArticle where no title, or no paragraph below it, is left.
    """
    blocks = _blocks(_without_furniture([line.strip() for line in text.splitlines()]))
    if not blocks:
        raise NotAnArticle("it holds no text beside the words of the form.")
    title, rest = _joined(blocks[0]), blocks[1:]
    if len(title) > TITLE_MAX or (not rest and len(blocks[0]) > 1):
        # No blank line below the title: the first line is the title, the rest of the block a paragraph.
        title, rest = blocks[0][0], [blocks[0][1:], *rest]
    if len(title) > TITLE_MAX:
        raise NotAnArticle(f"its first paragraph is too long for a title (at most {TITLE_MAX} characters).")
    paragraphs = tuple(_joined(block) for block in rest if block)
    if not paragraphs:
        raise NotAnArticle("it holds a title, but no paragraph below it.")
    return ScrapedArticle(title=title, paragraphs=paragraphs)


def _plain(text: str) -> str:
    """Return `text` in lower case with everything but letters and digits folded into single spaces."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _without_furniture(lines: list[str]) -> list[str]:
    """Return `lines` without the lines that make up a phrase of the page's furniture, broken as it may be."""
    kept: list[str] = []
    after_listing = False
    number = 0
    while number < len(lines):
        plain = _plain(lines[number])
        if _LISTING.fullmatch(plain) or (after_listing and _NOTHING.fullmatch(plain)):
            after_listing = True
            number += 1
        elif length := _furniture_at(lines, number):
            number += length
        else:
            after_listing = after_listing and not plain
            kept.append(lines[number])
            number += 1
    return kept


def _furniture_at(lines: list[str], start: int) -> int:
    """Return how many lines from `start` make up a phrase of the furniture; 0 where none begins there."""
    said = ""
    filled = 0
    for length, line in enumerate(lines[start:], 1):
        plain = _plain(line)
        if not plain:
            if not filled:
                return 0
            continue
        said = f"{said} {plain}".strip()
        filled += 1
        if said in _FURNITURE:
            return length
        if filled >= _LONGEST_PHRASE or not any(phrase.startswith(said + " ") for phrase in _FURNITURE):
            return 0
    return 0


def _blocks(lines: list[str]) -> list[list[str]]:
    """Return the runs of lines between blank lines."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _joined(lines: list[str]) -> str:
    """Return wrapped `lines` as one: with a space between them, but none between two Chinese characters."""
    text = lines[0]
    for before, line in pairwise(lines):
        glue = "" if _HAN.match(before[-1]) and _HAN.match(line[0]) else " "
        text += glue + line
    return text
