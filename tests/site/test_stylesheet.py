"""qianhai_site/stylesheet.py and artwork/: what is put together from parts is put together rightly."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from qianhai_site.artwork.chart import drawing
from qianhai_site.stylesheet import bundled

CSS = Path(settings.BASE_DIR) / "qianhai_site/static/css"


def test_bundle_holds_every_part_in_its_layer_and_imports_nothing():
    css = bundled(CSS / "site.css")
    assert "@import" not in css
    for part in CSS.glob("*.css"):
        # Those are the admin's, each linked by the pages that need it.
        if part.name in {"site.css", "desk.css", "export.css", "handover.css"}:
            continue
        assert f"@layer {part.stem} {{\n{part.read_text()}}}" in css


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
