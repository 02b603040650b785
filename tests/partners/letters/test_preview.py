"""partners/letters/preview.py: what the editor sees beside the form."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from partners.letters.kinds import LetterKind
from partners.letters.letter_text import LetterText, shipped_text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", list(LetterKind))
@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("mode", ["html", "dark", "text"])
def test_every_letter_has_a_preview(kind, language, mode):
    text = shipped_text(kind, language)
    text.closing = "<p>An <b>unsaved</b> word.</p>"
    response = text.make_preview_request(preview_mode=mode)
    html = response.content.decode()
    assert response.status_code == 200
    assert BeautifulSoup(html, "html.parser").html["lang"] == language
    assert "unsaved" in html
    assert "{" not in BeautifulSoup(html, "html.parser").body.get_text()


def test_dark_preview_is_dark_on_any_screen_and_the_other_on_none():
    text = shipped_text(LetterKind.BROCHURE, "en")
    dark, light = (text.make_preview_request(preview_mode=mode).content.decode() for mode in ("dark", "html"))
    for html in (dark, light):
        assert "prefers-color-scheme: dark" not in html
    assert "@media all" in dark
    assert "@media not all" in light


def test_preview_may_carry_its_styles_and_nothing_else():
    policy = shipped_text(LetterKind.BROCHURE, "en").make_preview_request().headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy


def test_half_filled_letter_has_a_preview():
    html = LetterText(kind="brochure", language="en", heading="Mine").make_preview_request().content.decode()
    assert "Mine" in html
    assert "Open the brochure" in html
