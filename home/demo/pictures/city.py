"""How are towers, bridges, trains and streets drawn?"""

from random import Random

from .canvas import SHEET_WIDTH, Canvas, Point, mix
from .palettes import Palette


def skyline(
    canvas: Canvas, chance: Random, base: float, span: tuple[float, float], heights: tuple[float, float], ink: str
) -> None:
    """Draw distant towers as plain shapes, shoulder to shoulder, between two points across."""
    x, end = span
    while x < end:
        width = chance.uniform(26, 74)
        height = chance.uniform(*heights)
        top = base - height
        kind = chance.random()
        canvas.box(x, top, width, height, ink)
        if kind < 0.22:
            canvas.polygon([(x, top), (x + width, top), (x + width, top - width * 0.5)], ink)
        elif kind < 0.4:
            canvas.box(x + width * 0.25, top - height * 0.12, width * 0.5, height * 0.12 + 2, ink)
        elif kind < 0.5:
            canvas.line([(x + width / 2, top), (x + width / 2, top - height * 0.22)], 3, ink)
        x += width + chance.uniform(-8, 16)


def _outline(shape: str, x: float, base: float, width: float, height: float) -> list[Point]:
    top, right = base - height, x + width
    match shape:
        case "slant":
            return [(x, base), (x, top + width * 0.55), (right, top), (right, base)]
        case "taper":
            return [
                (x, base),
                (x + width * 0.2, top + height * 0.1),
                (x + width * 0.34, top),
                (x + width * 0.66, top),
                (x + width * 0.8, top + height * 0.1),
                (right, base),
            ]
        case "step":
            return [
                (x, base),
                (x, top + height * 0.3),
                (x + width * 0.2, top + height * 0.3),
                (x + width * 0.2, top + height * 0.1),
                (x + width * 0.4, top + height * 0.1),
                (x + width * 0.4, top),
                (right, top),
                (right, base),
            ]
        case "round":
            rim = [
                (x + width * (0.5 - 0.5 * c), top + width * 0.5 * (1 - s))
                for c, s in (
                    (1, 0),
                    (0.92, 0.38),
                    (0.71, 0.71),
                    (0.38, 0.92),
                    (0, 1),
                    (-0.38, 0.92),
                    (-0.71, 0.71),
                    (-0.92, 0.38),
                    (-1, 0),
                )
            ]
            return [(x, base), *rim, (right, base)]
        case _:
            return [(x, base), (x, top), (right, top), (right, base)]


def tower(
    canvas: Canvas,
    chance: Random,
    x: float,
    base: float,
    width: float,
    height: float,
    inks: tuple[str, str],
    *,
    shape: str = "slab",
    windows: str = "rows",
    glow: float = 0.5,
) -> None:
    """Draw one tower with a shaded right side; inks are wall and window, `glow` the share of lit windows."""
    wall, window = inks
    outline = _outline(shape, x, base, width, height)
    canvas.polygon(outline, wall)
    shade = mix(wall, "#000000", 0.2)
    middle = x + width * 0.62
    inner = [p for p in outline if p[0] >= middle]
    crest = min((p[1] for p in inner), default=base - height)
    left_crest = crest + width * 0.21 if shape == "slant" else crest
    if shape in ("slab", "slant", "step"):
        canvas.polygon([(middle, base), (middle, left_crest), *inner], shade)
    margin = 0.34 if shape == "taper" else 0.1
    left, right = x + width * margin, x + width * (1 - margin)
    first = base - height + {"slant": width * 0.62, "round": width * 0.42, "step": height * 0.34}.get(shape, 18)
    _windows(canvas, chance, windows, (left, first, right, base), window, glow)


def _windows(
    canvas: Canvas, chance: Random, kind: str, wall: tuple[float, float, float, float], window: str, glow: float
) -> None:
    """Light a wall given by its left, top, right and bottom."""
    left, first, right, base = wall
    if kind == "rows":
        y = first
        while y < base - 14:
            share = chance.uniform(0.25, 1.0)
            start = chance.uniform(left, left + (right - left) * (1 - share))
            canvas.box(left, y, right - left, 4, window, 0.16)
            if chance.random() < glow:
                canvas.box(start, y, (right - left) * share, 4, window, 0.8)
            y += 15
    elif kind == "fins":
        count = max(int((right - left) / 11), 2)
        for step in range(count):
            fin = left + (right - left) * step / (count - 1)
            canvas.box(fin - 1.5, first, 3, base - first, window, 0.42 if step % 3 else 0.85)
    elif kind == "grid":
        columns = max(int((right - left) / 15), 2)
        pitch = (right - left) / columns
        y = first
        while y < base - 14:
            for column in range(columns):
                lit = chance.random() < glow
                canvas.box(left + column * pitch + 2, y, pitch - 4, 8, window, 0.85 if lit else 0.14)
            y += 18


def cable_bridge(
    canvas: Canvas,
    deck: float,
    span: tuple[float, float],
    pylons: tuple[float, ...],
    height: float,
    ink: str,
    stay: str,
) -> None:
    """Draw a cable-stayed bridge: `deck` is the height of its road, the pylons stand at those points across."""
    foot = deck + height * 0.42
    reach = height * 1.25
    for pylon in pylons:
        crown = deck - height
        for step in range(1, 13):
            for side in (-1, 1):
                end = pylon + side * reach * step / 12
                canvas.line([(pylon, crown + height * 0.03 * step), (end, deck)], 2, stay, 0.9)
        canvas.polygon(
            [
                (pylon - 9, crown - 14),
                (pylon + 9, crown - 14),
                (pylon + 26, foot),
                (pylon + 12, foot),
                (pylon, crown + height * 0.5),
                (pylon - 12, foot),
                (pylon - 26, foot),
            ],
            ink,
        )
        canvas.box(pylon - 10, crown - 14, 20, height * 0.72, ink)
    canvas.box(span[0], deck - 6, span[1] - span[0], 15, ink)
    canvas.box(span[0], deck - 11, span[1] - span[0], 2.5, stay)
    x = span[0] + 130
    while x < span[1]:
        if all(abs(x - pylon) > reach * 0.9 for pylon in pylons):
            canvas.box(x, deck, 13, height * 0.42, ink)
        x += 150


def viaduct(canvas: Canvas, deck: float, foot: float, ink: str, shade: str) -> None:
    """Draw a railway viaduct across the whole sheet."""
    for x in range(-60, SHEET_WIDTH + 200, 300):
        canvas.polygon(
            [(x, deck), (x + 120, deck), (x + 92, deck + 66), (x + 86, foot), (x + 34, foot), (x + 28, deck + 66)], ink
        )
        canvas.polygon([(x + 78, deck), (x + 120, deck), (x + 92, deck + 66), (x + 86, foot), (x + 66, foot)], shade)
    canvas.box(0, deck - 6, SHEET_WIDTH, 42, ink)
    canvas.box(0, deck + 26, SHEET_WIDTH, 10, shade)
    canvas.box(0, deck - 12, SHEET_WIDTH, 7, shade)


def train(canvas: Canvas, nose: float, base: float, height: float, palette: Palette) -> None:
    """Draw a fast train that comes from the left edge and ends in a long nose at `nose`."""
    top = base - height
    body = palette.light
    outline: list[Point] = [
        (-10, base),
        (-10, top),
        (nose - height * 2.6, top),
        (nose - height * 1.7, top + height * 0.1),
        (nose - height * 0.8, top + height * 0.38),
        (nose - height * 0.2, top + height * 0.66),
        (nose, top + height * 0.86),
        (nose - height * 0.06, base),
    ]
    canvas.polygon(outline, body)
    canvas.box(0, base - height * 0.17, nose - height * 0.06, height * 0.17, mix(body, palette.ink, 0.28))
    canvas.polygon(
        [
            (0, base - height * 0.3),
            (nose - height * 0.5, base - height * 0.3),
            (nose - height * 0.06, base - height * 0.14),
            (nose - height * 0.06, base - height * 0.06),
            (0, base - height * 0.19),
        ],
        palette.accent,
    )
    canvas.polygon(
        [
            (nose - height * 1.72, top + height * 0.17),
            (nose - height * 0.98, top + height * 0.4),
            (nose - height * 1.1, top + height * 0.52),
            (nose - height * 1.86, top + height * 0.46),
        ],
        palette.ink,
    )
    x = nose - height * 2.5
    while x > -60:
        for pane in range(6):
            canvas.pill(
                x - pane * height * 0.44, top + height * 0.24, height * 0.34, height * 0.25, palette.near, radius=5
            )
        gap = x - 6 * height * 0.44
        canvas.pill(
            gap - height * 0.08, top + height * 0.2, height * 0.3, height * 0.56, mix(body, palette.ink, 0.16), radius=6
        )
        canvas.box(gap - height * 0.32, top, 5, height * 0.85, mix(body, palette.ink, 0.35))
        x = gap - height * 0.46


def colonnade(
    canvas: Canvas, x: float, base: float, width: float, height: float, palette: Palette, columns: int
) -> None:
    """Draw the front of a modern court: a deep roof on slim columns over broad steps."""
    shade = mix(palette.light, palette.near, 0.24)
    roof = height * 0.15
    canvas.box(x + width * 0.06, base - height + roof, width * 0.88, height - roof, palette.near)
    for pane in range(columns - 1):
        left = x + width * (0.06 + 0.88 * (pane + 0.5) / (columns - 1)) - width * 0.026
        canvas.box(left, base - height * 0.62, width * 0.052, height * 0.62, palette.second, 0.5 + 0.4 * (pane % 2))
    for column in range(columns):
        left = x + width * (0.06 + 0.88 * column / (columns - 1)) - width * 0.013
        canvas.box(left, base - height + roof, width * 0.026, height - roof, palette.light)
        canvas.box(left + width * 0.017, base - height + roof, width * 0.009, height - roof, shade)
    canvas.polygon(
        [
            (x - width * 0.04, base - height + roof),
            (x, base - height),
            (x + width, base - height),
            (x + width * 1.04, base - height + roof),
        ],
        palette.light,
    )
    canvas.box(x - width * 0.04, base - height + roof, width * 1.08, height * 0.035, shade)
    for step in range(5):
        grow = width * 0.03 * (step + 1)
        canvas.box(x - grow, base + step * 17, width + 2 * grow, 17, mix(palette.light, palette.middle, 0.14 * step))


def lamp(canvas: Canvas, x: float, base: float, height: float, ink: str, light: str) -> None:
    """Draw a street lamp with its light on."""
    canvas.disc(x, base - height, 44, light, 0.16)
    canvas.line([(x, base), (x, base - height)], 6, ink)
    canvas.disc(x, base - height, 15, light)


def person(canvas: Canvas, x: float, base: float, height: float, ink: str, coat: str, *, stride: float = 0.14) -> None:
    """Draw a walker without a face."""
    hip = base - height * 0.46
    for side in (-1, 1):
        canvas.line([(x, hip), (x + side * height * stride, base)], height * 0.085, ink)
    canvas.polygon(
        [
            (x - height * 0.12, hip + height * 0.06),
            (x - height * 0.09, base - height * 0.83),
            (x + height * 0.09, base - height * 0.83),
            (x + height * 0.13, hip + height * 0.06),
        ],
        coat,
    )
    canvas.disc(x + height * 0.01, base - height * 0.91, height * 0.085, ink)
