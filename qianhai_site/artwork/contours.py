"""How does a shore become a line, and the water beside it lines of equal distance, as engravers drew them?"""

import math
from itertools import pairwise

Point = tuple[float, float]


def inside(point: Point, polygon: list[Point]) -> bool:
    """Say whether `point` lies in `polygon` (ray casting)."""
    x, y = point
    found = False
    for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            found = not found
    return found


def distance(point: Point, start: Point, end: Point) -> float:
    """Return how far `point` is from the segment."""
    (px, py), (x1, y1), (x2, y2) = point, start, end
    dx, dy = x2 - x1, y2 - y1
    t = max(0.0, min(1.0, ((px - x1) * dx + (py - y1) * dy) / (dx * dx + dy * dy)))
    return math.hypot(px - x1 - t * dx, py - y1 - t * dy)


def rounded(points: list[Point], closed: bool = True, passes: int = 2) -> list[Point]:
    """Return the line with its corners cut (Chaikin), as the sea does it."""
    for _ in range(passes):
        pairs = list(zip(points, points[1:] + points[:1], strict=True)) if closed else list(pairwise(points))
        cut: list[Point] = [] if closed else [points[0]]
        for (x1, y1), (x2, y2) in pairs:
            cut += [(x1 * 0.75 + x2 * 0.25, y1 * 0.75 + y2 * 0.25), (x1 * 0.25 + x2 * 0.75, y1 * 0.25 + y2 * 0.75)]
        points = cut if closed else [*cut, points[-1]]
    return points


def simplified(points: list[Point], tolerance: float) -> list[Point]:
    """Return fewer points, none of the dropped ones further than `tolerance` off (Douglas-Peucker)."""
    if len(points) < 3:
        return points
    gap, at = max(
        (distance(p, points[0], points[-1]) if points[0] != points[-1] else math.dist(p, points[0]), i)
        for i, p in enumerate(points[1:-1], 1)
    )
    if gap <= tolerance:
        return [points[0], points[-1]]
    return simplified(points[: at + 1], tolerance)[:-1] + simplified(points[at:], tolerance)


def contour(field: list[list[float]], level: float, step: float, margin: float) -> list[list[Point]]:
    """Return the curves where `field` equals `level` (marching squares, edges joined).

    The field's rows and columns lie `step` apart, the first of them `margin` outside the drawing.
    """
    segments: dict[tuple[int, int, str], list[tuple[int, int, str]]] = {}
    where: dict[tuple[int, int, str], Point] = {}
    rows, columns = len(field), len(field[0])
    for r in range(rows - 1):
        for c in range(columns - 1):
            a, b, d, e = field[r][c], field[r][c + 1], field[r + 1][c], field[r + 1][c + 1]
            crossing = []
            for key, u, v, p, q in (
                ((r, c, "h"), a, b, (c, r), (c + 1, r)),
                ((r, c + 1, "v"), b, e, (c + 1, r), (c + 1, r + 1)),
                ((r + 1, c, "h"), d, e, (c, r + 1), (c + 1, r + 1)),
                ((r, c, "v"), a, d, (c, r), (c, r + 1)),
            ):
                if (u > level) != (v > level):
                    t = (level - u) / (v - u)
                    where[key] = (
                        (p[0] + t * (q[0] - p[0])) * step - margin,
                        (p[1] + t * (q[1] - p[1])) * step - margin,
                    )
                    crossing.append(key)
            for one, two in zip(crossing[::2], crossing[1::2], strict=True):
                segments.setdefault(one, []).append(two)
                segments.setdefault(two, []).append(one)
    curves = []
    while segments:
        start = next((k for k, v in segments.items() if len(v) == 1), next(iter(segments)))
        line, here = [start], start
        while segments.get(here):
            there = segments[here].pop()
            segments[there].remove(here)
            if not segments[here]:
                del segments[here]
            line.append(there)
            here = there
        segments.pop(here, None)
        curves.append([where[k] for k in line])
    return curves


def number(value: float) -> str:
    """Return the coordinate without needless digits."""
    return f"{value:.0f}"


class Pen:
    """Writes a path. Each step is told from where the pen is: shorter numbers, in a page that carries them."""

    def __init__(self, start: Point) -> None:
        self.x, self.y = round(start[0]), round(start[1])
        self.text = f"M{self.x} {self.y}"

    def way(self, to: Point) -> str:
        """Return how far the whole numbers next to `to` are from here."""
        across, down = round(to[0]) - self.x, round(to[1]) - self.y
        return f"{across}{'' if down < 0 else ' '}{down}"

    def move(self, command: str, to: Point) -> None:
        """Go to the whole numbers next to `to` by a command of SVG that tells ways, in small letters."""
        self.text += command + self.way(to)
        self.x, self.y = round(to[0]), round(to[1])


def sharp(points: list[Point], closed: bool) -> str:
    """Return a path of straight lines."""
    pen = Pen(points[0])
    for point in points[1:]:
        pen.move("l", point)
    return pen.text + ("z" if closed else "")


def smooth(points: list[Point]) -> str:
    """Return a path through the middles of the segments, the points as controls."""
    closed = math.dist(points[0], points[-1]) < 12
    if closed and len(points) < 6:
        return ""
    first, control, *others = points
    pen, at = Pen(first), (round(control[0]), round(control[1]))
    pen.text += f"q{pen.way(at)} "
    for step, (x, y) in enumerate(others):
        # Each control is the last one mirrored in the middle of both, so it need not be told (t). The middle is taken
        # from where the control has come to lie, or what is rounded away would add up along the line.
        pen.move("t" if step else "", ((at[0] + x) / 2, (at[1] + y) / 2))
        at = (2 * pen.x - at[0], 2 * pen.y - at[1])
    if not closed:
        pen.move("l", points[-1])
    return pen.text + ("z" if closed else "")
