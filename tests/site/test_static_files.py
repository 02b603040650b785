"""qianhai_site/static_files.py: files pass Django's other middleware, and what is not for readers is not there."""

from pathlib import Path

import pytest
from django.test import Client

from qianhai_site.file_answers import MOST_WHOLE

ICON = "/favicon.ico"
SAFETY = {
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Strict-Transport-Security",
}


@pytest.fixture
def collected(settings, tmp_path: Path) -> Path:
    settings.STATIC_ROOT = tmp_path
    return tmp_path


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {}, 200),
        ("HEAD", {}, 200),
        ("GET", {"Range": "bytes=0-0"}, 206),
        ("GET", {"If-None-Match": "*"}, 304),
        ("POST", {}, 405),
        ("GET", {"Range": "bytes=-0"}, 416),
    ],
)
def test_every_answer_has_the_headers_of_the_whole(settings, method, headers, status):
    settings.SECURE_HSTS_SECONDS = 60
    answer = Client().generic(method, ICON, headers=headers, secure=True)
    assert answer.status_code == status
    assert {name for name in SAFETY if name in answer.headers} == SAFETY
    assert answer.headers.get("Content-Type", "") == ("image/x-icon" if status in {200, 206} else "")
    assert ("public" in answer.headers.get("Cache-Control", "")) == (status < 400)


@pytest.mark.django_db
def test_what_collecting_notes_for_itself_is_not_there(collected):
    for name in ("staticfiles.json", "a.css"):
        (collected / name).write_text("{}")
    client = Client()
    assert client.get("/static/a.css").status_code == 200
    assert client.get("/static/staticfiles.json").status_code == 404


@pytest.mark.parametrize("size", [0, 10, MOST_WHOLE + 10])
def test_files_of_all_sizes_are_sent(collected, size):
    (collected / "a.css").write_bytes(b"x" * size)
    answer = Client().get("/static/a.css")
    assert answer.getvalue() == b"x" * size
    assert answer.headers["Content-Length"] == str(size)
    assert answer.streaming == (size > MOST_WHOLE)
