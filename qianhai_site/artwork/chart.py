"""Which lines make up the chart of the bay on the home page?

Writes templates/home/chart.html: `python -m qianhai_site.artwork.chart`. The coast is traced by eye at a few
hundred metres: a drawing, not a map to steer by. Water lines are curves of equal distance from the shore, as
engravers drew them. By day it is a sea chart; where the page is dark, the lamps of the two cities are lit.
"""

import math
import random
from pathlib import Path

from .contours import Pen, Point, contour, distance, inside, number, rounded, sharp, simplified, smooth

WEST, EAST, NORTH = 113.655, 114.085, 22.590
WIDTH, HEIGHT = 1600, 740
SCALE = WIDTH / (EAST - WEST)
STRETCH = 1 / math.cos(math.radians(22.5))
STEP = 8
MARGIN = 40
# The page's title stands on open water, left of this.
TITLE_ENDS = 500

# fmt: off
SHENZHEN: list[Point] = [
    (113.778, 22.64), (113.783, 22.602), (113.793, 22.585), (113.806, 22.589), (113.816, 22.578), (113.829, 22.571),
    (113.838, 22.566), (113.846, 22.5545), (113.8365, 22.548), (113.8475, 22.5345), (113.866, 22.5465),
    (113.876, 22.549),
    (113.886, 22.545), (113.893, 22.5385),
    (113.8895, 22.53), (113.885, 22.518), (113.872, 22.512), (113.864, 22.503), (113.866, 22.493),
    (113.862, 22.485),
    (113.868, 22.476), (113.876, 22.468), (113.88, 22.461), (113.89, 22.46), (113.8985, 22.465), (113.906, 22.464),
    (113.912, 22.472), (113.921, 22.476), (113.93, 22.48), (113.942, 22.483), (113.95, 22.49), (113.948, 22.501),
    (113.949, 22.511), (113.957, 22.519), (113.97, 22.5225), (113.985, 22.5245), (114.001, 22.5225),
    (114.018, 22.519),
    (114.032, 22.513), (114.045, 22.506), (114.058, 22.511), (114.072, 22.516), (114.12, 22.528), (114.12, 22.64),
]
HONG_KONG: list[Point] = [
    (114.12, 22.524), (114.073, 22.512), (114.059, 22.5065), (114.046, 22.501), (114.03, 22.493), (114.017, 22.488),
    (114.008, 22.481), (113.996, 22.476), (113.985, 22.469), (113.974, 22.466), (113.964, 22.461), (113.956, 22.45),
    (113.944, 22.441), (113.933, 22.43), (113.92, 22.425), (113.91, 22.415), (113.90, 22.41), (113.906, 22.403),
    (113.915, 22.397), (113.92, 22.387), (113.93, 22.35), (114.12, 22.35),
]
ISLANDS: list[list[Point]] = [
    # Neilingding, Dachan, Xiaochan, and the western island of the Shenzhen-Zhongshan link
    [(113.782, 22.417), (113.79, 22.4225), (113.799, 22.4205), (113.808, 22.4165), (113.816, 22.4095),
    (113.812, 22.405),
     (113.803, 22.4075), (113.793, 22.409), (113.785, 22.411)],
    [(113.833, 22.514), (113.8395, 22.516), (113.844, 22.5105), (113.8415, 22.503), (113.836, 22.5045)],
    [(113.821, 22.53), (113.8255, 22.531), (113.8265, 22.5275), (113.8225, 22.5265)],
    [(113.74, 22.566), (113.745, 22.5685), (113.75, 22.5665), (113.745, 22.5645)],
]
# The land of Qianhai, made in the bay.
QIANHAI: list[Point] = [
    (113.893, 22.5385), (113.8895, 22.53), (113.885, 22.518), (113.872, 22.512), (113.864, 22.503),
    (113.866, 22.493),
    (113.877, 22.496), (113.884, 22.505), (113.896, 22.512), (113.903, 22.525), (113.905, 22.535),
]
OLD_SHORE: list[Point] = [
    (113.862, 22.59), (113.872, 22.572), (113.884, 22.56), (113.899, 22.553), (113.9085, 22.541), (113.906, 22.526),
    (113.901, 22.515),
    (113.889, 22.507), (113.88, 22.499), (113.872, 22.491), (113.866, 22.484),
]
LINK: list[Point] = [(113.62, 22.546), (113.69, 22.554), (113.74, 22.566)]
TUNNEL: list[Point] = [(113.75, 22.5665), (113.775, 22.574), (113.793, 22.585)]
BAY_BRIDGE: list[Point] = [(113.949, 22.496), (113.953, 22.485), (113.96, 22.474), (113.969, 22.463)]
# fmt: on
CHART = Path(__file__).resolve().parent.parent / "templates" / "home" / "chart.html"
LEVELS = (8, 18, 31, 47, 66, 90)
# Where lamps are many, and how far (in the drawing's units) they thin out: a mood, not a census.
LAMPS_AROUND = (((880, 330), 190), ((1240, 190), 210), ((1480, 210), 200), ((1215, 560), 110), ((1500, 440), 150))
LAMP_STEP = 19


TEMPLATE = """\
{# The chart of the bay: not a map to steer by. #}
{% load i18n %}
<svg class="chart"
     viewBox="0 0 1600 740"
     preserveAspectRatio="xMaxYMid slice"
     role="img"
     aria-label="{% translate 'A chart of the bay: Qianhai on new land, Shenzhen behind it, Hong Kong south of it.' %}">
  <defs>
    <path id="coast" d="@land@" />
  </defs>
  <use class="chart__deep" href="#coast" />
  <use class="chart__shallow" href="#coast" />
  <g class="chart__water">
@water@
  </g>
  <use class="chart__land" href="#coast" />
  <path class="chart__qianhai" d="@qianhai@" />
  <path class="chart__streets" d="@streets@" />
  <use class="chart__shore" href="#coast" />
  <path class="chart__lamps" d="@lamps@" />
  <path class="chart__old" d="@old@" />
  <path class="chart__crosses" d="@crosses@" />
  <path class="chart__bridge" d="@link@@bridge@" />
  <path class="chart__tunnel" d="@tunnel@" />
  <g class="chart__names" aria-hidden="true">
    <text class="chart__name-qianhai" x="940" y="300">{% translate "Qianhai" %}</text>
    <text x="1120" y="150">{% translate "Shenzhen" %}</text>
    <text x="1240" y="600">{% translate "Hong Kong" %}</text>
    <text class="chart__name-water" x="1168" y="352">{% translate "Shenzhen Bay" %}</text>
    <text class="chart__name-water" x="720" y="592">{% translate "Lingdingyang" %}</text>
  </g>
</svg>
"""


def project(point: Point) -> Point:
    """Return the place of (longitude, latitude) in the drawing's units."""
    return ((point[0] - WEST) * SCALE, (NORTH - point[1]) * SCALE * STRETCH)


def streets(polygon: list[Point]) -> str:
    """Return the streets of new land: two sets of parallels, kept where both ends of a piece lie on it."""
    text = ""
    for angle in (math.radians(62), math.radians(-28)):
        along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
        for offset in range(-1200, 1200, 15):
            run: list[Point] = []
            for step in range(-1600, 1600, 2):
                point = (850 + along[0] * step + across[0] * offset, 300 + along[1] * step + across[1] * offset)
                if inside(point, polygon):
                    run.append(point)
                elif run:
                    if len(run) > 3:
                        text += sharp([run[0], run[-1]], closed=False)
                    run = []
    return text


def lamps(shores: list[list[Point]], dark: list[Point]) -> str:
    """Return lamps on the land, as strokes without length; none in the zone, whose streets are lit instead."""
    chance = random.Random(22)  # noqa: S311  the same lamps every time
    pen: Pen | None = None
    for r in range(HEIGHT // LAMP_STEP):
        for c in range(WIDTH // LAMP_STEP):
            x, y = ((c + chance.random()) * LAMP_STEP, (r + chance.random()) * LAMP_STEP)
            wanted = max(math.exp(-((math.dist((x, y), middle) / reach) ** 2)) for middle, reach in LAMPS_AROUND)
            on_land = any(inside((x, y), shore) for shore in shores) and not inside((x, y), dark)
            if chance.random() < 0.55 * wanted and on_land:
                if pen is None:
                    pen = Pen((x, y))
                else:
                    pen.move("m", (x, y))
                pen.text += "h0"
    return pen.text if pen else ""


def crosses() -> str:
    """Return a small cross at every 0.05 degrees of longitude and latitude."""
    text = ""
    for i in range(9):
        for k in range(4):
            x, y = project((113.70 + i * 0.05, 22.43 + k * 0.05))
            if TITLE_ENDS < x < WIDTH - 12 and 12 < y < HEIGHT - 12:
                text += f"M{number(x - 9)} {number(y)}h18m-9 -9v18"
    return text


def water_lines(shores: list[list[Point]]) -> list[str]:
    """Return one path for each of LEVELS: the curves that far from `shores`, in the drawing's units."""
    edges = [pair for shore in shores for pair in zip(shore, shore[1:] + shore[:1], strict=True)]
    field = []
    for r in range((HEIGHT + 2 * MARGIN) // STEP + 1):
        row = []
        for c in range((WIDTH + 2 * MARGIN) // STEP + 1):
            point = (c * STEP - float(MARGIN), r * STEP - float(MARGIN))
            near = min(distance(point, *edge) for edge in edges)
            row.append(-near if any(inside(point, shore) for shore in shores) else near)
        field.append(row)
    paths = []
    for level in LEVELS:
        curves = [simplified(curve, 1.5) for curve in contour(field, level, STEP, MARGIN) if len(curve) > 8]
        paths.append("".join(smooth(curve) for curve in curves if len(curve) > 3))
    return paths


def drawing() -> str:
    """Return the template: names are translated when a page is drawn."""
    shores = [[project(p) for p in shape] for shape in (SHENZHEN, HONG_KONG, *ISLANDS)]
    # Shenzhen's shore is built, so its corners stay; the others are cut round.
    shores = [shores[0], *(rounded(shape) for shape in shores[1:])]
    zone = [project(p) for p in QIANHAI]
    old = simplified(rounded([project(p) for p in OLD_SHORE], closed=False), 0.8)
    paths = {
        "water": "\n".join(f'    <path d="{path}" />' for path in water_lines(shores)),
        "land": "".join(sharp(simplified([*s, s[0]], 0.8)[:-1], closed=True) for s in shores),
        "qianhai": sharp(zone, closed=True),
        "streets": streets(zone),
        "lamps": lamps(shores, zone),
        "old": sharp(old, closed=False),
        "crosses": crosses(),
        "link": sharp([project(p) for p in LINK], closed=False),
        "tunnel": sharp([project(p) for p in TUNNEL], closed=False),
        "bridge": sharp([project(p) for p in BAY_BRIDGE], closed=False),
    }
    text = TEMPLATE
    for name, path in paths.items():
        text = text.replace(f"@{name}@", path)
    return text


if __name__ == "__main__":
    CHART.write_text(drawing(), encoding="utf-8")
