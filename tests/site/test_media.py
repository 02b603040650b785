"""qianhai_site/media.py: renditions are public, what lies beside them is not."""

import pytest
from django.conf import settings

from tests import builders

pytestmark = pytest.mark.django_db


def test_rendition_is_sent_to_be_kept(client):
    rendition = builders.image().get_rendition("width-100")
    response = client.get(rendition.url)
    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")


@pytest.mark.parametrize("path", ["/media/original_images/{name}", "/media/images/../original_images/{name}"])
def test_original_is_not_sent(client, path):
    image = builders.image()
    name = image.file.name.rsplit("/", 1)[-1]
    assert (settings.MEDIA_ROOT / "original_images" / name).exists()
    assert client.get(path.format(name=name)).status_code in {400, 404}


def test_folder_is_not_listed(client):
    builders.image().get_rendition("width-100")
    assert client.get("/media/images/").status_code == 404
