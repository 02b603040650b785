"""How is a public file answered for, as RFC 9110 asks: conditions, codings, a range of bytes, and nothing else?

WhiteNoise finds the files and says what stands above them; this is what it would answer with. nginx before the site
answers the same (`tests/faults/test_files.py`), down to the entity tags.
"""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar
from wsgiref.headers import Headers

from django.utils.http import http_date, parse_etags, parse_http_date_safe
from whitenoise.responders import MissingFileError, StaticFile

from partners.brochures.byte_ranges import FilePart, NotSatisfiable, Span, wanted_span
from qianhai_site.accepting import best_encoding, best_of

# Handed to the web server whole, such a file occupies no thread however slowly it is read; but it lies in memory for as
# long, once for each of up to 512 connections that a process lets in. Larger ones are read while they are sent.
MOST_WHOLE = 1024 * 1024
PIECE = 64 * 1024

HeaderList = list[tuple[str, str]]
# Of the file, and of no answer without it.
_OF_THE_FILE = frozenset({"cache-control", "content-type"})
_CODINGS = {"br": "brotli", "gzip": "gzip"}


@dataclass(slots=True)
class Answer:
    """What a file answers: its bytes, or what is read in pieces and closed."""

    status: HTTPStatus
    headers: HeaderList
    body: bytes | FilePart = b""


@dataclass(slots=True)
class Form:
    """A file in one coding. Its tag is its own: other bytes (8.8.3.3)."""

    path: Path
    size: int
    etag: str
    headers: HeaderList


class File(StaticFile):
    """A file and its packed copies, as they were when it was made."""

    def __init__(
        self, path: str, headers: HeaderList, encodings: dict[str, str] | None = None, stat_cache: Any = None
    ) -> None:
        found = self.get_file_stats(path, encodings, stat_cache)
        self._safety = [(name, value) for name, value in headers if name.lower() not in _OF_THE_FILE]
        self._kept = [(name, value) for name, value in headers if name.lower() == "cache-control"]
        self._varies = [("Vary", "Accept-Encoding")] if len(found) > 1 else []
        self._modified = int(found[None].mtime)
        ours = [*headers, ("Last-Modified", http_date(self._modified)), *self._varies]

        def form(coding: str | None) -> Form:
            entry = found[coding]
            # As nginx makes it, of what no time zone changes. It has no brotli, whose copy may be as long as gzip's.
            etag = f'"{int(entry.mtime):x}-{entry.size:x}{"-br" if coding == "br" else ""}"'
            way = ("Content-Encoding", coding) if coding else ("Accept-Ranges", "bytes")
            return Form(Path(entry.path), entry.size, etag, [*ours, way, ("ETag", etag)])

        self._plain = form(None)
        self._packed = {_CODINGS[coding]: form(coding) for coding in found if coding}

    def get_response(self, method: str, request_headers: dict[str, Any]) -> Answer:
        """Return the answer to a request whose headers are named as in a WSGI environment."""
        if method not in {"GET", "HEAD"}:
            return self._refusal(HTTPStatus.METHOD_NOT_ALLOWED, ("Allow", "GET, HEAD"))
        form = self._chosen(request_headers.get("HTTP_ACCEPT_ENCODING", ""))
        if self._is_another(form, request_headers):
            return self._refusal(HTTPStatus.PRECONDITION_FAILED)
        if self._is_known(form, request_headers):
            headers = [*self._safety, *self._kept, *self._varies, ("ETag", form.etag)]
            return Answer(HTTPStatus.NOT_MODIFIED, headers)
        if method == "HEAD":
            return Answer(HTTPStatus.OK, [*form.headers, ("Content-Length", str(form.size))])
        try:
            span = self._wanted(form, request_headers)
        except NotSatisfiable:
            return self._refusal(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, ("Content-Range", f"bytes */{form.size}"))
        return _whole(form) if span is None else _part(form, span)

    def _chosen(self, accepted: str) -> Form:
        if not (accepted and self._packed):
            return self._plain
        # As of pages, which is remembered, where the same codings are there.
        best = best_encoding(accepted) if len(self._packed) == len(_CODINGS) else best_of(self._packed, accepted)
        return self._packed.get(best, self._plain)

    def _is_another(self, form: Form, asked: dict[str, Any]) -> bool:
        """Say whether somebody wants the file only as it is not (13.1.1 and 13.1.4)."""
        if (tags := asked.get("HTTP_IF_MATCH")) is not None:
            known = parse_etags(tags)
            return "*" not in known and form.etag not in known
        date = parse_http_date_safe(asked.get("HTTP_IF_UNMODIFIED_SINCE", ""))
        return date is not None and self._modified > date

    def _is_known(self, form: Form, asked: dict[str, Any]) -> bool:
        """Say whether whoever asks has it already (13.1.2 and 13.1.3)."""
        if (tags := asked.get("HTTP_IF_NONE_MATCH")) is not None:
            known = parse_etags(tags)
            return "*" in known or form.etag in known or f"W/{form.etag}" in known
        # As nginx and the page cache: a later date is no promise, it may be of another machine's clock.
        date = asked.get("HTTP_IF_MODIFIED_SINCE")
        return date is not None and parse_http_date_safe(date) == self._modified

    def _wanted(self, form: Form, asked: dict[str, Any]) -> Span | None:
        """Return the bytes that are asked for, None for all. Raises NotSatisfiable."""
        header = asked.get("HTTP_RANGE")
        # Packed copies are small, and nginx sends no parts of them either.
        if not header or form is not self._plain:
            return None
        # Of what is another file by now, the rest is of no use (13.1.5); a weak tag never says that it is the same.
        condition = asked.get("HTTP_IF_RANGE", "").strip()
        if condition and condition != form.etag and parse_http_date_safe(condition) != self._modified:
            return None
        return wanted_span(header, form.size)

    def _refusal(self, status: HTTPStatus, *more: tuple[str, str]) -> Answer:
        return Answer(status, [*self._safety, *more, ("Content-Length", "0")])


def _whole(form: Form) -> Answer:
    file = form.path.open("rb")
    if form.size > MOST_WHOLE:
        part = FilePart(file, Span(0, form.size - 1))
        return Answer(HTTPStatus.OK, [*form.headers, ("Content-Length", str(form.size))], part)
    with file:
        content = file.read()
    # Collected anew meanwhile it may have another length, and an answer of two is none.
    return Answer(HTTPStatus.OK, [*form.headers, ("Content-Length", str(len(content)))], content)


def _part(form: Form, span: Span) -> Answer:
    headers = [*form.headers, ("Content-Range", f"bytes {span.first}-{span.last}/{form.size}")]
    headers.append(("Content-Length", str(span.length)))
    part = FilePart(form.path.open("rb"), span)
    if span.length > MOST_WHOLE:
        return Answer(HTTPStatus.PARTIAL_CONTENT, headers, part)
    try:
        return Answer(HTTPStatus.PARTIAL_CONTENT, headers, part.read())
    finally:
        part.close()


class Answering:
    """What one of WhiteNoise's classes has to have before it, so that its files answer as `File` does."""

    # How the names of packed copies end.
    copies: ClassVar[dict[str, str]] = {"gzip": ".gz", "br": ".br"}

    def get_static_file(self: Any, path: str, url: str, stat_cache: Any = None) -> File:
        """Return the file at `path`. Raises MissingFileError."""
        if stat_cache is None and not Path(path).is_file():
            raise MissingFileError(path)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        if self.allow_all_origins:
            headers["Access-Control-Allow-Origin"] = "*"
        if self.add_headers_function is not None:
            self.add_headers_function(headers, path, url)
        copies = {coding: path + end for coding, end in self.copies.items()}
        return File(path, headers.items(), copies, stat_cache)
