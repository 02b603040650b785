"""artwork/icons.py, manifest.py: is the site's mark where browsers, feed readers and phones ask for it?"""

import io

import pytest
from django.conf import settings
from PIL import Image

from qianhai_site.artwork import icons, islands

NAMES = {"en": "Qianhai", "zh-hant": "前海", "zh-hans": "前海"}


def served(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_icons_in_the_repository_are_what_the_script_draws(tmp_path):
    for path in icons.write_all(tmp_path, tmp_path / "favicon.svg"):
        kept = icons.SVG if path.suffix == ".svg" else icons.ROOT / path.name
        if path.suffix == ".svg":
            assert path.read_text() == kept.read_text()
        else:
            with Image.open(path) as drawn, Image.open(kept) as there:
                assert drawn.size == there.size
                assert drawn.convert("RGBA").tobytes() == there.convert("RGBA").tobytes()


def test_islands_in_the_repository_are_what_the_script_draws(tmp_path):
    for path in islands.write_all(tmp_path):
        kept = islands.FOLDER / path.name
        assert "".join(path.read_text().split()) == "".join(kept.read_text().split()), path.name


@pytest.mark.django_db
def test_icons_answer_at_fixed_addresses(client):
    with Image.open(io.BytesIO(served(client, "/favicon.ico"))) as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    with Image.open(io.BytesIO(served(client, "/apple-touch-icon.png"))) as icon:
        assert icon.size == (180, 180)
        # Home screens fill what is transparent with black.
        assert icon.convert("RGBA").getextrema()[3] == (255, 255)


@pytest.mark.django_db
@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_manifest_speaks_the_language_of_its_path_and_names_icons_that_are_there(client, language):
    home = "/" if language == "en" else f"/{language}/"
    response = client.get(f"{home}site.webmanifest")
    assert response.headers["Content-Type"] == "application/manifest+json"
    manifest = response.json()
    assert (manifest["name"], manifest["lang"], manifest["start_url"]) == (NAMES[language], language, home)
    for icon in manifest["icons"]:
        with Image.open(io.BytesIO(served(client, icon["src"]))) as picture:
            assert icon["sizes"] == "{}x{}".format(*picture.size)
