"""How are sky, hills, sea and trees drawn?"""

import math
from random import Random

from .canvas import SHEET_WIDTH, Canvas, Point, curve, mix
from .palettes import Palette


def sky(canvas: Canvas, palette: Palette, horizon: float) -> None:
    """Fill from the top of the sheet to the horizon."""
    canvas.gradient(0, horizon, palette.sky)


def sun(canvas: Canvas, palette: Palette, x: float, y: float, radius: float) -> None:
    """Draw a disc with three faint rings of light."""
    for ring, alpha in ((2.6, 0.10), (1.9, 0.13), (1.4, 0.2)):
        canvas.disc(x, y, radius * ring, palette.sun, alpha)
    canvas.disc(x, y, radius, palette.sun)


def clouds(canvas: Canvas, chance: Random, ink: str, top: float, bottom: float, count: int) -> None:
    """Draw flat banks of cloud as stacked bars."""
    for _ in range(count):
        x, y = chance.uniform(-100, SHEET_WIDTH - 200), chance.uniform(top, bottom)
        for row in range(chance.randint(2, 3)):
            width = chance.uniform(180, 420) * (1 - row * 0.18)
            canvas.pill(x + chance.uniform(-40, 120), y + row * 20, width, 13, ink, 0.34)


def hills(canvas: Canvas, chance: Random, base: float, height: float, ink: str, alpha: float = 1.0) -> None:
    """Draw one ridge across the whole sheet, standing on `base`."""
    waves = [(chance.uniform(0.5, 1.0) / n, n * chance.uniform(0.7, 1.3), chance.uniform(0, 6.3)) for n in range(1, 6)]
    total = sum(wave[0] for wave in waves)
    ridge: list[Point] = []
    for x in range(0, SHEET_WIDTH + 1, 12):
        turn = x / SHEET_WIDTH * 2 * math.pi
        rise = sum(size * (0.5 + 0.5 * math.sin(turn * pace + shift)) for size, pace, shift in waves) / total
        ridge.append((x, base - height * (0.25 + 0.75 * rise)))
    canvas.polygon([(0, base), *ridge, (SHEET_WIDTH, base)], ink, alpha)


def sea(
    canvas: Canvas,
    palette: Palette,
    chance: Random,
    top: float,
    bottom: float,
    *,
    glitter: float | None = None,
    lines: int = 120,
) -> None:
    """Fill the water and draw its tide lines; `glitter` is where, across, the sun lies on it."""
    canvas.gradient(top, bottom, palette.sea)
    depth = bottom - top
    for _ in range(lines):
        share = chance.random() ** 1.4
        y = top + 6 + share * (depth - 10)
        width = (30 + 260 * share) * chance.uniform(0.35, 1.0)
        x = chance.uniform(-60, SHEET_WIDTH)
        ink = palette.light if chance.random() < 0.55 else palette.ink
        canvas.pill(x, y, width, 2.5 + 5 * share, ink, 0.11 + 0.08 * (1 - share))
    if glitter is not None:
        for step in range(34):
            share = step / 33
            y = top + 5 + share * (depth - 14)
            width = (46 + 210 * share) * chance.uniform(0.25, 1.0)
            x = glitter - width / 2 + chance.uniform(-26, 26) * (1 + share)
            canvas.pill(x, y, width, 3 + 5 * share, palette.sun, 0.62 - 0.36 * share)


def birds(canvas: Canvas, chance: Random, x: float, y: float, ink: str, count: int = 5) -> None:
    """Draw a few gulls around a point."""
    for _ in range(count):
        left, top = x + chance.uniform(-150, 150), y + chance.uniform(-60, 60)
        span = chance.uniform(14, 26)
        for side in (-1, 1):
            wing = curve((left, top), (left + side * span * 0.5, top - span * 0.7), (left + side * span, top), 8)
            canvas.line(wing, 3.4, ink)


def _trunk(canvas: Canvas, x: float, base: float, size: float, ink: str) -> None:
    for spread, lean in ((-0.34, -0.5), (-0.12, -0.16), (0.1, 0.2), (0.3, 0.52)):
        foot, head = x + spread * size * 0.5, x + lean * size
        left = curve(
            (foot - size * 0.09, base), (foot + size * 0.02, base - size * 0.5), (head - size * 0.03, base - size)
        )
        right = curve(
            (head + size * 0.03, base - size), (foot + size * 0.08, base - size * 0.5), (foot + size * 0.1, base)
        )
        canvas.polygon(left + right, ink)


def banyan(canvas: Canvas, chance: Random, x: float, base: float, size: float, inks: tuple[str, str, str]) -> None:
    """Draw a banyan `size` units to its fork, with hanging roots; inks are trunk, leaf and lit leaf."""
    trunk, leaf, lit = inks
    shade = mix(leaf, trunk, 0.45)
    crown: list[tuple[float, float, float]] = []
    for _ in range(46):
        turn = chance.uniform(math.pi, 2 * math.pi)
        reach = math.sqrt(chance.random())
        crown.append(
            (
                x + math.cos(turn) * reach * size * 1.45,
                base - size * 1.0 + math.sin(turn) * reach * size * 0.72,
                size * chance.uniform(0.2, 0.34),
            )
        )
    for left, top, radius in crown:
        canvas.oval(left, top + radius * 0.55, radius * 1.12, radius * 0.8, shade)
    for _ in range(26):
        left = x + chance.uniform(-1.3, 1.3) * size
        canvas.line([(left, base - size * 1.0), (left, base - size * chance.uniform(0.35, 0.8))], size * 0.009, trunk)
    _trunk(canvas, x, base, size, trunk)
    for left, top, radius in crown:
        canvas.oval(left, top, radius * 1.1, radius * 0.78, leaf)
    for left, top, radius in sorted(crown, key=lambda puff: -puff[1])[8:]:
        canvas.oval(left - radius * 0.16, top - radius * 0.3, radius * 0.66, radius * 0.34, lit, 0.55)


def shrub(canvas: Canvas, chance: Random, x: float, base: float, width: float, inks: tuple[str, str]) -> None:
    """Draw a low round planting on a line."""
    count = max(int(width / 26), 2)
    for step in range(count):
        left = x + width * step / (count - 1)
        radius = chance.uniform(18, 34)
        canvas.oval(left, base - radius * 0.4, radius, radius * 0.9, inks[step % 2])


def palm(canvas: Canvas, x: float, base: float, height: float, ink: str, leaf: str) -> None:
    """Draw a palm with nine fronds."""
    canvas.line(curve((x, base), (x + height * 0.05, base - height * 0.5), (x + height * 0.02, base - height)), 9, ink)
    top: Point = (x + height * 0.02, base - height)
    for step in range(9):
        turn = math.radians(200 + step * 17.5)
        reach = height * 0.36
        tip = (top[0] + math.cos(turn) * reach, top[1] + math.sin(turn) * reach * 0.55 + reach * 0.34)
        bend = (top[0] + math.cos(turn) * reach * 0.62, top[1] + math.sin(turn) * reach * 0.85 - reach * 0.08)
        upper = curve(top, bend, tip, 10)
        lower = curve(tip, (bend[0], bend[1] + reach * 0.17), top, 10)
        canvas.polygon(upper + lower, leaf)
