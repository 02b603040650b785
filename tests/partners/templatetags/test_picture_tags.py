"""partners/templatetags/picture_tags.py: a template says what a picture is for, and nothing of sizes."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from tests import builders

TEMPLATES = Path(settings.BASE_DIR) / "qianhai_site" / "templates"
# Of the admin, where whoever waits is an editor.
OF_ADMIN = {"cover_cell.html", "versions_panel.html"}
TAG = Template('{% load picture_tags %}{% picture picture "card" sizes=sizes alt=words %}')


@pytest.mark.django_db
def test_a_picture_for_a_use():
    html = TAG.render(Context({"picture": builders.image(size=(900, 600)), "sizes": "92vw", "words": "A & B"}))
    assert 'alt="A &amp; B"' in html
    assert 'sizes="92vw"' in html
    assert re.findall(r"\d+w\b", html.partition("srcset")[2]) == ["420w", "840w"]


def test_no_picture_is_nothing():
    assert TAG.render(Context({"picture": None})) == ""


def test_no_page_for_readers_asks_for_renditions_itself():
    """What asks Wagtail for them, or its tags, makes them in the request."""
    asking = [
        path.relative_to(settings.BASE_DIR)
        for path in TEMPLATES.rglob("*.html")
        if "wagtailimages_tags" in path.read_text() and path.name not in OF_ADMIN
    ]
    root = Path(settings.BASE_DIR)
    asking += [
        path.relative_to(root)
        for package in ("home", "partners", "qianhai_site")
        for path in (root / package).rglob("*.py")
        if re.search(r"\.get_renditions?\(", path.read_text()) and path.name not in {"making.py", "cover.py"}
    ]
    assert not asking
