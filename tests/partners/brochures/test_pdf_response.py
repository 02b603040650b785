"""partners/brochures/pdf_response.py: a file whole, in part, or not at all."""

import tracemalloc
from pathlib import Path

import pytest

from partners.brochures.brochure import BrochureFile
from partners.brochures.downloads import BrochureDownload
from partners.brochures.pdf_response import PdfResponse
from tests.partners.brochures.conftest import fetch, path

pytestmark = pytest.mark.django_db


def test_whole_file_says_that_it_has_parts(client, link, content):
    response = fetch(client, path(link))
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["ETag"] == f'"{link.brochure_file.sha256}"'
    assert response.headers["Content-Length"] == str(len(content))
    assert response.headers["Content-Disposition"] == 'inline; filename="Qianhai brochure.pdf"'
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "script-src" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("header", "first", "last"), [("bytes=0-9", 0, 9), ("bytes=100-", 100, None), ("bytes=-7", -7, None)]
)
def test_part_of_it(client, link, content, header, first, last):
    response = fetch(client, path(link), Range=header)
    expected = content[first:] if last is None else content[first : last + 1]
    start = len(content) - len(expected) if last is None else first
    assert response.status_code == 206
    assert response.body == expected
    assert response.headers["Content-Length"] == str(len(expected))
    assert response.headers["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(content)}"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'inline; filename="Qianhai brochure.pdf"'


def test_parts_make_the_whole(client, link, content):
    step = len(content) // 3
    parts = [
        fetch(client, path(link), Range=f"bytes={start}-{start + step - 1}").body
        for start in range(0, len(content), step)
    ]
    assert len(parts) >= 3
    assert b"".join(parts) == content


def test_range_outside_is_refused_with_the_size(client, link, content):
    response = fetch(client, path(link), Range=f"bytes={len(content)}-")
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(content)}"
    assert response.body == b""
    assert not BrochureDownload.objects.exists()


def test_several_ranges_at_once_are_answered_with_the_whole(client, link, content):
    response = fetch(client, path(link), Range="bytes=0-1,5-6")
    assert response.status_code == 200
    assert response.body == content


def test_if_range_of_another_version_or_a_date_gets_the_whole(client, link, content):
    tag = f'"{link.brochure_file.sha256}"'
    for condition in ('"another"', f"W/{tag}", "Mon, 23 Nov 2026 00:00:00 GMT"):
        response = fetch(client, path(link), Range="bytes=0-9", **{"If-Range": condition})
        assert (response.status_code, response.body) == (200, content)
    same = fetch(client, path(link), Range="bytes=0-9", **{"If-Range": tag})
    assert (same.status_code, same.body) == (206, content[:10])


def test_reader_who_has_it_is_told_so(client, link):
    tag = f'"{link.brochure_file.sha256}"'
    known = fetch(client, path(link), **{"If-None-Match": tag})
    assert (known.status_code, known.body) == (304, b"")
    assert known.headers["ETag"] == tag
    assert fetch(client, path(link), **{"If-Match": '"another"'}).status_code == 412


def test_head_ignores_a_range_and_opens_nothing(client, link, content, monkeypatch):
    monkeypatch.setattr(PdfResponse, "__init__", lambda *args, **kwargs: pytest.fail("HEAD opened the file"))
    response = client.head(path(link), headers={"Range": "bytes=0-9"})
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(len(content))
    assert response.headers["Accept-Ranges"] == "bytes"


def test_name_in_chinese_is_given_in_utf_8(client, link):
    BrochureFile.objects.update(original_filename='前海 "指南".pdf')
    for headers in ({}, {"Range": "bytes=0-9"}):
        response = fetch(client, path(link), **headers)
        encoded = "%E5%89%8D%E6%B5%B7%20%22%E6%8C%87%E5%8D%97%22.pdf"
        assert response.headers["Content-Disposition"] == f"inline; filename*=utf-8''{encoded}"


def test_memory_does_not_grow_with_the_file(client, link):
    """A file of 20 MB passes while no more than a few of its pieces are in memory."""
    size = 20 * 1024 * 1024
    with Path(link.brochure_file.file.path).open("r+b") as file:
        file.truncate(size)
    BrochureFile.objects.update(size=size)
    for headers in ({}, {"Range": "bytes=1000-"}):
        response = client.get(path(link), headers=headers)
        tracemalloc.start()
        received = sum(len(piece) for piece in response.streaming_content)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert received == size - (1000 if headers else 0)
        assert peak < 1024 * 1024
