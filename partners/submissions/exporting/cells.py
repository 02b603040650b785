"""How is a cell written so that no program takes it for a formula, and so that the text can be had back?

The rule, for CSV: where a cell begins, and behind each semicolon, tab and line end within it (places at which a
program that was told another separator begins a cell), an apostrophe is put in front of what could begin a formula,
and in front of every apostrophe that stands there already. So one apostrophe at each of these places, if there is one,
is ours: `as_given` takes it away and leaves what the person wrote. https://owasp.org/www-community/attacks/CSV_Injection
"""

import re

# What Excel keeps of a cell, in units of UTF-16. The rest of a longer one it puts into cells of its own.
LONGEST_CELL = 32_767
CUT_MARK = " [… cut]"

# Control characters, which XML 1.0 (2.2) and so XLSX cannot hold, and the halves of surrogate pairs.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BEGINS = r"(?:^|(?<=[;\t\r\n]))"
# Spaces of any kind, quotes, and what has no width: programs drop them before they look for a formula.
_SKIPPED = "(?:(?![\t\r\n])[\\s\"'\u2018\u2019\u201c\u201d\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff])*"
# The full-width and small forms too: programs that expect Chinese input take them for the others.
_FORMULA = "[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]"
# Most texts: they begin with a digit, a letter of ASCII or a Chinese one, and hold nothing that the rest looks for.
_PLAIN = re.compile("[0-9A-Za-z\u4e00-\u9fff][^;\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]*")
_RISKY = re.compile(rf"{_BEGINS}(?=['\t\r\n]|{_SKIPPED}{_FORMULA})")
_OURS = re.compile(rf"{_BEGINS}'")


def cleaned(text: str) -> str:
    """Return `text` without control characters, its line ends as they are in Unix."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_plain(text: str) -> bool:
    """Say whether `text` may stand in any file as it is: a quick answer for most, never a wrong yes."""
    return not text or (len(text) <= LONGEST_CELL // 2 and _PLAIN.fullmatch(text) is not None)


def is_risky(text: str) -> bool:
    """Say whether a program could take `text`, or a part of it, for a formula."""
    return _RISKY.search(text) is not None


def neutralised(text: str) -> str:
    """Return `text` with an apostrophe wherever a formula could begin: see the module's rule."""
    return _RISKY.sub("'", text)


def as_given(text: str) -> str:
    """Return what was `neutralised`: for programs that read an export."""
    return _OURS.sub("", text)


def cut(text: str) -> str:
    """Return `text` in at most LONGEST_CELL units of UTF-16, with CUT_MARK at its end where it was longer."""
    if len(text) <= LONGEST_CELL // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return text
    return units[: 2 * (LONGEST_CELL - len(CUT_MARK))].decode("utf-16-le", errors="ignore") + CUT_MARK


def csv_cell(text: str) -> str:
    """Return `text` as a CSV file may hold it."""
    if is_plain(text):
        return text
    return cut(neutralised(cleaned(text)))


def xlsx_cell(text: str) -> str:
    """Return `text` as an XLSX file may hold it in a cell that is declared to be text: nothing is put in front.

    One text is changed: XlsxWriter takes what begins with <r> and ends with </r> for a rich text of its own making, and
    writes it as XML, unescaped; a space behind it makes it a text again.
    """
    if is_plain(text):
        return text
    text = cut(cleaned(text))
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
