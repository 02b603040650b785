"""How are cranes, containers, ships and driverless trailers drawn?"""

from random import Random

from .canvas import Canvas, mix
from .palettes import Palette


def container(canvas: Canvas, x: float, y: float, width: float, height: float, ink: str) -> None:
    """Draw one box from its side, ribs and corner posts included."""
    canvas.box(x, y, width, height, ink)
    dark = mix(ink, "#000000", 0.22)
    ribs = max(int(width / 11), 3)
    for rib in range(1, ribs):
        canvas.box(x + width * rib / ribs, y + height * 0.13, max(width / ribs * 0.32, 1.2), height * 0.74, dark, 0.5)
    canvas.box(x, y, width, height * 0.07, mix(ink, "#ffffff", 0.22))
    canvas.box(x, y + height * 0.92, width, height * 0.08, dark)


def stack(
    canvas: Canvas,
    chance: Random,
    x: float,
    base: float,
    box: tuple[float, float],
    heights: list[int],
    inks: tuple[str, ...],
) -> None:
    """Draw a row of containers standing on each other; `heights` says how many stand at each place."""
    width, height = box
    for place, count in enumerate(heights):
        for level in range(count):
            container(
                canvas,
                x + place * (width + 5),
                base - (level + 1) * height,
                width,
                height - 2,
                inks[chance.randrange(len(inks))],
            )


def quay_crane(
    canvas: Canvas,
    x: float,
    base: float,
    size: float,
    inks: tuple[str, str],
    *,
    load: str | None = None,
    raised: bool = False,
    trolley: float = 0.6,
) -> None:
    """Draw a ship-to-shore crane `size` units from rail to boom, its boom reaching left over the water.

    `inks` are frame and stays, `load` the colour of the box it carries, `trolley` how far out that hangs (0 to 1).
    """
    frame, stay = inks
    dark = mix(frame, "#000000", 0.22)
    gauge, girder = size * 0.52, base - size
    thick = size * 0.042
    back, reach = x + gauge + size * 0.5, x - size * 1.02
    apex = (x + gauge * 0.18, girder - size * 0.46)
    if raised:
        tip = (x - size * 0.34, girder - size * 0.86)
        canvas.line([(x, girder), tip], thick * 1.15, frame)
        canvas.line([apex, (tip[0] * 0.5 + x * 0.5, tip[1] * 0.5 + girder * 0.5)], thick * 0.3, stay)
    else:
        for share in (0.42, 0.94):
            canvas.line([apex, (x + (reach - x) * share, girder - thick)], thick * 0.32, stay)
        canvas.box(reach, girder - thick * 0.7, x - reach + 4, thick * 1.4, frame)
        for lamp in range(7):
            canvas.box(reach + (x - reach) * lamp / 7, girder + thick * 0.7, thick * 0.5, thick * 0.34, stay)
    canvas.line([apex, (back - size * 0.06, girder - thick)], thick * 0.32, stay)
    canvas.box(x, girder - thick * 0.7, back - x, thick * 1.4, frame)
    canvas.box(back - size * 0.3, girder - size * 0.17, size * 0.25, size * 0.15, dark)
    canvas.line([(x, girder), apex, (x + gauge, girder)], thick * 0.8, frame)
    for leg in (x, x + gauge):
        canvas.box(leg - thick / 2, girder, thick, size - size * 0.05, frame)
        canvas.box(leg + thick * 0.12, girder, thick * 0.38, size - size * 0.05, dark)
        canvas.pill(leg - thick * 1.5, base - size * 0.055, thick * 3, size * 0.055, dark, radius=4)
    portal = base - size * 0.4
    canvas.box(x - thick / 2, portal - thick / 2, gauge + thick, thick, frame)
    canvas.line([(x, portal), (x + gauge, girder + thick)], thick * 0.55, frame)
    if load is None:
        return
    hang = x + (reach - x) * trolley
    box_width, box_height = size * 0.42, size * 0.14
    top = girder + size * 0.3
    canvas.box(hang - size * 0.08, girder - thick * 1.2, size * 0.16, thick * 1.1, dark)
    canvas.pill(hang - size * 0.03 + size * 0.1, girder + thick * 0.7, size * 0.09, size * 0.09, stay, radius=4)
    for side in (-1, 1):
        canvas.line([(hang + side * size * 0.05, girder), (hang + side * size * 0.13, top)], thick * 0.2, stay)
    canvas.box(hang - box_width * 0.42, top - size * 0.025, box_width * 0.84, size * 0.025, dark)
    container(canvas, hang - box_width / 2, top, box_width, box_height, load)


def yard_crane(canvas: Canvas, x: float, base: float, width: float, height: float, ink: str) -> None:
    """Draw a gantry that straddles a stack."""
    dark = mix(ink, "#000000", 0.25)
    post = width * 0.05
    for left in (x, x + width - post):
        canvas.box(left, base - height, post, height, ink)
        canvas.pill(left - post * 0.8, base - post * 1.1, post * 2.6, post * 1.1, dark, radius=4)
    canvas.box(x - post, base - height - post, width + post * 2, post * 1.6, ink)
    canvas.box(x + width * 0.4, base - height - post * 2.4, width * 0.16, post * 1.5, dark)


def container_ship(
    canvas: Canvas,
    chance: Random,
    x: float,
    water: float,
    length: float,
    palette: Palette,
    *,
    hull: str,
    boxes: tuple[str, ...],
) -> None:
    """Draw a loaded ship from its side, bow to the left, `water` being where its hull meets the sea."""
    depth = length * 0.105
    deck = water - depth
    bridge = x + length * 0.78
    box_width, box_height = length * 0.048, length * 0.0235
    place = x + length * 0.115
    while place < x + length * 0.95 - box_width:
        away = bridge - box_width * 0.6 < place < bridge + length * 0.075
        if not away:
            near_bow = (place - x) / length
            count = min(2 + int(near_bow * 18), 6) - chance.randint(0, 1)
            for level in range(count):
                container(
                    canvas,
                    place,
                    deck - (level + 1) * box_height,
                    box_width - 2,
                    box_height - 1.5,
                    boxes[chance.randrange(len(boxes))],
                )
        place += box_width
    tall = box_height * 8.2
    canvas.box(bridge, deck - tall, length * 0.062, tall, palette.light)
    canvas.box(bridge + length * 0.043, deck - tall, length * 0.019, tall, mix(palette.light, palette.ink, 0.2))
    canvas.box(bridge - length * 0.02, deck - tall, length * 0.1, box_height * 1.15, palette.light)
    canvas.box(bridge - length * 0.016, deck - tall + box_height * 0.25, length * 0.092, box_height * 0.5, palette.ink)
    canvas.line(
        [(bridge + length * 0.03, deck - tall), (bridge + length * 0.03, deck - tall * 1.22)],
        length * 0.004,
        palette.ink,
    )
    canvas.polygon(
        [
            (x, deck - depth * 0.3),
            (x + length * 0.1, deck - depth * 0.12),
            (x + length * 0.13, deck),
            (x + length * 0.985, deck),
            (x + length, deck - depth * 0.1),
            (x + length * 0.985, water),
            (x + length * 0.05, water),
        ],
        hull,
    )
    canvas.polygon(
        [
            (x + length * 0.042, water - depth * 0.2),
            (x + length * 0.987, water - depth * 0.2),
            (x + length * 0.985, water),
            (x + length * 0.05, water),
        ],
        palette.accent,
    )
    canvas.polygon(
        [
            (x, deck - depth * 0.3),
            (x + length * 0.1, deck - depth * 0.12),
            (x + length * 0.13, deck),
            (x + length * 0.985, deck),
            (x + length * 0.985, deck + depth * 0.07),
            (x + length * 0.008, deck + depth * 0.07),
        ],
        mix(hull, "#ffffff", 0.14),
    )


def trailer(canvas: Canvas, x: float, base: float, length: float, ink: str, accent: str, *, load: str | None) -> None:
    """Draw a driverless trailer from its side: a low bed with wheels at both ends and no cab."""
    dark = mix(ink, "#000000", 0.3)
    bed = length * 0.1
    wheel = length * 0.055
    if load is not None:
        container(
            canvas, x + length * 0.04, base - wheel * 1.5 - bed - length * 0.225, length * 0.92, length * 0.225, load
        )
    canvas.pill(x, base - wheel * 1.5 - bed, length, bed, ink, radius=bed * 0.35)
    canvas.box(x + length * 0.03, base - wheel * 1.5 - bed * 0.45, length * 0.94, bed * 0.16, accent)
    for end in (0.0, 1.0):
        left = x + (length - bed * 0.5) * end
        canvas.pill(left, base - wheel * 1.5 - bed * 0.9, bed * 0.5, bed * 0.55, accent, radius=4)
    for place in (0.13, 0.25, 0.75, 0.87):
        canvas.disc(x + length * place, base - wheel, wheel, dark)
        canvas.disc(x + length * place, base - wheel, wheel * 0.42, mix(ink, "#ffffff", 0.45))


def ferry(canvas: Canvas, x: float, water: float, length: float, palette: Palette) -> None:
    """Draw a fast passenger ferry, bow to the right."""
    up = length * 0.075
    canvas.polygon(
        [(x, water - up), (x + length * 0.98, water - up * 1.3), (x + length * 0.9, water), (x + length * 0.02, water)],
        palette.light,
    )
    canvas.polygon(
        [
            (x + length * 0.01, water - up * 0.36),
            (x + length * 0.93, water - up * 0.36),
            (x + length * 0.9, water),
            (x + length * 0.02, water),
        ],
        palette.accent,
    )
    canvas.polygon(
        [
            (x + length * 0.05, water - up),
            (x + length * 0.06, water - up * 2.3),
            (x + length * 0.66, water - up * 2.3),
            (x + length * 0.82, water - up * 1.15),
        ],
        mix(palette.light, palette.ink, 0.1),
    )
    canvas.polygon(
        [
            (x + length * 0.09, water - up * 1.35),
            (x + length * 0.09, water - up * 2.0),
            (x + length * 0.64, water - up * 2.0),
            (x + length * 0.73, water - up * 1.35),
        ],
        palette.near,
    )
    canvas.box(x + length * 0.16, water - up * 3.1, length * 0.22, up * 0.85, palette.light)
    canvas.line([(x + length * 0.27, water - up * 3.0), (x + length * 0.27, water - up * 4.3)], 3, palette.ink)
    for wake in range(4):
        canvas.pill(
            x - length * (0.3 + 0.12 * wake), water - 4 + wake * 6, length * 0.34, 4, palette.light, 0.6 - wake * 0.1
        )
