"""static/js: no script keeps pages on a reader's device, where no campaign ends and no label changes (decision 22)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SCRIPTS = sorted((Path(settings.BASE_DIR) / "qianhai_site/static/js").glob("*.js"))
KEEPS = re.compile(r"serviceWorker|\bcaches\b|CacheStorage|indexedDB|sessionStorage|localStorage|document\.cookie")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_keep_nothing_but_the_choice_of_colours(script):
    source = re.sub(r"/\*.*?\*/", "", script.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert set(KEEPS.findall(source)) == ({"localStorage"} if script.name == "theme.js" else set())
