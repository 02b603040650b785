"""qianhai_site/formats: pages, letters and the desk write a date as the articles do."""

from datetime import datetime

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation

MOMENT = datetime(2026, 12, 30, 1, 5)
WRITTEN = {"en": "30 December 2026", "zh-hant": "2026年12月30日", "zh-hans": "2026年12月30日"}


@pytest.mark.parametrize("language", WRITTEN)
def test_a_date_is_written_as_above_an_article(language: str) -> None:
    with translation.override(language):
        above_an_article = render_to_string("components/date.html", {"date": MOMENT})
        plain = Template("{{ moment|date:'DATE_FORMAT' }}").render(Context({"moment": MOMENT}))
    assert plain == WRITTEN[language]
    assert f">{plain}</time>" in above_an_article


def test_a_time_has_no_american_halves_of_the_day() -> None:
    with translation.override("en"):
        written = Template("{{ moment|date:'DATETIME_FORMAT' }}").render(Context({"moment": MOMENT}))
    assert written == "30 December 2026, 01:05"
