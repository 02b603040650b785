"""Which island stands on a page that says why there is no page?

Writes templates/components/islands/<name>.html: `python -m qianhai_site.artwork.islands`. The number of the error is
the land, and water lines run around it as around every shore of the site. `lens` is the island of a search that found
nothing, `calm` that of a list with nothing to show.
"""

import math
from itertools import pairwise
from pathlib import Path

from .contours import Point, contour, distance, number, simplified, smooth

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "components" / "islands"
# A digit's strokes in a box of 100 by 160; a character's box and the gap beside it; half a stroke's thickness.
BOX, GAP, HALF = 100, 62, 15
STEP, SEA, TOP = 7, 120, 92
LEVELS = (9, 20, 34, 51, 72)
Stroke = list[Point]


def arc(middle: Point, radii: Point, start: float, end: float) -> Stroke:
    """Return points on an ellipse from `start` to `end` (degrees, clockwise from three o'clock)."""
    steps = 14
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(middle[0] + radii[0] * math.cos(a), middle[1] + radii[1] * math.sin(a)) for a in angles]


GLYPHS: dict[str, list[Stroke]] = {
    "0": [arc((50, 80), (40, 70), 0, 360)],
    "1": [[(24, 42), (56, 10), (56, 150)]],
    "3": [[*arc((50, 45), (34, 35), -150, 90), (42, 80)], arc((48, 115), (40, 35), -90, 150)],
    "4": [[(76, 150), (76, 10), (8, 106), (100, 106)]],
    "5": [[(88, 10), (24, 10), (18, 76)], arc((46, 105), (42, 44), -130, 145)],
    "lens": [arc((130, 66), (62, 62), 0, 360), [(176, 112), (226, 162)]],
    "calm": [arc((60, 90), (34, 20), 0, 360), [(168, 50), (196, 60)], [(232, 122), (250, 118)]],
}
NAMES = ("400", "403", "404", "410", "413", "500", "503", "lens", "calm")
TEMPLATE = """\
{# Drawn by artwork/islands.py. #}
<svg class="island"
     viewBox="0 0 @width@ @height@"
     aria-hidden="true"
     focusable="false">
@water@
  <path class="island__land" d="@land@" />
  <path class="island__crosses" d="@crosses@" />
</svg>
"""


def strokes(name: str) -> list[Stroke]:
    """Return the strokes of a sign of GLYPHS, or of a number, digit beside digit."""
    if name in GLYPHS:
        return GLYPHS[name]
    return [
        [(x + place * (BOX + GAP), y) for x, y in stroke]
        for place, digit in enumerate(name)
        for stroke in GLYPHS[digit]
    ]


def drawing(name: str) -> str:
    """Return the template of one island."""
    lines = strokes(name)
    width = 2 * SEA + 3 * BOX + 2 * GAP if name not in {"lens", "calm"} else 2 * SEA + 260
    height = 2 * TOP + 160
    segments = [pair for line in lines for pair in pairwise(line)]

    def depth(x: float, y: float) -> float:
        # No shore is ruled: two slow waves push it about, the further out the more.
        away = min(distance((x, y), *segment) for segment in segments) - HALF
        swell = math.sin(x / 37 + y / 61) + math.sin(x / 23 - y / 29)
        return away + swell * (1.3 + max(0.0, away) * 0.07)

    field = [
        [depth(c * STEP - SEA, r * STEP - TOP) for c in range(width // STEP + 1)] for r in range(height // STEP + 1)
    ]

    def path(level: float) -> str:
        curves = [simplified(curve, 1.1) for curve in contour(field, level, STEP, 0) if len(curve) > 6]
        return "".join(smooth(curve) for curve in curves if len(curve) > 4)

    crosses = "".join(
        f"M{number(x - 6)} {number(y)}h12m-6 -6v12"
        for x in range(60, width, 150)
        for y in range(60, height, 110)
        if depth(x - SEA, y - TOP) > LEVELS[1]
    )
    water = "\n".join(f'  <path class="island__water" d="{path(level)}" />' for level in LEVELS)
    text = TEMPLATE.replace("@width@", str(width)).replace("@height@", str(height)).replace("@water@", water)
    return text.replace("@land@", path(0)).replace("@crosses@", crosses)


def write_all(folder: Path = FOLDER) -> list[Path]:
    """Write every island below `folder`; return where."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in NAMES:
        path = folder / f"{name}.html"
        path.write_text(drawing(name), encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    write_all()
