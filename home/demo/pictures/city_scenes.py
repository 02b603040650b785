"""Which pictures of city, court, bridge and train open the articles?"""

from . import city, harbour, machines, nature
from .canvas import SHEET_HEIGHT, SHEET_WIDTH, Canvas, curve, dice, mix
from .palettes import DAWN, DUSK, GARDEN, NOON, STONE


def court(canvas: Canvas) -> None:
    """Draw a court by the water and a bridge whose two halves meet behind it."""
    chance, palette, ground = dice(5), STONE, 770
    nature.sky(canvas, palette, ground)
    nature.sun(canvas, palette, 960, 330, 120)
    nature.hills(canvas, chance, ground - 100, 210, palette.far)
    city.skyline(canvas, chance, ground - 100, (-20, 560), (60, 250), mix(palette.far, palette.middle, 0.4))
    city.skyline(canvas, chance, ground - 100, (1360, 1940), (60, 250), mix(palette.far, palette.middle, 0.4))
    nature.sea(canvas, palette, chance, ground - 106, ground + 20, glitter=960, lines=40)
    for side in (-1, 1):
        outer, inner = 960 + side * 900, 960 + side * 6
        low, high = ground - 80, ground - 460
        canvas.polygon(
            curve((outer, low), (960 + side * 420, high), (inner, high + 6), 40)
            + curve((inner, high + 40), (960 + side * 420, high + 44), (outer - side * 60, low), 40),
            palette.accent if side < 0 else palette.near,
        )
        for rib in range(1, 12):
            t = rib / 12
            x = (1 - t) ** 2 * outer + 2 * t * (1 - t) * (960 + side * 420) + t * t * inner
            y = (1 - t) ** 2 * low + 2 * t * (1 - t) * high + t * t * (high + 6)
            canvas.line([(x, y + 20), (x, low - 24)], 3, palette.near, 0.75)
    canvas.box(0, ground - 110, SHEET_WIDTH, 12, palette.near)
    canvas.disc(960, ground - 438, 30, palette.second)
    canvas.disc(960, ground - 438, 15, palette.light)
    canvas.gradient(
        ground, SHEET_HEIGHT, (mix(palette.light, palette.middle, 0.42), mix(palette.middle, palette.near, 0.4))
    )
    city.colonnade(canvas, 560, ground + 80, 800, 300, palette, 9)
    leaf = ("#3d4b46", "#6f8672", "#a9b592")
    nature.banyan(canvas, dice(2), 190, 985, 230, leaf)
    nature.banyan(canvas, dice(8), 1745, 985, 220, leaf)
    for number, x in enumerate((640, 706, 1010, 1220, 1300)):
        coat = (palette.accent, palette.near, palette.ink, palette.second, palette.near)[number]
        canvas.oval(x, 1010 + number % 2 * 24, 40, 6, palette.ink, 0.25)
        city.person(canvas, x, 1010 + number % 2 * 24, 116, palette.ink, coat)


def promenade(canvas: Canvas) -> None:
    """Draw a waterfront in the evening: a banyan, walkers, homes, a ferry coming in."""
    chance, palette, water = dice(19), GARDEN, 560
    nature.sky(canvas, palette, water)
    nature.sun(canvas, palette, 1010, 400, 104)
    nature.clouds(canvas, chance, "#ffffff", 90, 320, 8)
    nature.hills(canvas, chance, water, 150, palette.far)
    nature.hills(canvas, dice(77), water, 80, mix(palette.far, palette.middle, 0.45))
    nature.sea(canvas, palette, chance, water, 870, glitter=1010, lines=110)
    harbour.ferry(canvas, 790, 690, 380, palette)
    x = 1230.0
    for height, shape, lit in (
        (330, "slab", "grid"),
        (420, "step", "grid"),
        (300, "round", "rows"),
        (470, "slab", "grid"),
        (360, "slant", "grid"),
    ):
        wall = mix(palette.light, palette.middle, chance.uniform(0.12, 0.42))
        city.tower(canvas, chance, x, 760, 128, height, (wall, palette.near), shape=shape, windows=lit, glow=0.9)
        x += 140
    nature.shrub(canvas, chance, 1190, 800, 740, (palette.near, palette.middle))
    canvas.polygon(
        [(0, 860), (1150, 800), (SHEET_WIDTH, 800), (SHEET_WIDTH, SHEET_HEIGHT), (0, SHEET_HEIGHT)],
        mix(palette.light, palette.second, 0.28),
    )
    canvas.polygon([(0, 860), (1150, 800), (SHEET_WIDTH, 800), (SHEET_WIDTH, 812), (1150, 812), (0, 880)], palette.near)
    for plank in range(26):
        canvas.line([(plank * 110 - 300, 1080), (plank * 58 + 330, 822)], 2, palette.near, 0.15)
    for x in (60, 330, 600, 870):
        base = 862 - x * 0.052
        canvas.line([(x, base), (x, base - 54)], 6, palette.ink)
    canvas.line([(0, 810), (1150, 750)], 6, palette.ink)
    canvas.line([(0, 832), (1150, 774)], 3, palette.ink)
    for x in (980, 1540):
        city.lamp(canvas, x, 860, 210, palette.ink, palette.second)
    for number, (x, base, height) in enumerate(
        ((700, 960, 150), (776, 966, 118), (1130, 900, 110), (1390, 1000, 160), (1700, 930, 124), (1760, 934, 120))
    ):
        coat = (palette.accent, palette.second, palette.middle, palette.near, palette.accent, palette.middle)[number]
        canvas.oval(x, base, height * 0.36, 6, palette.ink, 0.25)
        city.person(canvas, x, base, height, palette.ink, coat)
    nature.banyan(canvas, dice(6), 210, 1040, 400, (palette.ink, palette.near, palette.middle))


def two_shores(canvas: Canvas) -> None:
    """Draw two financial districts that face each other across a bridge of light."""
    chance, palette, water = dice(15), DUSK, 690
    nature.sky(canvas, palette, water)
    nature.sun(canvas, palette, 960, 560, 128)
    nature.clouds(canvas, chance, palette.light, 60, 330, 7)
    nature.hills(canvas, chance, water, 170, palette.far)
    left = (
        (20, 300, "slab", "grid"),
        (120, 430, "taper", "fins"),
        (222, 350, "slant", "rows"),
        (330, 560, "taper", "rows"),
        (440, 380, "round", "fins"),
        (546, 290, "step", "grid"),
    )
    for x, height, shape, lit in left:
        wall = mix(palette.near, palette.middle, chance.random())
        city.tower(canvas, chance, x, water, 98, height, (wall, palette.light), shape=shape, windows=lit, glow=0.6)
        mirrored = SHEET_WIDTH - x - 98
        wall = mix(palette.near, palette.middle, chance.random())
        city.tower(
            canvas,
            chance,
            mirrored,
            water,
            98,
            height * chance.uniform(0.82, 1.1),
            (wall, palette.second),
            shape=shape,
            windows=("rows", "grid", "fins")[x % 3],
            glow=0.6,
        )
    nature.sea(canvas, palette, chance, water, SHEET_HEIGHT, glitter=960, lines=150)
    city.cable_bridge(canvas, water - 34, (560, 1360), (800, 1120), 190, palette.ink, palette.light)
    canvas.box(0, water - 10, 690, 16, palette.ink)
    canvas.box(1230, water - 10, 690, 16, palette.ink)
    for rank in range(7):
        rise = 200 + rank * 62
        path = curve((330 - rank * 30, water - 20), (960, water - 2 * rise + 40), (1590 + rank * 30, water - 20), 60)
        ink = palette.second if rank % 2 else palette.light
        canvas.line(path, 2.5, ink, 0.55)
        for place in range(4):
            canvas.disc(*path[(place * 15 + rank * 7) % 61], 8, ink)
    for rank in range(5):
        canvas.pill(140 + rank * 60, 770 + rank * 52, 420 - rank * 40, 5, palette.light, 0.35)
        canvas.pill(1360 - rank * 20, 770 + rank * 52, 420 - rank * 40, 5, palette.second, 0.4)


def museum(canvas: Canvas) -> None:
    """Draw a museum of shells on a new shore, with the towers of a centre behind it."""
    chance, palette, ground = dice(27), NOON, 720
    nature.sky(canvas, palette, ground)
    nature.sun(canvas, palette, 1500, 190, 70)
    nature.clouds(canvas, chance, "#ffffff", 70, 320, 9)
    city.skyline(canvas, chance, ground, (-20, 1940), (100, 300), palette.far)
    for x, width, height, shape, lit in (
        (90, 100, 440, "slant", "fins"),
        (215, 120, 330, "step", "grid"),
        (1290, 110, 400, "round", "rows"),
        (1420, 128, 560, "taper", "fins"),
        (1570, 112, 430, "slab", "grid"),
        (1700, 120, 500, "slant", "rows"),
        (352, 96, 260, "slab", "rows"),
    ):
        wall = mix(palette.middle, palette.far, chance.uniform(0.0, 0.5))
        city.tower(canvas, chance, x, ground, width, height, (wall, palette.light), shape=shape, windows=lit, glow=0.8)
    canvas.box(0, ground, SHEET_WIDTH, 84, mix(palette.light, palette.middle, 0.24))
    nature.shrub(canvas, chance, -20, ground + 20, 1960, ("#5f9a7e", "#3d7d6c"))
    inks = (
        palette.light,
        mix(palette.light, palette.middle, 0.14),
        palette.light,
        mix(palette.light, palette.middle, 0.14),
    )
    for number, (x, width, height) in enumerate(((430, 330, 260), (610, 420, 400), (880, 360, 300), (1080, 280, 200))):
        base = ground + 46
        outer = curve((x, base), (x + width * 0.08, base - height * 1.25), (x + width * 0.78, base - height), 30)
        inner = curve((x + width * 0.78, base - height), (x + width * 0.98, base - height * 0.5), (x + width, base), 30)
        canvas.polygon(outer + inner, inks[number])
        canvas.polygon(
            [
                *curve(
                    (x + width * 0.3, base),
                    (x + width * 0.42, base - height * 0.85),
                    (x + width * 0.78, base - height),
                    30,
                ),
                *inner,
            ],
            mix(inks[number], palette.near, 0.2),
        )
        for rib in range(1, 6):
            foot = x + width * (0.3 + 0.13 * rib)
            canvas.line(
                curve((foot, base), (foot + width * 0.04, base - height * 0.66), (x + width * 0.78, base - height), 20),
                2.4,
                palette.near,
                0.5,
            )
    canvas.box(400, ground + 44, 1010, 22, palette.near)
    canvas.box(360, ground + 64, 1090, 18, mix(palette.light, palette.middle, 0.3))
    nature.sea(canvas, palette, chance, ground + 82, SHEET_HEIGHT, lines=130)
    for x in range(430, 1380, 70):
        canvas.pill(x, ground + 96 + chance.uniform(0, 130), chance.uniform(30, 120), 6, palette.light, 0.55)
    for x, height in ((300, 150), (372, 190), (1476, 180), (1566, 140)):
        nature.palm(canvas, x, ground + 66, height, palette.ink, "#3d7d6c")
    for number, x in enumerate((470, 520, 790, 1010, 1060, 1250, 1340)):
        city.person(canvas, x, ground + 66, 48, palette.ink, (palette.accent, palette.second, palette.near)[number % 3])
    nature.birds(canvas, chance, 760, 190, palette.near, 6)


def railway(canvas: Canvas) -> None:
    """Draw a fast train on its viaduct above the bay."""
    chance, palette, water = dice(52), NOON, 640
    nature.sky(canvas, palette, water)
    nature.sun(canvas, palette, 1480, 250, 96)
    nature.clouds(canvas, chance, "#ffffff", 70, 330, 10)
    nature.hills(canvas, chance, water, 330, palette.far)
    nature.hills(canvas, dice(3), water, 190, mix(palette.far, palette.middle, 0.45))
    city.skyline(canvas, chance, water, (40, 760), (50, 200), mix(palette.far, palette.middle, 0.75))
    nature.sea(canvas, palette, chance, water, SHEET_HEIGHT, glitter=1480, lines=150)
    harbour.ferry(canvas, 1640, 694, 210, palette)
    city.viaduct(
        canvas, 720, SHEET_HEIGHT, mix(palette.light, palette.middle, 0.34), mix(palette.light, palette.near, 0.6)
    )
    for x in range(60, SHEET_WIDTH, 330):
        canvas.line([(x, 712), (x, 420)], 8, palette.near)
        canvas.line([(x, 440), (x + 96, 452)], 5, palette.near)
    canvas.line([(0, 452), (SHEET_WIDTH, 452)], 3, palette.near)
    city.train(canvas, 1500, 708, 200, palette)
    for streak in range(6):
        canvas.pill(1540 + streak * 62, 560 + (streak % 3) * 48, 190, 5, palette.light, 0.7)
    nature.shrub(canvas, chance, -20, 1078, 620, ("#3d7d6c", "#2a6257"))
    nature.palm(canvas, 150, 1080, 300, palette.ink, "#2a6257")
    nature.palm(canvas, 320, 1080, 230, palette.ink, "#3d7d6c")


def under_the_street(canvas: Canvas) -> None:
    """Draw a street cut open: trees and people above, pipes and fibres below."""
    chance, palette, street = dice(61), DAWN, 560
    nature.sky(canvas, palette, street)
    nature.sun(canvas, palette, 1320, 300, 90)
    city.skyline(canvas, chance, street, (-20, 1940), (120, 330), palette.far)
    for x, width, height, shape in (
        (40, 190, 430, "slab"),
        (270, 150, 340, "step"),
        (1440, 170, 460, "slant"),
        (1650, 220, 380, "slab"),
    ):
        city.tower(
            canvas,
            chance,
            x,
            street,
            width,
            height,
            (mix(palette.middle, palette.far, 0.2), palette.light),
            shape=shape,
            windows="grid",
            glow=0.6,
        )
    for x, size in ((620, 150), (900, 180), (1210, 160)):
        nature.banyan(canvas, dice(x), x, street, size, (palette.ink, "#2d6a5c", "#6da184"))
    for number, x in enumerate((520, 760, 1040, 1090, 1370)):
        city.person(canvas, x, street, 92, palette.ink, (palette.accent, palette.second, palette.near)[number % 3])
    city.lamp(canvas, 470, street, 190, palette.ink, palette.light)
    machines.mast(canvas, 1400, street, 210, palette.ink, palette.accent)
    canvas.box(0, street, SHEET_WIDTH, 34, mix(palette.light, palette.near, 0.3))
    canvas.box(0, street + 34, SHEET_WIDTH, SHEET_HEIGHT, mix(palette.near, palette.ink, 0.2))
    for _ in range(150):
        canvas.disc(
            chance.uniform(0, SHEET_WIDTH),
            chance.uniform(street + 60, 1070),
            chance.uniform(3, 12),
            palette.middle,
            0.4,
        )
    for level, (ink, thick) in enumerate(((palette.accent, 26), (palette.second, 40), (palette.sea[0], 64))):
        y = street + 88 + level * 88
        canvas.box(0, y - thick / 2, SHEET_WIDTH, thick, ink)
        canvas.box(0, y - thick * 0.3, SHEET_WIDTH, thick * 0.16, "#ffffff", 0.4)
        for joint in range(7):
            x = 130 + joint * 280 + level * 90
            canvas.box(x, y - thick * 0.68, 26, thick * 1.36, mix(ink, palette.ink, 0.4))
    canvas.pill(560, street + 324, 800, 300, palette.ink, radius=60)
    canvas.pill(590, street + 346, 740, 300, mix(palette.light, palette.second, 0.25), radius=40)
    for shelf in range(3):
        for side in (0, 1):
            x = 600 if side == 0 else 1140
            canvas.box(x, street + 400 + shelf * 36, 190, 12, (palette.accent, palette.middle, palette.near)[shelf])
    city.person(canvas, 960, street + 516, 136, palette.ink, palette.accent)
