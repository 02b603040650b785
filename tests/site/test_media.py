"""qianhai_site/media.py: renditions are public, in ranges and for ever; what lies beside them is not."""

from typing import Any

import pytest
from django.conf import settings

from tests import builders
from tests.wsgi_answer import PictureAnswer

pytestmark = pytest.mark.django_db


@pytest.fixture
def rendition() -> Any:
    return builders.image().get_rendition("width-100")


def test_rendition_is_sent_whole_and_to_be_kept(rendition):
    answer = PictureAnswer(rendition.url)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    with rendition.file.open() as file:
        assert answer.body == file.read()
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_one_made_a_moment_ago_is_there(rendition):
    made = builders.image("Another").get_rendition("width-90")
    assert PictureAnswer(made.url).status == 200


def test_parts_of_it_are_sent(rendition):
    whole = PictureAnswer(rendition.url).body
    answer = PictureAnswer(rendition.url, HTTP_RANGE="bytes=4-9")
    assert (answer.status, answer.body) == (206, whole[4:10])
    assert answer.headers["Content-Range"] == f"bytes 4-9/{len(whole)}"
    assert PictureAnswer(rendition.url, HTTP_RANGE=f"bytes={len(whole)}-").status == 416


def test_whoever_has_it_is_told_so(rendition):
    tag = PictureAnswer(rendition.url).headers["ETag"]
    answer = PictureAnswer(rendition.url, HTTP_IF_NONE_MATCH=tag)
    assert (answer.status, answer.body) == (304, b"")


def test_only_its_head_is_sent_where_that_is_asked(rendition):
    answer = PictureAnswer(rendition.url, "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


def test_nothing_is_written(rendition):
    answer = PictureAnswer(rendition.url, "POST")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {}),
        ("HEAD", {}),
        ("GET", {"HTTP_IF_NONE_MATCH": "*"}),
        ("GET", {"HTTP_RANGE": "bytes=-0"}),
        ("POST", {}),
    ],
)
def test_every_answer_has_the_headers_that_the_settings_give_all(settings, rendition, method, headers):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 60, True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for proto, transport in (("https", "max-age=60; includeSubDomains"), ("http", None)):
        found = PictureAnswer(rendition.url, method, HTTP_X_FORWARDED_PROTO=proto, **headers).headers
        assert found.get("Strict-Transport-Security") == transport
        assert found["X-Content-Type-Options"] == "nosniff"
        assert found["Referrer-Policy"] == settings.SECURE_REFERRER_POLICY
        assert found["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "sandbox" in found["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/media/original_images/{name}", "/media/images/../original_images/{name}"])
def test_original_is_not_sent(path):
    name = builders.image().file.name.rsplit("/", 1)[-1]
    assert (settings.MEDIA_ROOT / "original_images" / name).exists()
    assert PictureAnswer(path.format(name=name)).status == 418


@pytest.mark.parametrize("path", ["/media/images/", "/media/images", "/media/images/%00.png", "/media/images/\x00.png"])
def test_what_is_no_file_is_asked_of_django(rendition, path):
    assert PictureAnswer(path).status == 418


def test_a_name_that_no_file_system_holds_is_asked_of_django():
    assert PictureAnswer(f"/media/images/{'x' * 5000}.png").status == 418


def test_django_has_no_page_there(client, rendition):
    assert client.get("/media/images/gone.png").status_code == 404
