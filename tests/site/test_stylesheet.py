"""qianhai_site/stylesheet.py and artwork/: what is put together from parts is put together rightly."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from qianhai_site.artwork.chart import drawing
from qianhai_site.stylesheet import bundled, bundled_script, without_comments

CSS = Path(settings.BASE_DIR) / "qianhai_site/static/css"


def test_bundle_holds_every_part_in_its_layer_and_imports_nothing():
    css = bundled(CSS / "site.css")
    assert "@import" not in css
    for part in CSS.glob("*.css"):
        # Those are the admin's, each linked by the pages that need it.
        if part.name in {
            "site.css",
            "desk.css",
            "desk-acts.css",
            "export.css",
            "figures.css",
            "handover.css",
            "plot.css",
            "signed-out.css",
        }:
            continue
        assert f"@layer {part.stem} {{\n{without_comments(part.read_text())}}}" in css


def test_an_articles_script_is_one_file_whose_parts_know_nothing_of_one_another():
    folder = Path(settings.BASE_DIR) / "qianhai_site/static/js"
    script = bundled_script(folder / "article.js")
    assert "import " not in re.sub(r"/\*.*?\*/", "", script, flags=re.DOTALL)
    for name in ("brochure-dialog.js", "video.js", "reads.js"):
        part = (folder / name).read_text()
        assert f"{{\n{without_comments(part)}}}\n" in script
        # A module that exported something could not stand in a block.
        assert not re.search(r"^(?:export|import)\b", part, re.MULTILINE)


def test_comments_go_and_what_only_looks_like_one_stays():
    kept = ["const page = 'https://site.example/'; // said within a line\n", 'a::before { content: "/* no */"; }\n']
    source = f"/**\n * Which?\n */\n{kept[0]}  // Why.\n  /* How? */\n{kept[1]}"
    assert without_comments(source) == "".join(kept)


def test_missing_script_is_an_error(tmp_path):
    entry = tmp_path / "entry.js"
    entry.write_text('import "./gone.js";\n')
    with pytest.raises(FileNotFoundError):
        bundled_script(entry)


def test_missing_part_is_an_error(tmp_path):
    entry = tmp_path / "site.css"
    entry.write_text('@import url("gone.css") layer(gone);\n')
    with pytest.raises(FileNotFoundError):
        bundled(entry)


def test_production_serves_one_hashed_stylesheet(tmp_path, settings):
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.core.management import call_command

    settings.STATIC_ROOT = tmp_path
    backend = "qianhai_site.stylesheet.SiteStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    address = staticfiles_storage.url("css/site.css")
    assert re.fullmatch(r"/static/css/site\.[0-9a-f]{12}\.css", address)
    served = tmp_path / address.removeprefix("/static/")
    assert "@import" not in served.read_text()
    assert served.with_name(served.name + ".gz").exists()
    assert served.with_name(served.name + ".br").exists()


def test_chart_on_the_home_page_is_what_its_script_draws():
    template = Path(settings.BASE_DIR) / "qianhai_site/templates/home/chart.html"
    formatted = subprocess.run(
        [Path(sys.executable).with_name("djlint"), "--reformat", "--quiet", "-"],
        input=drawing(),
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert re.sub(r"\s+", "", formatted or drawing()) == re.sub(r"\s+", "", template.read_text())
