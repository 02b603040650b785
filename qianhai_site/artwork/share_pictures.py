"""Which pictures stand for articles whose own share image is not drawn yet?

Writes static/img/share/<kind>-<language>.png: `python -m qianhai_site.artwork.share_pictures`, whenever their words or
the layout of share images change.
"""

import os
from pathlib import Path

import django
from PIL import Image

FOLDER = Path(__file__).resolve().parent.parent / "static"
# Flat colours and smooth edges: more are not told apart.
_COLOURS = 128


def draw(kind: str, language: str) -> Image.Image:
    """Return the picture of the articles of a `kind` (one of Disclosure) in `language`: its label and what it means."""
    from django.utils import translation  # noqa: PLC0415  the settings must be known first
    from django.utils.translation import gettext  # noqa: PLC0415

    from partners.articles.disclosure import Disclosure, words_for  # noqa: PLC0415
    from partners.articles.share.paint import Painting, paint  # noqa: PLC0415

    with translation.override(language):
        words = words_for(kind)
        return paint(
            Painting(
                language=language,
                label=str(words.label),
                is_paid=words.paid,
                site=gettext("Qianhai"),
                title=str(Disclosure(kind).label),
            )
        )


def write_all(folder: Path = FOLDER) -> list[Path]:
    """Write the pictures of every kind and language below `folder`; return where."""
    from django.conf import settings  # noqa: PLC0415

    from partners.articles.disclosure import Disclosure  # noqa: PLC0415
    from partners.articles.share.address import generic_path  # noqa: PLC0415

    written = []
    for kind in Disclosure.values:
        for language, _name in settings.LANGUAGES:
            path = folder / generic_path(kind, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            draw(kind, language).quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
            written.append(path)
    return written


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qianhai_site.settings.test")
    django.setup()
    write_all()
