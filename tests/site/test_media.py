"""qianhai_site/media.py: renditions are public, in ranges and for ever; what lies beside them is not."""

from collections.abc import Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings

from qianhai_site.media import with_pictures
from tests import builders

pytestmark = pytest.mark.django_db


class Answer:
    """What the site says of a path."""

    def __init__(self, path: str, method: str = "GET", **headers: str) -> None:
        environ: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": method, **headers}
        setup_testing_defaults(environ)
        parts = with_pictures(self._next)(environ, self._begin)
        self.body = b"".join(parts)
        if close := getattr(parts, "close", None):
            close()

    def _next(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("418 Asked Django", [])
        return []

    def _begin(self, status: str, headers: list[tuple[str, str]], *rest: Any) -> None:
        self.status, self.headers = int(status[:3]), dict(headers)


@pytest.fixture
def rendition() -> Any:
    return builders.image().get_rendition("width-100")


def test_rendition_is_sent_whole_and_to_be_kept(rendition):
    answer = Answer(rendition.url)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    with rendition.file.open() as file:
        assert answer.body == file.read()
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_one_made_a_moment_ago_is_there(rendition):
    made = builders.image("Another").get_rendition("width-90")
    assert Answer(made.url).status == 200


def test_parts_of_it_are_sent(rendition):
    whole = Answer(rendition.url).body
    answer = Answer(rendition.url, HTTP_RANGE="bytes=4-9")
    assert (answer.status, answer.body) == (206, whole[4:10])
    assert answer.headers["Content-Range"] == f"bytes 4-9/{len(whole)}"
    assert Answer(rendition.url, HTTP_RANGE=f"bytes={len(whole)}-").status == 416


def test_whoever_has_it_is_told_so(rendition):
    tag = Answer(rendition.url).headers["ETag"]
    answer = Answer(rendition.url, HTTP_IF_NONE_MATCH=tag)
    assert (answer.status, answer.body) == (304, b"")


def test_only_its_head_is_sent_where_that_is_asked(rendition):
    answer = Answer(rendition.url, "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


def test_nothing_is_written(rendition):
    assert Answer(rendition.url, "POST").status == 405


@pytest.mark.parametrize("path", ["/media/original_images/{name}", "/media/images/../original_images/{name}"])
def test_original_is_not_sent(path):
    name = builders.image().file.name.rsplit("/", 1)[-1]
    assert (settings.MEDIA_ROOT / "original_images" / name).exists()
    assert Answer(path.format(name=name)).status == 418


@pytest.mark.parametrize("path", ["/media/images/", "/media/images", "/media/images/%00.png", "/media/images/\x00.png"])
def test_what_is_no_file_is_asked_of_django(rendition, path):
    assert Answer(path).status == 418


def test_a_name_that_no_file_system_holds_is_asked_of_django():
    assert Answer(f"/media/images/{'x' * 5000}.png").status == 418


def test_django_has_no_page_there(client, rendition):
    assert client.get("/media/images/gone.png").status_code == 404
