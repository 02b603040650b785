"""partners/brochures/byte_ranges.py: which bytes a Range header asks for (RFC 9110, 14)."""

import io

import pytest

from partners.brochures.byte_ranges import FilePart, NotSatisfiable, Span, begins_at_start, wanted_span


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", Span(0, 0)),
        ("bytes=0-99", Span(0, 99)),
        ("bytes=0-", Span(0, 99)),
        ("bytes=40-", Span(40, 99)),
        ("bytes=40-1000", Span(40, 99)),
        ("bytes=99-99", Span(99, 99)),
        ("bytes=-1", Span(99, 99)),
        ("bytes=-100", Span(0, 99)),
        ("bytes=-1000", Span(0, 99)),
        ("Bytes=5-6", Span(5, 6)),
        (" bytes = 5-6 ", Span(5, 6)),
        ("bytes=,5-6,", Span(5, 6)),
    ],
)
def test_one_range(header, span):
    assert wanted_span(header, 100) == span


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=6-5",
        "bytes=5",
        "bytes=--5",
        "bytes=+5-6",
        "bytes=0-1,5-6",
        "lines=0-1",
        "bytes=٣-٤",
        "bytes=" + "9" * 400 + "-",
    ],
)
def test_what_is_malformed_or_not_supported_gets_the_whole(header):
    assert wanted_span(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999999999999999999-"])
def test_range_outside_the_file(header):
    with pytest.raises(NotSatisfiable):
        wanted_span(header, 100)


def test_no_part_of_an_empty_file():
    for header in ("bytes=0-", "bytes=-5"):
        with pytest.raises(NotSatisfiable):
            wanted_span(header, 0)


@pytest.mark.parametrize(
    ("header", "begins"), [("bytes=0-", True), ("bytes=0-1", True), ("bytes=1-", False), ("bytes=-9", False)]
)
def test_whether_a_reading_begins(header, begins):
    assert begins_at_start(header) is begins


def test_part_is_read_in_pieces_and_closes_its_file():
    file = io.BytesIO(bytes(range(100)))
    part = FilePart(file, Span(10, 19))
    pieces = [part.read(4), part.read(4), part.read(4), part.read(4)]
    assert b"".join(pieces) == bytes(range(10, 20))
    assert [len(piece) for piece in pieces] == [4, 4, 2, 0]
    part.close()
    assert file.closed
