"""tests/screenshots: the documentation shows the pictures that were chosen, with words, and they are small."""

import re

from PIL import Image

from tests.journeys.stack import ROOT
from tests.screenshots.shots import CHOSEN, LARGEST, READER, SHOTS, SIZES, every_way, file_of

SHOWN = re.compile(r"!\[([^\]]*)\]\(images/reader/([\w-]+)\.webp\)")


def test_what_is_chosen_is_taken_and_shown_with_words():
    shown = SHOWN.findall((ROOT / "docs" / "design.md").read_text(encoding="utf-8"))
    assert sorted(name for _, name in shown) == sorted(CHOSEN)
    assert min(len(words) for words, _ in shown) > 20
    assert {shot.name for shot in every_way(SHOTS)} >= CHOSEN
    assert {file.stem for file in READER.iterdir()} == CHOSEN


def test_they_are_of_their_windows_and_small():
    by_name = {shot.name: shot for shot in every_way(SHOTS)}
    for name in CHOSEN:
        with Image.open(file_of(name)) as image:
            assert image.format == "WEBP"
            assert image.size == SIZES[by_name[name].size]
    assert sum(file.stat().st_size for file in READER.iterdir()) < LARGEST
