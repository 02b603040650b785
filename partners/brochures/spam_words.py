"""What do the words and the address in a form say about who wrote them?"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.utils.encoding import punycode

from partners.delivery.recipient_domain import ascii_domain, has_another_domain

_HERE = Path(__file__).parent
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
# Mail to name+anything goes to name nearly everywhere (RFC 5233); these two domains are one, and ignore dots.
_GMAIL = frozenset({"gmail.com", "googlemail.com"})

_LINK = re.compile(r"\b[a-z][a-z0-9+.-]{1,10}://|\bwww\d?\.", re.IGNORECASE)
_LINK_MARKUP = re.compile(r"<\s*a\b|href\s*=|\[\s*(?:url|link)\b|\]\(\s*https?:", re.IGNORECASE)
# A company may be called by the address of its site, and somebody who writes at length may give their own.
_MOST_LINKS_IN_A_TEXT = 2
_MOST_WORDS_BESIDE_A_LINK = 2
# Two people of one name are no robot: 'Li Wei' alone says nothing, and neither does an empty form.
_SHORTEST_TEXT = 8


def mailbox(email: str) -> str:
    """Return one spelling for every address that reaches the same mailbox.

    Case, quotation marks around the name, a tag after '+', Gmail's dots and the two spellings of an international
    domain make no difference.
    """
    local, _, domain = unicodedata.normalize("NFKC", email).strip().rpartition("@")
    domain, local = _ascii_domain(domain), _unquoted(local.casefold())
    # '+1@example.com' is an address too.
    local = local.partition("+")[0] or local
    if domain in _GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def is_disposable(email: str) -> bool:
    """Say whether the address is of a provider of mailboxes for minutes, or below the domain of one."""
    labels = _ascii_domain(email.rpartition("@")[2]).split(".")
    return any(".".join(labels[start:]) in _listed("disposable_domains.txt") for start in range(len(labels) - 1))


def is_role(email: str) -> bool:
    """Say whether the address is an office's and not a person's (RFC 2142 and common use): info@, sales@."""
    return email.rpartition("@")[0].partition("+")[0].casefold() in _listed("role_names.txt")


def pushes_links(line: str) -> bool:
    """Say whether an answer of one line is there for the sake of a link.

    The address of a site alone may be what a company is called by; with words around it, it is an advertisement.
    """
    if _LINK_MARKUP.search(line):
        return True
    links = len(_LINK.findall(line))
    return links > 1 or (links == 1 and len(line.split()) > 1 + _MOST_WORDS_BESIDE_A_LINK)


def is_full_of_links(text: str) -> bool:
    """Say whether an answer of several lines holds marked-up links, or more of them than a person gives."""
    return bool(_LINK_MARKUP.search(text)) or len(_LINK.findall(text)) > _MOST_LINKS_IN_A_TEXT


def same_text(texts: Iterable[str]) -> str:
    """Return what equal forms have in common: their free texts, in one spelling; empty where that says nothing."""
    words = " ".join(word for text in texts for word in unicodedata.normalize("NFKC", text).casefold().split() if word)
    return words if len(words) >= _SHORTEST_TEXT else ""


def _unquoted(local: str) -> str:
    """Return what a name between quotation marks means (RFC 5321, 4.1.2): no form takes one, but rows may have some."""
    if len(local) > 1 and local[0] == local[-1] == '"':
        return _QUOTED_PAIR.sub(r"\1", local[1:-1])
    return local


def _ascii_domain(domain: str) -> str:
    """Return `domain` in ASCII and small letters; in small letters alone where it can be no domain."""
    try:
        small = ascii_domain(domain) if has_another_domain(domain) else punycode(domain.casefold())
    except UnicodeError:
        small = domain.casefold()
    return small.rstrip(".")


@cache
def _listed(filename: str) -> frozenset[str]:
    """Return the entries of a list that lies beside this file: one a line, '#' begins a remark."""
    lines = (_HERE / filename).read_text(encoding="utf-8").splitlines()
    return frozenset(entry for line in lines if (entry := line.partition("#")[0].strip()))
