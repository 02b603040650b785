"""What do a domain's SPF, DKIM and DMARC records say about mail in its name, and what should be mended?"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

# RFC 7208, 4.6.4: more terms than this that need a look-up, and the record counts as broken.
SPF_LOOKUPS = 10
_LOOKS_UP = {"include", "a", "mx", "ptr", "exists", "redirect"}
_NEED_A_VALUE = {"include", "ip4", "ip6", "exists"}
_MECHANISMS = {"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"}
_TERM = re.compile(r"(?P<qualifier>[-+~?]?)(?P<name>[A-Za-z][\w.-]*)(?:(?P<mark>[:=/])(?P<value>.+))?", re.ASCII)
# A public key of 1,024 bits takes 162 bytes, one of 2,048 takes 294.
_BYTES_OF_2048_BITS = 290


class Grade(StrEnum):
    """How good a record is: as it should be; could be better; does not do its work."""

    GOOD = "good"
    WEAK = "weak"
    WRONG = "wrong"
    # Nobody can say: no answer, or a selector that we would have to know.
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """What was found, and how to mend it where there is something to mend."""

    grade: Grade
    found: str
    mend: str = ""


def judge_spf(texts: Sequence[str]) -> Verdict:
    """Judge a domain's TXT records as to who may send in its name (RFC 7208)."""
    records = [text for text in texts if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]
    if not records:
        return Verdict(
            Grade.WRONG,
            "no record",
            "Add a TXT record at the domain: 'v=spf1 include:<what your mail server's operator names> -all'.",
        )
    if len(records) > 1:
        return Verdict(
            Grade.WRONG,
            f"{len(records)} records: all of them are ignored (RFC 7208, 4.5)",
            "Merge them into one that begins with 'v=spf1'.",
        )
    return _judge_spf_record(records[0])


def _judge_spf_record(record: str) -> Verdict:
    terms = [match for term in record.split()[1:] if (match := _TERM.fullmatch(term))]
    mechanisms = [term for term in terms if term["mark"] != "="]
    broken = [term for term in record.split()[1:] if not _is_term(term)]
    if broken:
        return Verdict(
            Grade.WRONG, f"cannot be read at {broken[0]!r}: {record}", "Correct it; a broken record counts as an error."
        )
    names = [term["name"].lower() for term in terms]
    lookups = sum(name in _LOOKS_UP for name in names)
    if lookups > SPF_LOOKUPS:
        return Verdict(
            Grade.WRONG,
            f"{lookups} look-ups, of which {SPF_LOOKUPS} are allowed: {record}",
            "Take out what no longer sends, or replace 'a', 'mx' and 'include' by 'ip4' and 'ip6'.",
        )
    everyone = next((term["qualifier"] or "+" for term in mechanisms if term["name"].lower() == "all"), None)
    if everyone == "+":
        return Verdict(Grade.WRONG, f"anybody may send: {record}", "End the record with '-all' instead of 'all'.")
    if "ptr" in names:
        return Verdict(Grade.WEAK, f"uses 'ptr', which receivers may ignore: {record}", "Name addresses instead.")
    if everyone == "?" or (everyone is None and "redirect" not in names):
        return Verdict(Grade.WEAK, f"says nothing about others: {record}", "End the record with '-all' or '~all'.")
    return Verdict(Grade.GOOD, record)


def _is_term(text: str) -> bool:
    """Say whether `text` is a mechanism or modifier of RFC 7208; its value is not looked into."""
    term = _TERM.fullmatch(text)
    if term is None:
        return False
    if term["mark"] == "=":
        # Unknown modifiers are ignored (RFC 7208, 6).
        return not term["qualifier"]
    name = term["name"].lower()
    return name in _MECHANISMS and (term["mark"] == ":" or name not in _NEED_A_VALUE)


def judge_dkim(texts: Sequence[str]) -> Verdict:
    """Judge the TXT records of one selector as to a key that signs mail (RFC 6376, 3.6.1)."""
    records = [text for text in texts if "p" in tags_of(text)]
    if not records:
        return Verdict(
            Grade.WRONG, "no key", "Add the record that your mail server's operator names for this selector."
        )
    if len(records) > 1:
        return Verdict(Grade.WRONG, f"{len(records)} keys under one selector", "Leave one of them.")
    tags = tags_of(records[0])
    if tags.get("v", "DKIM1") != "DKIM1":
        return Verdict(Grade.WRONG, f"version {tags['v']!r}", "Let the record begin with 'v=DKIM1'.")
    key = re.sub(r"\s", "", tags["p"])
    if not key:
        return Verdict(Grade.WRONG, "the key is withdrawn (empty 'p=')", "Sign with another selector, or add its key.")
    try:
        size = len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        return Verdict(
            Grade.WRONG, "the key is not base64", "Copy the record again: it is often cut off at 255 letters."
        )
    kind = tags.get("k", "rsa").lower()
    if kind == "rsa" and size < _BYTES_OF_2048_BITS:
        return Verdict(Grade.WEAK, f"an RSA key of about {_rsa_bits(size)} bits", "Change to a key of 2,048 bits.")
    if "y" in tags.get("t", "").lower().split(":"):
        return Verdict(Grade.WEAK, "marked as a test ('t=y')", "Take 't=y' out when signatures are right.")
    return Verdict(Grade.GOOD, f"an RSA key of about {_rsa_bits(size)} bits" if kind == "rsa" else f"a {kind} key")


def judge_dmarc(texts: Sequence[str]) -> Verdict:
    """Judge the TXT records at _dmarc of a domain as to what receivers shall do (RFC 7489, 6.3)."""
    records = [text for text in texts if re.match(r"v\s*=\s*DMARC1\s*(;|$)", text)]
    if not records and any(re.search(r"DMARC1|(^|;)\s*p\s*=", text, re.IGNORECASE) for text in texts):
        return Verdict(Grade.WRONG, f"does not begin with 'v=DMARC1;': {texts[0]}", "Put 'v=DMARC1;' in front.")
    if not records:
        return Verdict(
            Grade.WRONG,
            "no record",
            "Add a TXT record at _dmarc: 'v=DMARC1; p=none; rua=mailto:<your address>'; 'p=reject' when all is well.",
        )
    if len(records) > 1:
        return Verdict(Grade.WRONG, f"{len(records)} records: all of them are ignored", "Leave one of them.")
    record, tags = records[0], tags_of(records[0])
    policy = tags.get("p", "").lower()
    if policy not in {"none", "quarantine", "reject"}:
        return Verdict(
            Grade.WRONG, f"no policy: {record}", "Add 'p=none', 'p=quarantine' or 'p=reject' after 'v=DMARC1;'."
        )
    if policy == "none":
        return Verdict(Grade.WEAK, f"forgers are let through: {record}", "Change to 'p=quarantine', then 'p=reject'.")
    if tags.get("pct", "100") != "100":
        return Verdict(Grade.WEAK, f"holds for {tags['pct']}% of the mail: {record}", "Take 'pct' out.")
    if "rua" not in tags:
        return Verdict(Grade.WEAK, f"nobody is told of failures: {record}", "Add 'rua=mailto:<your address>'.")
    return Verdict(Grade.GOOD, record)


def tags_of(record: str) -> dict[str, str]:
    """Return the tags of a DKIM or DMARC record (RFC 6376, 3.2); the first of a name counts."""
    tags: dict[str, str] = {}
    for part in record.split(";"):
        name, mark, value = part.partition("=")
        if mark:
            tags.setdefault(name.strip().lower(), value.strip())
    return tags


def _rsa_bits(size: int) -> int:
    """Return the usual key size whose SubjectPublicKeyInfo takes about `size` bytes."""
    return min((512, 768, 1024, 1536, 2048, 3072, 4096), key=lambda bits: abs(bits / 8 + 38 - size))
