"""Does a file answer as RFC 9110 asks, in each of its codings, and with its safety headers whatever it answers?"""

import gzip
import os
import time
from pathlib import Path
from typing import Any

import brotli
import pytest

from qianhai_site.file_answers import MOST_WHOLE, Answer, File

CONTENT = b"".join(b"%03d" % number for number in range(100))
MODIFIED = 1_784_281_777
DATE, OTHER_DATE = "Fri, 17 Jul 2026 09:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"
TAG = f'"{MODIFIED:x}-{len(CONTENT):x}"'
HEADERS = [
    ("Content-Type", "text/css"),
    ("Cache-Control", "max-age=315360000, public, immutable"),
    ("Content-Security-Policy", "default-src 'none'"),
]


def written(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    os.utime(path, (MODIFIED, MODIFIED))
    return str(path)


@pytest.fixture
def file(tmp_path: Path) -> File:
    copies = {
        "gzip": written(tmp_path / "a.css.gz", gzip.compress(CONTENT)),
        "br": written(tmp_path / "a.css.br", brotli.compress(CONTENT)),
    }
    return File(written(tmp_path / "a.css", CONTENT), list(HEADERS), copies)


def ask(file: File, method: str = "GET", **headers: str) -> Answer:
    return file.get_response(method, {f"HTTP_{name.upper()}": value for name, value in headers.items()})


def header(answer: Answer, name: str) -> str:
    return dict(answer.headers).get(name, "")


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=-1", 299, 299),
        ("bytes=299-", 299, 299),
        ("bytes=0-", 0, 299),
        ("bytes=290-9999", 290, 299),
        ("bytes=-9999", 0, 299),
    ],
)
def test_parts(file, wanted, first, last):
    answer = ask(file, range=wanted)
    assert (answer.status, answer.body) == (206, CONTENT[first : last + 1])
    assert header(answer, "Content-Range") == f"bytes {first}-{last}/300"
    assert header(answer, "Content-Length") == str(last + 1 - first)


@pytest.mark.parametrize("wanted", ["bytes=-0", "bytes=300-"])
def test_no_part_of_it(file, wanted):
    answer = ask(file, range=wanted)
    assert (answer.status, answer.body, header(answer, "Content-Range")) == (416, b"", "bytes */300")
    assert header(answer, "Content-Length") == "0"


@pytest.mark.parametrize("wanted", ["bytes=5-2", "bytes=a-b", "bytes=0-0,5-6", "items=0-3", "bytes="])
def test_what_cannot_be_read_and_several_at_once_is_as_if_it_were_not_there(file, wanted):
    answer = ask(file, range=wanted)
    assert (answer.status, answer.body, header(answer, "Content-Range")) == (200, CONTENT, "")


@pytest.mark.parametrize(
    ("condition", "status"),
    [(TAG, 206), (DATE, 206), ('"other"', 200), (f"W/{TAG}", 200), (OTHER_DATE, 200), ("yesterday", 200)],
)
def test_a_part_only_of_what_its_reader_has_a_part_of(file, condition, status):
    answer = ask(file, range="bytes=0-9", if_range=condition)
    assert (answer.status, len(answer.body)) == (status, 10 if status == 206 else 300)


def test_a_head_knows_no_parts(file):
    answer = ask(file, "HEAD", range="bytes=0-9")
    assert (answer.status, answer.body, header(answer, "Content-Length")) == (200, b"", "300")


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ({"if_none_match": TAG}, 304),
        ({"if_none_match": f'"other", {TAG}'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": f"W/{TAG}"}, 304),
        ({"if_none_match": '"other"'}, 200),
        ({"if_none_match": '"other"', "if_modified_since": DATE}, 200),
        ({"if_modified_since": DATE}, 304),
        ({"if_modified_since": OTHER_DATE}, 200),
        ({"if_modified_since": "yesterday"}, 200),
        ({"if_match": TAG}, 200),
        ({"if_match": "*"}, 200),
        ({"if_match": f"W/{TAG}"}, 412),
        ({"if_match": '"other"', "if_none_match": TAG}, 412),
        ({"if_unmodified_since": DATE}, 200),
        ({"if_unmodified_since": OTHER_DATE}, 412),
        ({"if_none_match": TAG, "range": "bytes=999-"}, 304),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditions(file, method, conditions, status):
    answer = ask(file, method, **conditions)
    assert answer.status == status
    if status != 200:
        assert answer.body == b""


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("gzip;q=0, br;q=0", ""),
        ("foo-gzip", ""),
        ("identity", ""),
    ],
)
def test_codings(file, accepted, coding):
    answer = ask(file, accept_encoding=accepted)
    unpack: Any = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}[coding]
    assert unpack(answer.body) == CONTENT
    assert (header(answer, "Content-Encoding"), header(answer, "Vary")) == (coding, "Accept-Encoding")


def test_each_coding_has_a_tag_of_its_own(file):
    answers = {coding: ask(file, accept_encoding=coding) for coding in ("identity", "gzip", "br")}
    tags = {coding: header(answer, "ETag") for coding, answer in answers.items()}
    assert len(set(tags.values())) == 3
    for coding, tag in tags.items():
        for other in tags:
            assert ask(file, accept_encoding=other, if_none_match=tag).status == (304 if other == coding else 200)


def test_packed_copies_have_no_parts(file):
    for coding in ("gzip", "br"):
        whole = ask(file, accept_encoding=coding)
        assert header(whole, "Accept-Ranges") == ""
        assert ask(file, accept_encoding=coding, range="bytes=1-4") == whole
    assert header(ask(file), "Accept-Ranges") == "bytes"


def test_copies_of_one_length_have_two_tags(tmp_path):
    copies = {end: written(tmp_path / end, b"packed") for end in ("gzip", "br")}
    file = File(written(tmp_path / "a", CONTENT), [], copies)
    assert len({header(ask(file, accept_encoding=coding), "ETag") for coding in copies}) == 2


def test_a_tag_knows_no_time_zone(tmp_path, monkeypatch):
    path, tags = written(tmp_path / "a", CONTENT), set()
    for zone in ("Asia/Hong_Kong", "UTC", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        tags.add(header(ask(File(path, [])), "ETag"))
    monkeypatch.undo()
    time.tzset()
    assert tags == {TAG}


@pytest.mark.parametrize(
    ("method", "conditions", "status"),
    [
        ("GET", {}, 200),
        ("HEAD", {}, 200),
        ("GET", {"range": "bytes=0-0"}, 206),
        ("GET", {"if_none_match": "*"}, 304),
        ("POST", {}, 405),
        ("OPTIONS", {}, 405),
        ("GET", {"if_match": '"other"'}, 412),
        ("GET", {"range": "bytes=300-"}, 416),
    ],
)
def test_safety_goes_with_every_answer_and_for_ever_only_with_the_file(file, method, conditions, status):
    answer = ask(file, method, **conditions)
    assert answer.status == status
    assert header(answer, "Content-Security-Policy") == "default-src 'none'"
    assert ("immutable" in header(answer, "Cache-Control")) == (status < 400)
    assert (header(answer, "Allow") == "GET, HEAD") == (status == 405)
    assert (header(answer, "Content-Type") == "text/css") == (status in {200, 206})
    assert len(answer.headers) == len(dict(answer.headers))


def test_large_files_are_read_while_they_are_sent(tmp_path):
    large = File(written(tmp_path / "a", b"x" * (MOST_WHOLE + 1)), [])
    for answer in (ask(large), ask(large, range="bytes=0-")):
        assert not isinstance(answer.body, bytes)
        assert header(answer, "Content-Length") == str(MOST_WHOLE + 1)
        assert answer.body.read() == b"x" * (MOST_WHOLE + 1)
        answer.body.close()
    assert ask(large, range="bytes=-5").body == b"xxxxx"


def test_what_was_collected_anew_has_the_length_that_it_has(file, tmp_path):
    (tmp_path / "a.css").write_bytes(b"shorter")
    answer = ask(file)
    assert (answer.body, header(answer, "Content-Length")) == (b"shorter", "7")


def test_one_copy_is_not_taken_for_another(tmp_path):
    copy = written(tmp_path / "a.gz", gzip.compress(CONTENT))
    file = File(written(tmp_path / "a", CONTENT), [], {"gzip": copy, "br": str(tmp_path / "a.br")})
    assert header(ask(file, accept_encoding="gzip, br"), "Content-Encoding") == "gzip"
    assert header(ask(file, accept_encoding="br"), "Content-Encoding") == ""
