"""How does the light markup of the content files become HTML?

A blank line parts paragraphs, lines that start with '- ' are a list, **two stars** make bold. Nothing else is markup.
"""

import html
import re

_BOLD = re.compile(r"\*\*(.+?)\*\*")
#: Han, kana and the full-width marks: between two of these a line break is no space.
_WIDE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n|\n(?=[\u3000-\u9fff\uff00-\uffef])")


def to_html(text: str) -> str:
    """Return paragraphs and lists as the rich text editor would store them; everything else is escaped."""
    parts = []
    for chunk in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in chunk.splitlines()]
        if all(line.startswith("- ") for line in lines):
            items = "".join(f"<li>{_inline(line[2:])}</li>" for line in lines)
            parts.append(f"<ul>{items}</ul>")
        else:
            parts.append(f"<p>{_inline(_joined(lines))}</p>")
    return "".join(parts)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plain text, each on one line."""
    return [_joined(chunk.splitlines()) for chunk in re.split(r"\n\s*\n", text.strip())]


def _joined(lines: list[str]) -> str:
    return _WIDE.sub("", "\n".join(line.strip() for line in lines)).replace("\n", " ")


def _inline(text: str) -> str:
    return _BOLD.sub(r"<b>\1</b>", html.escape(text, quote=False))
