"""What is kept of an answer, ready to be sent again in each encoding, or as 'you have it already'?"""

import gzip
import hashlib
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import brotli
from django.utils import timezone
from django.utils.http import http_date, parse_etags, parse_http_date_safe

# Headers that are made anew, or that said what no longer matters: nothing of the visitor reached the page.
_MADE_ANEW = frozenset({"cache-control", "content-length", "etag", "expires", "last-modified", "pragma", "vary"})
# An answer that one of these words stands in is somebody's own.
_NOT_FOR_ALL = frozenset({"private", "no-store", "no-cache"})
# Of those, an answer may name the one that says nothing: the language is the path's, whatever the browser prefers.
_HARMLESS_VARY = frozenset({"accept-language", "accept-encoding"})
# Beside the bodies, what an entry costs: its headers, tags and places in the store.
OVERHEAD = 4096
# The middle of brotli: half a millisecond for an article, and a tenth more bytes than its slowest.
BROTLI_QUALITY = 5
GZIP_LEVEL = 6

# Seconds that anything is kept at most, whatever it depends on.
LONGEST = 3600.0

Headers = list[tuple[str, str]]


def last_moment() -> float:
    """Return until when (of the monotonic clock) what is begun now may be kept: what a page says may change with the
    day, though no row does.
    """
    now = timezone.localtime()
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return time.monotonic() + min((midnight - now).total_seconds(), LONGEST)


@dataclass(slots=True)
class Entry:
    """One answer in memory. `good_until` and `stale_until` are readings of the monotonic clock."""

    identity: tuple[Headers, list[bytes]]
    gzip: tuple[Headers, list[bytes]]
    brotli: tuple[Headers, list[bytes]]
    not_modified: Headers
    etag: str
    made_at: int
    good_until: float
    tags: frozenset[str]
    size: int
    # Whether a date alone may prove that somebody has this: not where something changed in the same second.
    answers_dates: bool = True
    is_fresh: bool = True
    stale_until: float = 0.0
    # Asked for again since the store last looked.
    is_used: bool = field(default=False)

    def is_known_to(self, environ: dict[str, Any]) -> bool:
        """Say whether whoever asks has this already (RFC 9110, 13.1.2 and 13.1.3)."""
        if tags := environ.get("HTTP_IF_NONE_MATCH"):
            known = parse_etags(tags)
            return "*" in known or self.etag in known or self.etag.removeprefix("W/") in known
        if (date := environ.get("HTTP_IF_MODIFIED_SINCE")) and self.answers_dates:
            # A later one is no promise: it may be of another machine, whose clock is ahead, and of what that has shown.
            return parse_http_date_safe(date) == self.made_at
        return False


def is_for_all(status: str, headers: Headers) -> bool:
    """Say whether an answer is a whole page that holds nothing of a person, as far as it says so itself."""
    if not status.startswith("200 "):
        return False
    for name, value in headers:
        low = name.lower()
        if low in {"set-cookie", "content-encoding", "content-range", "www-authenticate"}:
            return False
        words = {word.split("=")[0].strip() for word in value.lower().split(",")}
        if low == "cache-control" and words & _NOT_FOR_ALL:
            return False
        if low == "vary" and not words <= _HARMLESS_VARY:
            return False
    return True


def make_entry(
    headers: Headers,
    body: bytes,
    *,
    policy: str,
    good_until: float,
    tags: frozenset[str],
    made_at: int,
    answers_dates: bool,
) -> Entry:
    """Return what is kept of an answer (200) with its ready-made bodies; `policy` is its Cache-Control, `made_at` the
    second of which it is (Unix time).
    """
    kept = [(name, value) for name, value in headers if name.lower() not in _MADE_ANEW]
    # Weak: the same page in three encodings (RFC 9110, 8.8.3.3). Of its headers, too: whoever has the page takes the
    # headers that it came with for those of today, and so would keep a content policy of another release.
    etag = f'W/"{hashlib.blake2b(repr(kept).encode() + body, digest_size=12).hexdigest()}"'
    # A date that proves nothing is not told: a cache in front compares dates by itself.
    dated = [("Last-Modified", http_date(made_at))] if answers_dates else []
    ours = [("Cache-Control", policy), ("ETag", etag), *dated, ("Vary", "Accept-Encoding")]
    kept += ours

    def encoded(name: str, content: bytes) -> tuple[Headers, list[bytes]]:
        encoding = [("Content-Encoding", name)] if name else []
        return [*kept, *encoding, ("Content-Length", str(len(content)))], [content]

    packed, pressed = gzip.compress(body, GZIP_LEVEL, mtime=0), brotli.compress(body, quality=BROTLI_QUALITY)
    return Entry(
        identity=encoded("", body),
        gzip=encoded("gzip", packed),
        brotli=encoded("br", pressed),
        not_modified=ours,
        etag=etag,
        made_at=made_at,
        good_until=good_until,
        tags=tags,
        size=len(body) + len(packed) + len(pressed) + OVERHEAD,
        answers_dates=answers_dates,
    )
