"""How does the light markup of the content files become HTML?

A blank line parts paragraphs, lines that start with '- ' are a list, **two stars** make bold, and [words](slug) link to
the article of that slug. Nothing else is markup.
"""

import html
import re
from collections.abc import Mapping

_LINK = re.compile(r"\[([^\]]+)\]\(([a-z0-9-]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
#: Han, kana and the full-width marks: between two of these a line break is no space.
_WIDE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n|\n(?=[\u3000-\u9fff\uff00-\uffef])")


def to_html(text: str, articles: Mapping[str, int] | None = None) -> str:
    """Return paragraphs and lists as the rich text editor would store them; everything else is escaped.

    `articles` gives the primary keys of those that the text may link to. Raises KeyError for a link to another.
    """
    known = articles or {}
    parts = []
    for chunk in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in chunk.splitlines()]
        if all(line.startswith("- ") for line in lines):
            items = "".join(f"<li>{_inline(line[2:], known)}</li>" for line in lines)
            parts.append(f"<ul>{items}</ul>")
        else:
            parts.append(f"<p>{_inline(_joined(lines), known)}</p>")
    return "".join(parts)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plain text, each on one line."""
    return [_joined(chunk.splitlines()) for chunk in re.split(r"\n\s*\n", text.strip())]


def _joined(lines: list[str]) -> str:
    return _WIDE.sub("", "\n".join(line.strip() for line in lines)).replace("\n", " ")


def _inline(text: str, articles: Mapping[str, int]) -> str:
    bold = _BOLD.sub(r"<b>\1</b>", html.escape(text, quote=False))
    return _LINK.sub(lambda link: f'<a id="{articles[link[2]]}" linktype="page">{link[1]}</a>', bold)
