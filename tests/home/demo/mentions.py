"""Where does a document name an article, and does its label stand before the name?"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.etree import ElementTree

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

# What a reader sees as one thing: the label of a mention stands inside of it, not somewhere above.
_ITEMS = ["article", "li", "title", "aside", "section", "main", "body"]


@dataclass(frozen=True)
class Named:
    """An article: what names it, and what has to stand before that."""

    title: str
    label: str


@dataclass(frozen=True)
class Mention:
    """A place where `title` stands, `where` in words, and whether its label stands before it."""

    title: str
    where: str
    is_labelled: bool


def in_html(html: str, articles: list[Named]) -> Iterator[Mention]:
    """Yield every mention in a page: in its text, its attributes and its data blocks."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            yield from in_words(" ".join(value) if isinstance(value, list) else value, articles, f"{tag.name}[{name}]")
        if tag.name == "script" and tag.get("type") == "application/ld+json":
            yield from in_json(json.loads(tag.string or ""), articles, "JSON-LD")
    for text in soup.find_all(string=True):
        if type(text) is NavigableString and text.parent.name not in {"script", "style"}:
            yield from _in_text(text, articles)


def in_json(value: Any, articles: list[Named], where: str) -> Iterator[Mention]:
    """Yield every mention in the strings of a value of JSON; one that holds HTML is read as a page."""
    if isinstance(value, str):
        yield from in_html(value, articles) if "</p>" in value else in_words(value, articles, where)
    elif isinstance(value, list):
        for part in value:
            yield from in_json(part, articles, where)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from in_json(part, articles, f"{where} {name}")


def in_xml(document: str, articles: list[Named]) -> Iterator[Mention]:
    """Yield every mention in the elements and attributes of XML; an element that holds HTML is read as a page."""
    for element in ElementTree.fromstring(document).iter():
        yield from in_json(element.text or "", articles, element.tag)
        for name, value in element.attrib.items():
            yield from in_words(value, articles, f"{element.tag}[{name}]")


def in_words(words: str, articles: list[Named], where: str) -> Iterator[Mention]:
    """Yield every mention in one line of words, where the label stands since the last mention or the beginning."""
    plain = _plain(words)
    last = 0
    for start, article in _places(plain, articles):
        yield Mention(article.title, f"{where}: {plain[:120]}", article.label in plain[last:start])
        last = start + len(article.title)


def _in_text(text: NavigableString, articles: list[Named]) -> Iterator[Mention]:
    plain = _plain(str(text))
    for start, article in _places(plain, articles):
        item = text.find_parent(_ITEMS)
        before = _plain(_text_before(item, text) + " " + plain[:start])
        # What was said of an article before says nothing about this one.
        last = max((at + len(each.title) for at, each in _places(before, articles)), default=0)
        where = f"<{item.name}> {before[-60:]} | {plain[start : start + 60]}" if isinstance(item, Tag) else plain
        yield Mention(article.title, where, article.label in before[last:])


def _text_before(item: Tag | None, text: NavigableString) -> str:
    parts = []
    for string in (item or list(text.parents)[-1]).find_all(string=True):
        if string is text:
            break
        if type(string) is NavigableString and string.parent.name not in {"script", "style"}:
            parts.append(str(string))
    return " ".join(parts)


def _places(plain: str, articles: list[Named]) -> list[tuple[int, Named]]:
    found = {}
    named = [article for article in articles if _name(article) in plain]
    # The longest first: a title may stand inside of another.
    for article in sorted(named, key=lambda each: -len(each.title)):
        for match in re.finditer(re.escape(_name(article)), plain):
            if not any(start <= match.start() < start + len(each.title) for start, each in found.items()):
                found[match.start()] = article
    return sorted(found.items(), key=lambda place: place[0])


@cache
def _name(article: Named) -> str:
    return _plain(article.title)


def _plain(words: str) -> str:
    return " ".join(words.split())
