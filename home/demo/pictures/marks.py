"""How are the partners' marks and the brochure covers drawn?"""

from . import city, harbour, machines, nature
from .canvas import Canvas, curve, dice, mix
from .palettes import DAWN, STONE

#: A mark is a square plate, so that it stands as well on a light page as on a dark one.
MARK_UNITS = (480, 480)

#: A cover has the proportions of an A4 sheet.
COVER_UNITS = (1240, 1754)


def tidewright(canvas: Canvas) -> None:
    """Draw a tide with a hook above it."""
    canvas.pill(0, 0, 480, 480, "#0f5661", radius=96)
    for row, (top, ink) in enumerate(((292, "#f4efe2"), (362, "#8fd0c6"))):
        start = 60 - row * 12
        wave: list[tuple[float, float]] = []
        for crest in range(3):
            left = start + crest * 124
            wave += curve((left, top), (left + 62, top - 78), (left + 124, top), 20)
        canvas.line(wave[: 63 - row], 30, ink)
    canvas.line([(110, 92), (370, 92)], 30, "#f4efe2")
    canvas.line([(240, 92), (240, 176)], 16, "#f4efe2")
    canvas.pill(192, 164, 96, 66, "#f0703c", radius=10)


def lanternbridge(canvas: Canvas) -> None:
    """Draw an arch with a lantern at its crown."""
    canvas.pill(0, 0, 480, 480, "#8f2f27", radius=96)
    canvas.arc(240, 372, 178, (180, 360), 30, "#fbf1df")
    canvas.box(48, 358, 384, 26, "#fbf1df")
    for x in (132, 204, 276, 348):
        canvas.box(x - 7, 236 if x in (204, 276) else 276, 14, 112, "#fbf1df")
    canvas.disc(240, 150, 74, mix("#8f2f27", "#f2b94f", 0.28))
    canvas.oval(240, 150, 48, 54, "#f2b94f")
    canvas.pill(216, 88, 48, 16, "#fbf1df")
    canvas.pill(216, 196, 48, 16, "#fbf1df")
    canvas.box(237, 106, 6, 90, mix("#f2b94f", "#8f2f27", 0.5))


def harbourloom(canvas: Canvas) -> None:
    """Draw threads that cross over and under each other."""
    canvas.pill(0, 0, 480, 480, "#26285e", radius=96)
    places = (96, 192, 288)
    for x in places:
        canvas.pill(x, 66, 96 - 28, 348, "#f4efe2", radius=34)
    for row, y in enumerate(places):
        canvas.pill(66, y, 348, 96 - 28, "#4fc3c7", radius=34)
        for column, x in enumerate(places):
            if (row + column) % 2 == 0:
                canvas.box(x - 7, y - 8, 82, 84, "#26285e")
                canvas.box(x, y - 10, 68, 88, "#f4efe2")


def quay_cover(canvas: Canvas) -> None:
    """Draw the cover of the guide to a quay that drives itself; its upper third is left for the title."""
    chance, palette = dice(88), DAWN
    canvas.gradient(0, 1240, ("#123f50", "#2d6d7d", "#8fb9ae", "#f3cf9f"))
    nature.sun(canvas, palette, 400, 1010, 150)
    nature.hills(canvas, chance, 1240, 170, palette.far)
    nature.hills(canvas, dice(9), 1240, 92, mix(palette.far, palette.middle, 0.4))
    nature.sea(canvas, palette, chance, 1236, 1500, glitter=400, lines=80)
    boxes = (palette.accent, palette.second, palette.light, palette.middle, mix(palette.accent, palette.near, 0.5))
    harbour.container_ship(canvas, chance, -560, 1440, 1180, palette, hull=palette.near, boxes=boxes)
    harbour.quay_crane(canvas, 690, 1500, 640, (palette.accent, palette.ink), load=palette.second, trolley=0.55)
    canvas.box(0, 1486, 1240, 300, mix(palette.near, palette.middle, 0.3))
    canvas.box(0, 1486, 1240, 24, palette.ink)
    for stripe in range(-1, 14):
        left = stripe * 110
        canvas.polygon([(left, 1530), (left + 55, 1530), (left + 30, 1544), (left - 25, 1544)], palette.second)
    for x, load in ((70, palette.light), (690, palette.accent)):
        canvas.oval(x + 235, 1685, 262, 14, palette.ink, 0.35)
        harbour.trailer(canvas, x, 1686, 470, palette.light, palette.accent, load=load)
        machines.signal(canvas, x + 456, 1566, palette.light, step=20, width=5, turn=(270, 360))


def clause_cover(canvas: Canvas) -> None:
    """Draw the cover of the guide to contracts: one arch made of two halves; its upper third is left for the title."""
    chance, palette = dice(5), STONE
    canvas.gradient(0, 1340, ("#2f3c55", "#60718b", "#c2c4c6", "#f2ddc0"))
    nature.sun(canvas, palette, 620, 1010, 170)
    nature.hills(canvas, chance, 1340, 190, palette.far)
    city.skyline(canvas, chance, 1340, (-20, 330), (90, 330), mix(palette.far, palette.middle, 0.6))
    city.skyline(canvas, chance, 1340, (900, 1260), (90, 330), mix(palette.far, palette.middle, 0.6))
    nature.sea(canvas, palette, chance, 1336, 1754, glitter=620, lines=110)
    for side, ink in ((-1, palette.accent), (1, palette.near)):
        outer, crown = (620 + side * 640, 1330), (620 + side * 6, 800)
        canvas.polygon(
            [
                *curve(outer, (620 + side * 330, 810), crown, 40),
                *curve((crown[0], 850), (620 + side * 330, 864), (outer[0] - side * 60, 1330), 40),
            ],
            ink,
        )
        for rib in range(1, 9):
            x = 620 + side * rib * 62
            canvas.line([(x, 852 + (rib / 9) ** 2 * 330), (x, 1316)], 3, palette.near)
    canvas.box(0, 1312, 1240, 20, palette.near)
    canvas.disc(620, 826, 46, palette.second)
    canvas.disc(620, 826, 23, palette.light)
    nature.birds(canvas, chance, 380, 700, palette.light, 6)
