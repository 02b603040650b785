"""What is the article in the text of a scraped page, once the page's own furniture is taken out?"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

TITLE_MAX = 255
STANDFIRST_MAX = 400

# The words of the page that this site replaces, as `_bare` leaves them: form, label and listing. No two begin with
# the same letters, so a run of them can be read from its front.
_FURNITURE = (
    "closex",
    "enteryourinfobelowandwewillsendyouthebrochuretoyourinbox",
    "thankyouyoursubmissionhasbeenreceived",
    "oopssomethingwentwrongwhilesubmittingtheform",
    "contentfrompartner",
    "latestposts",
)
# The listing at the end prints 'none' for every post that it does not have, at times glued to its heading.
_LISTING = r"latestposts?(?:none)*"
_PHRASE = re.compile("|".join([*_FURNITURE[:-1], _LISTING]))
_ENDS_IN_LISTING = re.compile(f"{_LISTING}$")
_NOTHING = re.compile(r"(?:none)+")

# Bytes that no text holds and that no feed or XML may carry. Neither is ever part of a longer UTF-8 character.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1b\x1f\x7f]")
# White space and characters without width, neither of which can be seen at the end of a line.
_UNSEEN = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

_HAN = re.compile(r"[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_SENTENCE_END = re.compile(r"[.!?…][”’\"')\]]*(?=\s|$)|[。！？…][」』”’]*")
# A full stop after one of these, or after single letters as in 'J.' and 'U.S.', seldom ends a sentence.
_SHORTENED = frozenset({"co", "dr", "eg", "gen", "hon", "ie", "lt", "mr", "mrs", "ms", "prof", "rev", "st", "vs"})
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_LETTERS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_FULL_STOP = re.compile(r"[.。][”’\"')\]」』]*$")


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
        sentence = _first_sentence(self.paragraphs[0])
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
    if control := _CONTROL.search(content):
        raise NotAnArticle(f"byte {control.start() + 1} is a control character: it is not text.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotAnArticle(f"byte {error.start + 1} is not UTF-8. Save it as UTF-8.") from error


def parse(text: str) -> ScrapedArticle:
    """Return the article in the `text` of a scraped page.

    Paragraphs are separated by blank lines and may be wrapped, and so may the title. Quotation marks, dashes and
    spaces stay as they are. What stands before the title and has neither letter nor digit is an ornament.
    Raises NotAnArticle where no title, or no paragraph below it, is left.
    """
    blocks = _blocks(_without_furniture([line.strip(_UNSEEN) for line in text.splitlines()]))
    while blocks and not _LETTER_OR_DIGIT.search(_joined(blocks[0])):
        del blocks[0]
    if not blocks:
        raise NotAnArticle("it holds no text beside the words of the form.")
    title, rest = _joined(blocks[0]), blocks[1:]
    if len(title) > TITLE_MAX or (len(blocks[0]) > 1 and (not rest or _FULL_STOP.search(title))):
        # No blank line below the title: the first line is the title, the rest of the block a paragraph.
        title, rest = blocks[0][0], [blocks[0][1:], *rest]
    if len(title) > TITLE_MAX:
        raise NotAnArticle(f"its first paragraph is too long for a title (at most {TITLE_MAX} characters).")
    paragraphs = tuple(_joined(block) for block in rest if block)
    if not paragraphs:
        raise NotAnArticle("it holds a title, but no paragraph below it.")
    return ScrapedArticle(title=title, paragraphs=paragraphs)


def _first_sentence(text: str) -> str:
    """Return the first sentence of `text`, or, where none ends, `text` up to one character more than fits."""
    beginning = text[: STANDFIRST_MAX + 1]
    for end in _SENTENCE_END.finditer(beginning):
        words = beginning[: end.start()].split()
        last = words[-1].lstrip("“‘\"'([") if words else ""
        shortened = end[0][0] == "." and (last.casefold().replace(".", "") in _SHORTENED or _LETTERS.fullmatch(last))
        if not shortened and not beginning[end.end() :].lstrip()[:1].islower():
            return beginning[: end.end()]
    return beginning


def _bare(text: str) -> str:
    """Return the letters and digits of `text` alone, in lower case; a multiplication sign is the 'x' that closes."""
    folded = unicodedata.normalize("NFKC", text.replace("×", "x")).casefold()
    return "".join(re.findall(r"[^\W_]+", folded))


def _without_furniture(lines: list[str]) -> list[str]:
    """Return `lines` without the lines that make up the page's furniture, broken or run together as it may be."""
    kept: list[str] = []
    after_listing = False
    number = 0
    while number < len(lines):
        bare = _bare(lines[number])
        if length := _furniture_at(lines, number):
            said = _bare("".join(lines[number : number + length]))
            after_listing = _ENDS_IN_LISTING.search(said) is not None
            number += length
        elif after_listing and _NOTHING.fullmatch(bare):
            number += 1
        else:
            after_listing = after_listing and not bare
            kept.append(lines[number])
            number += 1
    return kept


def _furniture_at(lines: list[str], start: int) -> int:
    """Return how many lines from `start` are furniture and nothing else; 0 where the text is more, or other."""
    unfinished = ""
    for number in range(start, len(lines)):
        bare = _bare(lines[number])
        if not bare:
            if not unfinished:
                return 0
            continue
        unfinished += bare
        while phrase := _PHRASE.match(unfinished):
            unfinished = unfinished[phrase.end() :]
        if not unfinished:
            return number - start + 1
        if not any(phrase.startswith(unfinished) for phrase in _FURNITURE):
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
