"""To which domain does a letter go whose address has letters that are not ASCII?

Python, and so Django's mail, knows IDNA 2003 (RFC 3490) alone, which makes 'ss' of 'ß' and 'σ' of 'ς', and drops
joiners. In IDNA 2008 (RFC 5891) these are letters of their own, so that straße.de and strasse.de are two domains,
perhaps of two owners. https://www.unicode.org/reports/tr46/#Deviations
"""

import unicodedata

import idna

# Beside these, the two agree: ß and its capital, the sigma at the end of a word.
OF_OTHER_DOMAINS = frozenset("ßẞς")
_JOINERS = frozenset("\u200c\u200d")


def has_another_domain(domain: str) -> bool:
    """Say whether `domain`, as it was typed, is another one in IDNA 2008 than in IDNA 2003."""
    return not (OF_OTHER_DOMAINS | _JOINERS).isdisjoint(unicodedata.normalize("NFKC", domain))


def ascii_domain(domain: str) -> str:
    """Return `domain` as IDNA 2008 writes it in ASCII. Raises UnicodeError where it can be none there."""
    return idna.encode(domain, uts46=True).decode("ascii")


def as_sent(address: str) -> str:
    """Return `address` as it is to be given to a mail server, or to a provider, which may know IDNA 2003 alone.

    What the two agree on is left as it is. Raises UnicodeError where its domain can be none.
    """
    local, _at, domain = address.rpartition("@")
    return f"{local}@{ascii_domain(domain)}" if has_another_domain(domain) else address
