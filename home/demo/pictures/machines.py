"""How are robot arms, server racks, masts and circuits drawn?"""

from random import Random

from .canvas import Canvas, Point, mix, polar
from .palettes import Palette


def signal(
    canvas: Canvas,
    x: float,
    y: float,
    ink: str,
    *,
    rings: int = 3,
    step: float = 26,
    width: float = 6,
    turn: tuple[float, float] = (215, 325),
) -> None:
    """Draw the waves that leave an aerial."""
    for ring in range(1, rings + 1):
        canvas.arc(x, y, ring * step, turn, width, ink, 1 - 0.22 * (ring - 1))
    canvas.disc(x, y, width * 1.1, ink)


def mast(canvas: Canvas, x: float, base: float, height: float, ink: str, accent: str) -> None:
    """Draw a lattice mast with aerials and a signal."""
    foot, head = height * 0.09, height * 0.025
    canvas.line([(x - foot, base), (x - head, base - height)], 5, ink)
    canvas.line([(x + foot, base), (x + head, base - height)], 5, ink)
    for rung in range(9):
        low, high = rung / 9, (rung + 1) / 9
        left = x - foot + (foot - head) * low
        right = x + foot - (foot - head) * high
        canvas.line([(left, base - height * low), (right, base - height * high)], 3, ink)
        canvas.line([(x * 2 - left, base - height * low), (x * 2 - right, base - height * high)], 3, ink)
    for side in (-1, 0, 1):
        canvas.pill(x + side * 19 - 6, base - height - 32, 12, 50, mix(ink, "#ffffff", 0.5), radius=4)
    signal(canvas, x, base - height - 42, accent)


def robot_arm(
    canvas: Canvas, x: float, base: float, size: float, bends: tuple[float, float, float], palette: Palette, *, ink: str
) -> None:
    """Draw an industrial arm; `bends` are the directions of its three links in degrees (270 is upright)."""
    shade = mix(ink, "#000000", 0.24)
    canvas.polygon(
        [
            (x - size * 0.3, base),
            (x - size * 0.2, base - size * 0.26),
            (x + size * 0.2, base - size * 0.26),
            (x + size * 0.3, base),
        ],
        palette.ink,
    )
    canvas.box(x - size * 0.34, base - size * 0.05, size * 0.68, size * 0.05, mix(palette.ink, "#ffffff", 0.16))
    joints: list[Point] = [(x, base - size * 0.36)]
    for reach, bend in zip((size * 0.86, size * 0.72, size * 0.3), bends, strict=True):
        joints.append(polar(*joints[-1], reach, bend))
    for link, width in enumerate((0.2, 0.15, 0.1)):
        canvas.line(joints[link : link + 2], size * width, ink)
        canvas.line(joints[link : link + 2], size * width * 0.22, shade)
    for joint, radius in zip(joints[:3], (0.17, 0.14, 0.1), strict=True):
        canvas.disc(*joint, size * radius, shade)
        canvas.disc(*joint, size * radius * 0.62, palette.light)
        canvas.disc(*joint, size * radius * 0.3, palette.ink)
    tip = joints[3]
    across = bends[2] + 90
    for side in (-1, 1):
        start = polar(*tip, side * size * 0.09, across)
        canvas.line([tip, start, polar(*start, size * 0.15, bends[2])], size * 0.045, palette.ink)


def circuit(
    canvas: Canvas, chance: Random, start: Point, drop: float, ink: str, *, lean: int, width: float = 5
) -> None:
    """Draw one trace from a point downwards: straight, a slanted jog to one side, straight again, a node."""
    x, y = start
    first = drop * chance.uniform(0.2, 0.5)
    jog = lean * chance.uniform(30, 110)
    points = [(x, y), (x, y + first), (x + jog, y + first + abs(jog)), (x + jog, y + max(drop, first + abs(jog) + 20))]
    canvas.line(points, width, ink)
    end = points[-1]
    canvas.disc(end[0], end[1], width * 2.3, ink)
    canvas.disc(end[0], end[1], width * 1.1, "#ffffff", 0.85)


def rack(
    canvas: Canvas, chance: Random, corners: tuple[Point, Point, Point, Point], palette: Palette, body: str
) -> None:
    """Draw a server rack in perspective; corners run from near bottom over near top and far top to far bottom."""
    near_low, near_high, far_high, far_low = corners
    canvas.polygon(corners, body)
    for row in range(1, 22):
        share = row / 22

        def at(across: float, share: float = share) -> Point:
            left = near_high[1] + (near_low[1] - near_high[1]) * share
            right = far_high[1] + (far_low[1] - far_high[1]) * share
            return near_low[0] + (far_low[0] - near_low[0]) * across, left + (right - left) * across

        canvas.line([at(0.05), at(0.95)], 2.4, mix(body, "#000000", 0.42))
        for _ in range(3):
            place = chance.uniform(0.1, 0.85)
            if chance.random() < 0.72:
                ink = (palette.accent, palette.second, palette.light)[chance.choice((0, 0, 1, 2))]
                canvas.line([at(place), at(place + 0.06)], 5, ink)
    canvas.line([near_low, near_high], 6, mix(body, "#ffffff", 0.2))


def pylon(canvas: Canvas, x: float, base: float, height: float, ink: str) -> None:
    """Draw a power pylon with three cross-arms."""
    for side in (-1, 1):
        canvas.line(
            [(x + side * height * 0.15, base), (x + side * height * 0.03, base - height * 0.6), (x, base - height)],
            5,
            ink,
        )
    for rung in range(5):
        low, high = base - height * 0.12 * rung, base - height * 0.12 * (rung + 1)
        reach = height * (0.15 - 0.024 * rung)
        canvas.line([(x - reach, low), (x + reach * 0.84, high)], 3, ink)
        canvas.line([(x + reach, low), (x - reach * 0.84, high)], 3, ink)
    for share, arm in ((0.62, 0.22), (0.76, 0.18), (0.9, 0.12)):
        canvas.line(
            [
                (x - height * arm, base - height * share),
                (x, base - height * (share + 0.05)),
                (x + height * arm, base - height * share),
            ],
            4,
            ink,
        )
        for side in (-1, 1):
            canvas.box(x + side * height * arm - 2, base - height * share, 4, 14, ink)


def charger(canvas: Canvas, x: float, base: float, height: float, palette: Palette) -> None:
    """Draw a charging post with its cable."""
    canvas.pill(x, base - height, height * 0.42, height, palette.near, radius=12)
    canvas.pill(x + height * 0.07, base - height * 0.9, height * 0.28, height * 0.24, palette.light, radius=6)
    bolt = [(0.24, -0.6), (0.13, -0.4), (0.2, -0.4), (0.17, -0.24), (0.29, -0.46), (0.22, -0.46)]
    canvas.polygon([(x + height * a, base + height * b) for a, b in bolt], palette.second)
    canvas.arc(x + height * 0.42, base - height * 0.4, height * 0.2, (-60, 120), 7, palette.ink)
