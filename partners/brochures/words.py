"""How is what a visitor typed made fit to be stored, shown and written into a letter?"""

import unicodedata


def one_line(value: str) -> str:
    """Return `value` with its white space folded and without control or direction characters."""
    if value.isprintable():
        # Nearly everything that is typed: nothing of what `_is_text` refuses, and no white space but U+0020.
        return " ".join(value.split())
    kept = "".join(" " if character.isspace() else character for character in value if _is_text(character))
    return " ".join(kept.split())


def many_lines(value: str) -> str:
    """Return `value` without control or direction characters but line ends, of which no two empty ones follow."""
    lines = (one_line(line) for line in value.splitlines())
    text = "\n".join(lines).strip()
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text


def _is_text(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
