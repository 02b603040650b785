"""Which pictures of port, machines and networks open the articles?"""

import itertools

from . import city, harbour, machines, nature
from .canvas import SHEET_HEIGHT, SHEET_WIDTH, Canvas, curve, dice, mix
from .palettes import DAWN, DUSK, JADE, NIGHT, STEEL


def connected_bay(canvas: Canvas) -> None:
    """Draw a lit shore whose reflections in the water are circuit traces."""
    chance, palette, water = dice(11), NIGHT, 640
    nature.sky(canvas, palette, water)
    nature.sun(canvas, palette, 1420, 236, 62)
    for _ in range(90):
        canvas.disc(chance.uniform(0, SHEET_WIDTH), chance.uniform(0, 330), chance.uniform(1, 2.4), palette.light, 0.5)
    nature.hills(canvas, chance, water, 190, palette.far)
    city.skyline(canvas, chance, water, (-20, 1940), (70, 210), mix(palette.far, palette.middle, 0.55))
    shapes = ("slab", "slant", "taper", "round", "step", "taper", "slab", "slant", "round", "taper", "step", "slab")
    windows = ("rows", "grid", "fins", "rows", "grid", "fins", "grid", "rows", "fins", "rows", "rows", "grid")
    heights = (230, 300, 380, 270, 350, 520, 300, 410, 330, 440, 280, 240)
    starts: list[tuple[float, float]] = []
    x = 210.0
    for shape, lit, height in zip(shapes, windows, heights, strict=True):
        width = chance.uniform(86, 118)
        wall = mix(palette.near, palette.middle, chance.random() * 0.8)
        city.tower(canvas, chance, x, water, width, height, (wall, palette.light), shape=shape, windows=lit, glow=0.55)
        starts.append((x + width / 2, water))
        x += width + chance.uniform(10, 26)
    nature.sea(canvas, palette, chance, water, SHEET_HEIGHT, lines=70)
    canvas.box(0, water - 8, SHEET_WIDTH, 12, palette.ink)
    inks = (palette.accent, palette.light, palette.accent, palette.second)
    for number, (left, top) in enumerate(starts):
        for trace in range(3):
            machines.circuit(
                canvas,
                chance,
                (left - 26 + trace * 26, top + 4),
                chance.uniform(150, 400),
                inks[(number + trace) % 4],
                lean=(-1, 0, 1)[trace],
                width=4,
            )
    city.cable_bridge(canvas, water - 18, (1500, 1960), (1730,), 200, palette.ink, palette.accent)


def quay(canvas: Canvas) -> None:
    """Draw a quay at dawn: cranes, a ship, driverless trailers."""
    chance, palette, water = dice(4), DAWN, 590
    nature.sky(canvas, palette, water)
    nature.sun(canvas, palette, 560, 430, 92)
    nature.clouds(canvas, chance, palette.light, 80, 330, 7)
    nature.hills(canvas, chance, water, 150, palette.far)
    nature.hills(canvas, dice(9), water, 84, mix(palette.far, palette.middle, 0.4))
    nature.sea(canvas, palette, chance, water, 860, glitter=560)
    boxes = (palette.accent, palette.second, palette.light, palette.middle, mix(palette.accent, palette.near, 0.5))
    harbour.container_ship(canvas, chance, -170, 790, 1090, palette, hull=palette.near, boxes=boxes)
    harbour.quay_crane(canvas, 1640, 850, 440, (mix(palette.middle, palette.far, 0.4), palette.light), trolley=0.5)
    harbour.quay_crane(canvas, 990, 868, 560, (palette.accent, palette.ink), load=palette.second, trolley=0.66)
    canvas.box(0, 842, SHEET_WIDTH, 40, mix(palette.near, palette.ink, 0.4))
    canvas.box(0, 866, SHEET_WIDTH, SHEET_HEIGHT - 866, mix(palette.near, palette.middle, 0.35))
    for stripe in range(-2, 24):
        canvas.polygon(
            [(stripe * 110, 880), (stripe * 110 + 55, 880), (stripe * 110 + 30, 892), (stripe * 110 - 25, 892)],
            palette.second,
            0.9,
        )
    canvas.box(0, 1010, SHEET_WIDTH, 6, palette.light, 0.4)
    for x, load in ((90, palette.second), (700, palette.light), (1330, palette.accent)):
        canvas.oval(x + 205, 1003, 240, 14, palette.ink, 0.35)
        harbour.trailer(canvas, x, 1004, 410, palette.light, palette.accent, load=load)
        machines.signal(canvas, x + 398, 900, palette.light, step=18, width=4, turn=(270, 360))
    nature.birds(canvas, chance, 250, 200, palette.ink)


def smart_port(canvas: Canvas) -> None:
    """Draw a terminal at dusk as the pilot of an arriving ship sees it."""
    chance, palette, water = dice(23), DUSK, 640
    nature.sky(canvas, palette, water)
    nature.sun(canvas, palette, 1150, 520, 120)
    nature.clouds(canvas, chance, palette.light, 90, 380, 8)
    nature.hills(canvas, chance, water, 210, palette.far)
    nature.hills(canvas, dice(31), water, 110, mix(palette.far, palette.middle, 0.6))
    for step, x in enumerate((1700, 1380, 1060, 740, 420)):
        size = 250 + (step % 2) * 24
        ink = mix(palette.middle, palette.near, 0.3 + 0.1 * step)
        harbour.quay_crane(
            canvas,
            x,
            water,
            size,
            (ink, palette.second),
            raised=step in (1, 4),
            load=palette.accent if step == 2 else None,
            trolley=0.7,
        )
    harbour.stack(
        canvas,
        chance,
        10,
        water,
        (58, 24),
        [2, 4, 5, 3, 4, 5, 4, 2, 3, 5, 4, 3, 2, 4, 5, 5, 3, 2, 4, 3, 5, 4, 3, 4, 5, 4, 2, 3, 4, 3],
        (palette.near, palette.middle, palette.accent, palette.second, mix(palette.accent, palette.near, 0.5)),
    )
    canvas.box(0, water - 3, SHEET_WIDTH, 14, palette.ink)
    machines.mast(canvas, 232, water, 330, palette.ink, palette.second)
    nature.sea(canvas, palette, chance, water + 10, SHEET_HEIGHT, glitter=1150, lines=150)
    bow = [(400, 1080), (640, 906), (960, 850), (1280, 906), (1520, 1080)]
    canvas.polygon(bow, palette.ink)
    canvas.polygon(
        [(436, 1080), (664, 924), (960, 872), (1256, 924), (1484, 1080)], mix(palette.near, palette.middle, 0.3)
    )
    canvas.polygon([(930, 1080), (948, 872), (972, 872), (990, 1080)], palette.ink)
    for side in (-1, 1):
        for post in range(6):
            x = 960 + side * (40 + post * 92)
            y = 862 + post * post * 5.4 + post * 12
            canvas.line([(x, y + 6), (x, y - 40)], 5, palette.light)
        rail = [(960 + side * (post * 92), 822 + post * post * 5.4 + post * 12 - 4) for post in range(7)]
        canvas.line(rail, 5, palette.light)
    canvas.line([(960, 850), (960, 700)], 9, palette.light)
    canvas.disc(960, 700, 13, palette.sun)
    nature.birds(canvas, chance, 640, 250, palette.ink)


def factory(canvas: Canvas) -> None:
    """Draw a line of robot arms that speak by radio, a car body between them."""
    chance, palette = dice(7), STEEL
    canvas.gradient(0, 800, palette.sky)
    for column in range(9):
        left = -40 + column * 240
        canvas.box(left, 60, 176, 400, palette.sun, 0.12)
        canvas.box(left + 86, 60, 5, 400, palette.middle)
        canvas.box(left, 250, 176, 5, palette.middle)
    city.skyline(canvas, chance, 460, (-20, 1940), (60, 230), mix(palette.far, palette.middle, 0.5))
    for column in range(10):
        canvas.box(-104 + column * 240, 0, 64, 800, palette.middle)
    canvas.box(0, 460, SHEET_WIDTH, 340, palette.middle)
    canvas.box(0, 30, SHEET_WIDTH, 34, palette.near)
    for beam in range(17):
        canvas.line([(beam * 120 - 20, 64), (beam * 120 + 40, 30), (beam * 120 + 100, 64)], 5, palette.far)
    canvas.gradient(790, SHEET_HEIGHT, (palette.near, palette.ink))
    for step in range(-8, 9):
        canvas.line([(960 + step * 120, 790), (960 + step * 330, 1080)], 3, palette.far, 0.4)
    for x in (420, 960, 1500):
        canvas.pill(x - 28, 108, 56, 22, palette.light, radius=6)
        machines.signal(canvas, x, 140, palette.second, rings=4, step=36, width=6, turn=(35, 145))
    canvas.box(0, 842, SHEET_WIDTH, 46, palette.ink)
    canvas.box(0, 842, SHEET_WIDTH, 8, palette.second)
    for roller in range(33):
        canvas.disc(30 + roller * 60, 868, 11, palette.far)
    body = [
        (560, 836),
        (548, 764),
        (610, 716),
        (770, 690),
        (880, 604),
        (1130, 596),
        (1262, 692),
        (1372, 718),
        (1398, 790),
        (1386, 836),
    ]
    canvas.polygon([(x, y) for x, y in body], palette.light)
    canvas.polygon([(556, 800), (1394, 800), (1386, 836), (560, 836)], mix(palette.light, palette.near, 0.35))
    canvas.polygon([(806, 692), (896, 624), (992, 620), (992, 696)], palette.near)
    canvas.polygon([(1012, 696), (1012, 619), (1122, 616), (1224, 700)], palette.near)
    for wheel in (706, 1248):
        canvas.disc(wheel, 836, 66, palette.ink)
        canvas.disc(wheel, 836, 40, palette.far)
    canvas.line([(1002, 710), (1002, 820)], 4, mix(palette.light, palette.near, 0.5))
    canvas.line([(570, 750), (780, 724), (1380, 752)], 5, palette.accent)
    machines.robot_arm(canvas, 330, 1010, 420, (292, 8, 60), palette, ink=palette.accent)
    machines.robot_arm(canvas, 1600, 1010, 420, (252, 176, 118), palette, ink=palette.second)
    for tip in ((818, 716), (1086, 724)):
        for _spark in range(12):
            canvas.line(
                [tip, (tip[0] + chance.uniform(-60, 60), tip[1] + chance.uniform(-46, 40))], 3, palette.second, 0.8
            )


def data_hall(canvas: Canvas) -> None:
    """Draw the aisle of a data hall that opens on the bay."""
    chance, palette = dice(3), JADE
    canvas.gradient(0, SHEET_HEIGHT, (palette.ink, palette.near, palette.ink))
    left, right, top, bottom = 790, 1130, 380, 640
    canvas.gradient(top, bottom - 70, palette.sky)
    canvas.box(0, top, left, bottom - top, palette.near)
    canvas.box(right, top, SHEET_WIDTH - right, bottom - top, palette.near)
    canvas.disc(1010, 520, 84, palette.sun, 0.25)
    canvas.disc(1010, 520, 48, palette.sun)
    ridge = [
        (left, 560),
        *curve((left, 530), (870, 480), (960, 548)),
        *curve((960, 548), (1050, 500), (right, 540)),
        (right, 580),
        (left, 580),
    ]
    canvas.polygon(ridge, palette.far)
    for row in range(6):
        canvas.box(left, 570 + row * 12, right - left, 12, mix(palette.sea[0], palette.sea[2], row / 5))
        canvas.pill(986 - row * 5, 573 + row * 12, 48 + chance.uniform(-14, 30), 4, palette.sun, 0.8)
    canvas.polygon([(0, 0), (SHEET_WIDTH, 0), (right, top), (left, top)], palette.ink)
    canvas.polygon([(0, SHEET_HEIGHT), (SHEET_WIDTH, SHEET_HEIGHT), (right, bottom), (left, bottom)], palette.middle)
    for step in range(9):
        share = step / 8
        canvas.line([(SHEET_WIDTH * share, SHEET_HEIGHT), (left + (right - left) * share, bottom)], 3, palette.far, 0.5)
    for step in range(9):
        depth = (step / 9) ** 2
        y = bottom + (SHEET_HEIGHT - bottom) * depth
        canvas.line(
            [(left * (1 - depth), y), (right + (SHEET_WIDTH - right) * depth, y)], 2 + 2 * depth, palette.far, 0.5
        )
    shares = [1 - (1 - n / 7) ** 0.62 for n in range(8)]
    depths = [share * 0.985 for share in shares]
    for side in (0, 1):
        far_x, near_x = (left, -260) if side == 0 else (right, SHEET_WIDTH + 260)
        for near, far in itertools.pairwise(depths):
            x0, x1 = near_x + (far_x - near_x) * near, near_x + (far_x - near_x) * (far - 0.006)
            low0, low1 = 1190 + (bottom - 1190) * near, 1190 + (bottom - 1190) * far
            high0, high1 = -90 + (top + 30 + 90) * near, -90 + (top + 30 + 90) * far
            body = mix(palette.near, palette.ink, 0.75 - 0.6 * near)
            machines.rack(canvas, chance, ((x0, low0), (x0, high0), (x1, high1), (x1, low1)), palette, body)
    for lamp in range(6):
        near, far = (lamp / 6) ** 0.7, (lamp / 6) ** 0.7 + 0.1
        y0, y1 = top * near, top * far
        half0, half1 = 120 - 92 * near, 120 - 92 * far
        canvas.polygon(
            [(960 - half0, y0), (960 + half0, y0), (960 + half1, y1), (960 - half1, y1)], palette.light, 0.85
        )
    canvas.polygon([(904, bottom), (1016, bottom), (1180, SHEET_HEIGHT), (740, SHEET_HEIGHT)], palette.light, 0.14)
    city.person(canvas, 960, 720, 176, palette.ink, palette.accent, stride=0.1)
    canvas.oval(960, 722, 60, 7, palette.ink, 0.5)
