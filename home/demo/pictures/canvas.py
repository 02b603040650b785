"""Which marks can be made on a picture, and how do their edges become smooth?"""

import math
from collections.abc import Iterable, Sequence
from random import Random

from PIL import Image, ImageDraw

#: Every scene is composed on a sheet of this many units, whatever its size in pixels.
SHEET_WIDTH = 1920
SHEET_HEIGHT = 1080

#: Pixels drawn for one pixel kept, along each side.
SUPERSAMPLING = 3

type Point = tuple[float, float]
type Colour = tuple[int, int, int]


def dice(seed: int) -> Random:
    """Return a source of chance that throws the same for the same seed, so that a picture is always the same."""
    return Random(seed)  # noqa: S311  nothing secret depends on it


def colour(code: str) -> Colour:
    """Read '#rrggbb'."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mix(first: str, second: str, share: float) -> str:
    """Return the colour that is `share` (0 to 1) of the way from the first to the second."""
    pairs = zip(colour(first), colour(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


class Canvas:
    """A sheet to draw on in sheet units, kept larger than asked for and reduced at the end."""

    def __init__(
        self,
        width: int,
        *,
        units: tuple[int, int] = (SHEET_WIDTH, SHEET_HEIGHT),
        background: str | None = "#ffffff",
    ) -> None:
        """Make an empty sheet `width` pixels wide; without a background it is transparent."""
        self.units = units
        self.width = width
        self.height = round(width * units[1] / units[0])
        self.scale = width * SUPERSAMPLING / units[0]
        size = (self.width * SUPERSAMPLING, self.height * SUPERSAMPLING)
        if background is None:
            self._image = Image.new("RGBA", size, (0, 0, 0, 0))
            self._draw = ImageDraw.Draw(self._image)
        else:
            self._image = Image.new("RGB", size, colour(background))
            # An RGBA pen on an RGB sheet blends what it draws.
            self._draw = ImageDraw.Draw(self._image, "RGBA")

    def picture(self) -> Image.Image:
        """Return the finished picture at the size that was asked for."""
        return self._image.reduce(SUPERSAMPLING)

    def _ink(self, code: str, alpha: float) -> tuple[int, int, int, int]:
        return (*colour(code), round(255 * alpha))

    def _points(self, points: Iterable[Point]) -> list[Point]:
        return [(x * self.scale, y * self.scale) for x, y in points]

    def gradient(self, top: float, bottom: float, stops: Sequence[str]) -> None:
        """Fill the full width between two heights with colours that run evenly from stop to stop."""
        first, last = round(top * self.scale), round(bottom * self.scale)
        rows = max(last - first, 1)
        column = Image.new("RGB", (1, rows))
        for row in range(rows):
            place = row / rows * (len(stops) - 1)
            step = min(int(place), len(stops) - 2)
            column.putpixel((0, row), colour(mix(stops[step], stops[step + 1], place - step)))
        self._image.paste(column.resize((self._image.width, rows), Image.Resampling.NEAREST), (0, first))

    def polygon(self, points: Iterable[Point], fill: str, alpha: float = 1.0) -> None:
        """Fill the shape between the points."""
        self._draw.polygon(self._points(points), fill=self._ink(fill, alpha))

    def box(self, x: float, y: float, width: float, height: float, fill: str, alpha: float = 1.0) -> None:
        """Fill a rectangle given by its top left corner and its size."""
        left, top, right, bottom = (v * self.scale for v in (x, y, x + width, y + height))
        if right - left >= 1 and bottom - top >= 1:
            self._draw.rectangle((left, top, right - 1, bottom - 1), fill=self._ink(fill, alpha))

    def pill(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        alpha: float = 1.0,
        *,
        radius: float | None = None,
    ) -> None:
        """Fill a rectangle with rounded corners; without a radius its short sides are half circles."""
        left, top, right, bottom = (v * self.scale for v in (x, y, x + width, y + height))
        if right - left < 2 or bottom - top < 2:
            return
        round_by = min(width, height) / 2 if radius is None else radius
        self._draw.rounded_rectangle(
            (left, top, right - 1, bottom - 1), radius=round_by * self.scale, fill=self._ink(fill, alpha)
        )

    def disc(self, x: float, y: float, radius: float, fill: str, alpha: float = 1.0) -> None:
        """Fill a circle."""
        self.oval(x, y, radius, radius, fill, alpha)

    def oval(self, x: float, y: float, across: float, up: float, fill: str, alpha: float = 1.0) -> None:
        """Fill an ellipse given by its centre and its two radii."""
        box = tuple(v * self.scale for v in (x - across, y - up, x + across, y + up))
        self._draw.ellipse(box, fill=self._ink(fill, alpha))

    def line(self, points: Sequence[Point], width: float, ink: str, alpha: float = 1.0) -> None:
        """Draw a line through the points, its corners rounded; round ends where it is thick and opaque."""
        thick = max(round(width * self.scale), 1)
        placed = self._points(points)
        self._draw.line(placed, fill=self._ink(ink, alpha), width=thick, joint="curve")
        if alpha == 1.0 and thick > 3:
            radius = thick / 2
            for x, y in (placed[0], placed[-1]):
                ends = (x - radius, y - radius, x + radius, y + radius)
                self._draw.ellipse(ends, fill=self._ink(ink, alpha))

    def arc(
        self, x: float, y: float, radius: float, turn: tuple[float, float], width: float, ink: str, alpha: float = 1.0
    ) -> None:
        """Draw part of a circle; `turn` is its start and end in degrees, clockwise from three o'clock."""
        box = tuple(v * self.scale for v in (x - radius, y - radius, x + radius, y + radius))
        thick = max(round(width * self.scale), 1)
        self._draw.arc(box, turn[0], turn[1], fill=self._ink(ink, alpha), width=thick)


def curve(start: Point, bend: Point, end: Point, steps: int = 24) -> list[Point]:
    """Return the points of a quadratic curve from start to end that leans towards the bend."""
    points = []
    for step in range(steps + 1):
        t = step / steps
        points.append(
            (
                (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * bend[0] + t * t * end[0],
                (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * bend[1] + t * t * end[1],
            )
        )
    return points


def polar(x: float, y: float, radius: float, degrees: float) -> Point:
    """Return the point at a distance and an angle (clockwise from three o'clock) from another."""
    return x + radius * math.cos(math.radians(degrees)), y + radius * math.sin(math.radians(degrees))
