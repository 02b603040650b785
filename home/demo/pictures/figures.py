"""Which smaller pictures stand inside the articles?"""

import itertools
from random import Random

from . import city, harbour, machines, nature
from .canvas import SHEET_HEIGHT, SHEET_WIDTH, Canvas, curve, dice, mix, polar
from .palettes import DAWN, DUSK, GARDEN, JADE, NIGHT, NOON, STEEL, Palette


def seven_kinds(canvas: Canvas) -> None:
    """Draw seven panels, one for each kind of infrastructure: 5G, power, rail, charging, data, AI, machines."""
    chance = dice(17)
    palettes = (NIGHT, DUSK, NOON, GARDEN, JADE, DAWN, STEEL)
    wide = SHEET_WIDTH / 7
    base = 860
    for number, palette in enumerate(palettes):
        _panel(canvas, palette, number * wide, wide, base)
    middle = [wide * (number + 0.5) for number in range(7)]
    machines.mast(canvas, middle[0], base, 430, NIGHT.light, NIGHT.accent)
    machines.pylon(canvas, middle[1], base, 560, DUSK.ink)
    for share, arm in ((0.62, 0.22), (0.76, 0.18), (0.9, 0.12)):
        for side in (-1, 1):
            start = (middle[1] + side * 560 * arm, base - 560 * share + 14)
            edge = middle[1] + side * wide / 2
            canvas.line(curve(start, ((start[0] + edge) / 2, start[1] + 18), (edge, start[1] + 8), 8), 2, DUSK.ink)
    _train_front(canvas, middle[2], base)
    machines.charger(canvas, middle[3] - 62, base, 300, GARDEN)
    _servers(canvas, chance, middle[4], base)
    _network(canvas, middle[5])
    machines.robot_arm(canvas, middle[6] - 56, base, 196, (276, 332, 82), STEEL, ink=STEEL.accent)
    harbour.container(canvas, middle[6] + 22, base - 50, 100, 50, STEEL.second)
    for number in range(1, 7):
        canvas.box(number * wide - 5, 0, 10, SHEET_HEIGHT, "#fdf6e6")


def _panel(canvas: Canvas, palette: Palette, left: float, wide: float, base: float) -> None:
    for band in range(60):
        share = band / 59 * (len(palette.sky) - 1)
        step = min(int(share), len(palette.sky) - 2)
        canvas.box(left, band * 18, wide + 1, 19, mix(palette.sky[step], palette.sky[step + 1], share - step))
    canvas.box(left, base, wide + 1, SHEET_HEIGHT - base, palette.near)
    canvas.disc(left + wide / 2, 420, 92, palette.sun, 0.35)


def _servers(canvas: Canvas, chance: Random, x: float, base: float) -> None:
    for row in range(9):
        canvas.pill(x - 84, base - 70 - row * 58, 168, 50, JADE.ink, radius=6)
        for lamp in range(5):
            ink = (JADE.accent, JADE.second, JADE.light)[chance.randrange(3)]
            canvas.disc(x - 62 + lamp * 20, base - 45 - row * 58, 5, ink)
        canvas.pill(x + 38, base - 49 - row * 58, 34, 8, JADE.far)


def _network(canvas: Canvas, x: float) -> None:
    layers = ((3, 300), (5, 420), (5, 540), (3, 660))
    nodes = [[(x + (n - (count - 1) / 2) * 50, y + 120.0) for n in range(count)] for count, y in layers]
    for upper, lower in itertools.pairwise(nodes):
        for start in upper:
            for end in lower:
                canvas.line([start, end], 2, DAWN.ink, 0.4)
    for rank in nodes:
        for number, (x, y) in enumerate(rank):
            canvas.disc(x, y, 15, DAWN.ink)
            canvas.disc(x, y, 9, DAWN.accent if number % 2 else DAWN.light)


def _train_front(canvas: Canvas, x: float, base: float) -> None:
    palette = NOON
    canvas.pill(x - 96, base - 330, 192, 330, palette.light, radius=86)
    canvas.pill(x - 74, base - 292, 148, 128, palette.ink, radius=50)
    canvas.polygon(
        [
            (x - 96, base - 120),
            (x, base - 84),
            (x + 96, base - 120),
            (x + 96, base - 70),
            (x, base - 36),
            (x - 96, base - 70),
        ],
        palette.accent,
    )
    for side in (-1, 1):
        canvas.disc(x + side * 58, base - 142, 13, palette.second)
        canvas.line([(x + side * 40, base), (x + side * 110, SHEET_HEIGHT)], 10, palette.light)


def quay_plan(canvas: Canvas) -> None:
    """Draw a terminal from above: the ship, the cranes, the trailers' loop, the blocks of boxes."""
    chance, palette = dice(29), DAWN
    canvas.box(0, 0, SHEET_WIDTH, SHEET_HEIGHT, mix(palette.light, palette.far, 0.3))
    canvas.box(0, 0, SHEET_WIDTH, 330, palette.sea[1])
    for _ in range(60):
        canvas.pill(chance.uniform(-40, 1900), chance.uniform(6, 310), chance.uniform(40, 180), 4, palette.light, 0.16)
    canvas.polygon([(140, 190), (330, 96), (1740, 96), (1780, 130), (1780, 250), (1740, 284), (330, 284)], palette.near)
    inks = (palette.accent, palette.second, palette.light, palette.middle, mix(palette.accent, palette.near, 0.5))
    _boxes_from_above(canvas, chance, (370, 112, 72, 26.5), (18, 6), inks)
    canvas.box(1676, 104, 44, 172, palette.light)
    canvas.box(0, 326, SHEET_WIDTH, 16, palette.ink)
    for x in (500, 900, 1300):
        canvas.box(x, 60, 30, 420, palette.accent)
        canvas.box(x + 66, 60, 30, 420, palette.accent)
        for y in (360, 466):
            canvas.box(x - 30, y, 156, 16, mix(palette.accent, palette.ink, 0.4))
        canvas.box(x + 16, 180, 64, 44, palette.ink)
    lane = mix(palette.near, palette.middle, 0.4)
    canvas.pill(60, 500, 1800, 540, lane, radius=90)
    canvas.pill(150, 590, 1620, 360, mix(palette.light, palette.far, 0.3), radius=30)
    for dash in range(27):
        for y in (543, 993):
            canvas.box(150 + dash * 61, y, 30, 5, palette.second)
    for block in range(4):
        _boxes_from_above(canvas, chance, (190 + block * 396, 612, 60, 36), (6, 9), inks)
        canvas.box(180 + block * 396 + chance.uniform(40, 280), 600, 24, 340, palette.ink)
    for x, y in ((330, 526), (760, 526), (1230, 526), (1560, 976), (1010, 976), (420, 976)):
        canvas.pill(x, y, 108, 40, palette.light, radius=8)
        canvas.box(x + 8, y + 6, 92, 28, inks[chance.randrange(2)])
        ahead = x + 116 if y < 700 else x - 8
        machines.signal(
            canvas, ahead, y + 20, palette.light, step=15, width=4, turn=(-45, 45) if y < 700 else (135, 225)
        )


def _boxes_from_above(
    canvas: Canvas,
    chance: Random,
    place: tuple[float, float, float, float],
    count: tuple[int, int],
    inks: tuple[str, ...],
) -> None:
    """Draw a block of containers with a few gaps; `place` is its corner and the distance from box to box."""
    left, top, across, down = place
    for column in range(count[0]):
        for row in range(count[1]):
            if chance.random() < 0.88:
                ink = inks[chance.randrange(len(inks))]
                canvas.box(left + column * across, top + row * down, across - 5, down - 4, ink)


def hour_rings(canvas: Canvas) -> None:
    """Draw a bay from above with rings of travel time around one station; it is a scheme, not a map."""
    palette = NOON
    canvas.box(0, 0, SHEET_WIDTH, SHEET_HEIGHT, palette.sea[0])
    for ring, alpha in ((860, 0.16), (640, 0.2), (430, 0.24), (230, 0.3)):
        canvas.disc(960, 500, ring, palette.light, alpha)
    west = [(0, 0), (700, 0), (760, 160), (640, 330), (690, 520), (560, 690), (620, 850), (500, 1080), (0, 1080)]
    east = [
        (900, 0),
        (1920, 0),
        (1920, 900),
        (1700, 980),
        (1560, 860),
        (1430, 880),
        (1300, 760),
        (1130, 700),
        (1000, 600),
        (1010, 430),
        (930, 300),
        (980, 150),
    ]
    isles = [(1180, 960), (1330, 930), (1420, 1000), (1300, 1060), (1160, 1040)]
    for shape in (west, east, isles):
        canvas.polygon(shape, mix(palette.sky[2], "#9dbf9c", 0.5))
        canvas.line([*shape, shape[0]], 6, palette.light)
    for ring in (230, 430, 640, 860):
        for step in range(0, 360, 4):
            canvas.arc(960, 500, ring, (step, step + 2), 4, palette.near, 0.5)
    stops = (
        (960, 500),
        (1080, 250),
        (1300, 420),
        (1560, 300),
        (1480, 640),
        (1240, 690),
        (600, 240),
        (420, 480),
        (300, 760),
        (560, 600),
    )
    for path, ink in (
        ([stops[0], stops[1], stops[3]], palette.accent),
        ([stops[0], stops[2], stops[4]], palette.near),
        ([stops[0], stops[5]], palette.second),
        ([stops[0], stops[9], stops[7], stops[8]], palette.accent),
        ([stops[1], (850, 130), stops[6], stops[7]], palette.near),
    ):
        canvas.line(path, 13, ink)
    for x, y in stops[1:]:
        canvas.disc(x, y, 20, palette.ink)
        canvas.disc(x, y, 11, palette.light)
    canvas.disc(960, 500, 40, palette.ink)
    canvas.disc(960, 500, 27, palette.accent)
    for number, (x, y) in enumerate(((1640, 180), (1660, 520), (260, 300), (180, 620), (1390, 200))):
        city.skyline(canvas, dice(number), y, (x - 90, x + 60), (30, 110), mix(palette.middle, palette.far, 0.3))
    city.cable_bridge(canvas, 900, (610, 1180), (900,), 90, palette.near, palette.near)


def cooling_loop(canvas: Canvas) -> None:
    """Draw how heat leaves a data hall: racks, warm pipe, exchanger, cool pipe back."""
    chance, palette = dice(13), JADE
    canvas.gradient(0, 720, (palette.light, mix(palette.light, palette.far, 0.4)))
    canvas.gradient(720, SHEET_HEIGHT, palette.sea)
    nature.sea(canvas, palette, chance, 790, SHEET_HEIGHT, lines=60)
    canvas.box(0, 700, SHEET_WIDTH, 90, palette.near)
    canvas.box(140, 180, 860, 530, palette.ink)
    canvas.box(170, 214, 800, 486, palette.near)
    for number in range(5):
        x = 230 + number * 146
        canvas.pill(x, 330, 110, 360, palette.ink, radius=6)
        for row in range(12):
            for lamp in range(4):
                if chance.random() < 0.7:
                    canvas.disc(
                        x + 22 + lamp * 22,
                        356 + row * 27,
                        5,
                        (palette.accent, palette.second, palette.far)[chance.randrange(3)],
                    )
        for wave in range(3):
            top = 312 - wave * 26
            canvas.line(
                curve((x + 25, top), (x + 42, top - 16), (x + 56, top), 8)
                + curve((x + 56, top), (x + 70, top + 16), (x + 86, top), 8),
                5,
                palette.accent,
            )
    canvas.line([(960, 260), (1260, 260), (1260, 470)], 34, palette.accent)
    canvas.line([(960, 620), (1260, 620), (1260, 560)], 34, palette.sea[0])
    canvas.pill(1170, 420, 470, 220, palette.light, radius=20)
    for plate in range(13):
        canvas.pill(1204 + plate * 32, 446, 14, 168, palette.accent if plate % 2 else palette.sea[0])
    canvas.line([(1560, 640), (1560, 940)], 34, palette.sea[1])
    canvas.line([(1420, 640), (1420, 900)], 34, palette.sea[0])
    for x, turn, y in ((1560, 90, 860), (1420, 270, 800), (1110, 0, 260), (1110, 180, 620)):
        tip = polar(x, y, 24, turn)
        canvas.polygon([tip, polar(x, y, 20, turn + 130), polar(x, y, 20, turn - 130)], palette.light)
    canvas.disc(1700, 190, 70, palette.second)
