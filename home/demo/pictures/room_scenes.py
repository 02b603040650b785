"""Which pictures of rooms open the articles?"""

from random import Random

from . import city, nature
from .canvas import SHEET_HEIGHT, SHEET_WIDTH, Canvas, curve, dice, mix
from .palettes import JADE, ROSE


def evening_windows(canvas: Canvas) -> None:
    """Draw the front of one building after work: every window another life."""
    chance, palette = dice(41), ROSE
    wall = mix(palette.near, palette.middle, 0.16)
    canvas.box(0, 0, SHEET_WIDTH, SHEET_HEIGHT, wall)
    columns, rows = 8, 4
    wide, high = 196.0, 206.0
    for row in range(rows):
        for column in range(columns):
            x, y = 62 + column * 228, 40 + row * 256
            lit = chance.random() < 0.66
            glass = (
                chance.choice((palette.second, palette.sky[0], palette.light, palette.sky[2])) if lit else palette.ink
            )
            canvas.box(x - 8, y - 8, wide + 16, high + 16, palette.ink)
            canvas.box(x, y, wide, high, glass)
            if not lit:
                canvas.polygon(
                    [(x, y + high), (x + wide * 0.55, y), (x + wide * 0.8, y), (x + wide * 0.25, y + high)],
                    palette.middle,
                    0.4,
                )
            else:
                _room(canvas, chance, x, y, wide, high, chance.randrange(6))
            canvas.box(x - 12, y + high + 8, wide + 24, 46, wall)
            canvas.box(x - 8, y + high, wide + 16, 8, palette.ink)
            canvas.box(x + wide / 2 - 3, y, 6, high, palette.ink)
            canvas.box(x - 14, y + high + 8, wide + 28, 12, mix(palette.near, palette.light, 0.28))
            if (row + column) % 4 == 1:
                nature.shrub(canvas, chance, x + 4, y + high + 6, wide - 10, ("#5f7a5a", "#87a06c"))


def _room(canvas: Canvas, chance: Random, x: float, y: float, wide: float, high: float, kind: int) -> None:
    """Furnish a lit window."""
    palette, floor = ROSE, y + high
    match kind:
        case 0:
            canvas.box(x + 20, floor - 62, wide - 40, 10, palette.ink)
            canvas.pill(x + 112, floor - 112, 62, 42, palette.near, radius=4)
            canvas.line([(x + 143, floor - 70), (x + 143, floor - 60)], 6, palette.near)
            city.person(canvas, x + 62, floor + 46, 176, palette.ink, palette.accent)
        case 1:
            canvas.line([(x + 48, y), (x + 48, y + 46)], 3, palette.ink)
            canvas.polygon([(x + 20, y + 74), (x + 36, y + 44), (x + 60, y + 44), (x + 76, y + 74)], palette.accent)
            _shelves(canvas, chance, x + 110, y + 60)
        case 2:
            _curtains(canvas, x, y, wide, high)
        case 3:
            canvas.polygon(
                [(x + 50, floor), (x + 58, floor - 46), (x + 94, floor - 46), (x + 102, floor)], palette.accent
            )
            for turn in range(7):
                tip = (x + 76 + (turn - 3) * 26, floor - 130 + abs(turn - 3) * 18)
                canvas.line(curve((x + 76, floor - 46), (x + 76 + (turn - 3) * 6, floor - 110), tip, 12), 9, "#5f7a5a")
        case 4:
            canvas.box(x, floor - 50, wide, 50, palette.middle)
            canvas.pill(x + 20, floor - 96, wide - 40, 70, palette.accent, radius=18)
            city.person(canvas, x + 70, floor + 20, 150, palette.ink, palette.light)
            city.person(canvas, x + 136, floor + 34, 140, palette.ink, palette.near)
        case _:
            canvas.disc(x + 140, y + 62, 30, palette.light)
            canvas.box(x + 16, floor - 70, 84, 70, palette.near)
            canvas.pill(x + 26, floor - 128, 64, 58, palette.ink, radius=6)
            canvas.pill(x + 32, floor - 122, 52, 42, palette.sky[1], radius=3)


def _curtains(canvas: Canvas, x: float, y: float, wide: float, high: float) -> None:
    """Draw red curtains, half open, and the cat that sits between them."""
    palette, floor = ROSE, y + high
    for curtain in (0, 1):
        for fold in range(4):
            left = x + fold * 13 if curtain == 0 else x + wide - 13 - fold * 13
            canvas.box(left, y, 13, high, mix(palette.accent, palette.ink, 0.1 + 0.12 * (fold % 2)))
    canvas.oval(x + wide * 0.4, floor - 40, 26, 18, palette.ink)
    canvas.polygon(
        [
            (x + wide * 0.4 + 12, floor - 50),
            (x + wide * 0.4 + 18, floor - 74),
            (x + wide * 0.4 + 28, floor - 52),
        ],
        palette.ink,
    )
    canvas.box(x + 52, floor - 26, wide - 104, 8, palette.near)


def _shelves(canvas: Canvas, chance: Random, x: float, y: float) -> None:
    palette = ROSE
    for shelf in range(3):
        canvas.box(x, y + shelf * 46, 70, 6, palette.ink)
        for book in range(5):
            tall = chance.uniform(20, 34)
            ink = chance.choice((palette.accent, palette.near, palette.middle, palette.light))
            canvas.box(x + 4 + book * 12, y + shelf * 46 - tall, 9, tall, ink)


def hearing(canvas: Canvas) -> None:
    """Draw a hearing room between two windows: one table, two shores, three seats and a screen."""
    chance, palette = dice(71), JADE
    canvas.gradient(0, SHEET_HEIGHT, (mix(palette.light, palette.far, 0.55), mix(palette.light, palette.far, 0.25)))
    for x in (90, 1290):
        canvas.box(x - 16, 104, 572, 472, palette.near)
        for band in range(54):
            canvas.box(x, 120 + band * 8, 540, 8, mix(palette.sky[1], palette.sky[3], band / 54))
        canvas.disc(x + (400 if x < 900 else 140), 330, 54, palette.sun)
        ridge = [(x + step * 12, 440 - 70 * abs(((step * 7 + x) % 40) / 20 - 1)) for step in range(46)]
        canvas.polygon([(x, 470), *ridge, (x + 540, 470)], palette.far)
        for number in range(7):
            tall = chance.uniform(80, 230)
            city.tower(
                canvas,
                chance,
                x + 16 + number * 74,
                480,
                58,
                tall,
                (palette.middle, palette.light),
                shape=("slab", "taper", "slant", "round")[number % 4],
                windows="rows",
                glow=0.5,
            )
        for row in range(10):
            canvas.box(x, 478 + row * 8.3, 540, 9, mix(palette.sea[0], palette.sea[2], row / 10))
            canvas.pill(x + chance.uniform(20, 380), 482 + row * 8, chance.uniform(40, 130), 3, palette.light, 0.5)
        canvas.box(x + 266, 104, 9, 472, palette.near)
    canvas.pill(706, 150, 508, 330, palette.ink, radius=14)
    canvas.pill(722, 166, 476, 298, palette.middle, radius=6)
    for side in (0, 1):
        left = 736 + side * 230
        canvas.pill(left, 182, 218, 266, (palette.far, palette.near)[side], radius=6)
        canvas.polygon(
            [(left + 36, 448), (left + 60, 340), (left + 158, 340), (left + 182, 448)],
            (palette.accent, palette.second)[side],
        )
        canvas.disc(left + 109, 290, 44, palette.light)
    canvas.box(0, 700, SHEET_WIDTH, 380, mix(palette.near, palette.middle, 0.4))
    for number, x in enumerate((300, 1620, 720, 1200)):
        coat = (palette.accent, palette.second, palette.middle, palette.middle)[number]
        wide, top = (130, 560) if number < 2 else (96, 600)
        canvas.pill(x - wide * 0.62, top + 60, wide * 1.24, 250, coat, radius=wide * 0.5)
        canvas.disc(x, top + 10, wide * 0.4, palette.ink)
    canvas.polygon([(360, 730), (1560, 730), (1900, 960), (20, 960)], palette.light)
    canvas.polygon([(20, 960), (1900, 960), (1900, 1010), (20, 1010)], mix(palette.light, palette.near, 0.36))
    canvas.polygon([(952, 730), (968, 730), (980, 960), (940, 960)], palette.accent)
    for x, y in ((560, 780), (520, 850), (1260, 780), (1290, 850)):
        canvas.polygon([(x, y), (x + 110, y), (x + 124, y + 44), (x - 8, y + 44)], "#ffffff")
        for row in range(3):
            canvas.line([(x + 14, y + 10 + row * 11), (x + 92, y + 10 + row * 11)], 2.4, palette.far)
