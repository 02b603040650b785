"""How is what we know about a person handed out: one ZIP of a page to read and a file for programs, as it is made?

Nothing is stored for it, neither in memory as a whole nor on disk.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import translation

from partners.brochures.person import as_address, own_of, requests_of
from partners.brochures.submission import Submission
from partners.submissions.access_log import Way, record_access
from partners.submissions.person_facts import ASTRAY, Facts, head_facts, request_facts

JSON_NAME, PAGE_NAME = "data.json", "data.html"
_TEMPLATES = "partners/submissions/person_file"
# Where the requests go in the page. No value can hold it: those are escaped.
_REQUESTS = "<!-- requests -->"


def person_file(address: str, *, user: AbstractBaseUser | None = None, via: str = "") -> Iterator[bytes]:
    """Return the parts of the ZIP about whoever has the mailbox of `address`, and write down that it was made.

    Of a request that has another address by now, it holds the letters that went to this one alone: a mistyped address
    is a stranger's. In the language of the newest request of the person. A person of whom nothing is known gets a file
    that says so. Who made it is written with each request, before anything is read. Raises NoAddress.
    """
    address = as_address(address)
    ids = requests_of(address)
    for submission in Submission.objects.filter(pk__in=ids):
        record_access(Way.FILE, user=user, via=via, submission=submission, count=1)
    newest = Submission.objects.filter(pk__in=own_of(ids, address)).order_by("-pk").first()
    return _zip(address, ids, newest.language if newest else translation.get_language())


class _Outlet(io.RawIOBase):
    """What the ZIP is written into, to be taken out part by part."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def _zip(address: str, ids: Sequence[int], language: str) -> Iterator[bytes]:
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, parts in ((JSON_NAME, _json), (PAGE_NAME, _page)):
            with archive.open(name, "w") as entry:
                for part in _in_language(language, parts(address, ids)):
                    entry.write(part.encode())
                    yield outlet.take()
    yield outlet.take()


def _in_language(language: str, parts: Iterable[str]) -> Iterator[str]:
    """Yield `parts`, each made in `language`, which is not active outside: what runs in between is not ours."""
    iterator = iter(parts)
    while True:
        with translation.override(language):
            part = next(iterator, None)
        if part is None:
            return
        yield part


def _json(address: str, ids: Sequence[int]) -> Iterator[str]:
    """Yield {..., "requests": [...]} in parts."""
    yield f'{_dump(head_facts(address, ids))[:-2]},\n  "requests": ['
    for number, facts in enumerate(request_facts(ids, address)):
        yield (",\n" if number else "\n") + _dump(facts)
    yield "\n  ]\n}\n"


def _page(address: str, ids: Sequence[int]) -> Iterator[str]:
    head = head_facts(address, ids)
    context = {"head": head, "number": len(own_of(ids, address)), "others": _others(head)}
    around = render_to_string(f"{_TEMPLATES}.html", context)
    above, _mark, below = around.partition(_REQUESTS)
    yield above
    for facts in request_facts(ids, address):
        yield render_to_string(f"{_TEMPLATES}_request.html", {"request": facts})
    yield below


def _others(head: Facts) -> dict[str, Any]:
    """Return what the other parts of the site tell: lists of dictionaries, but for the letters, which have a place."""
    return {
        name: rows
        for name, rows in head.items()
        if name != ASTRAY and isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)
    }


def _dump(facts: Facts) -> str:
    return json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
