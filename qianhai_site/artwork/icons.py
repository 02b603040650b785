"""Which icons stand for the site in tabs, in bookmarks and on home screens?

Writes root/*.png, root/favicon.ico and static/img/favicon.svg: `python qianhai_site/artwork/icons.py`. The mark is
the Q of Qianhai as an island with its water lines; small icons have fewer of them.
"""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

SHELL = Path(__file__).resolve().parent.parent
ROOT = SHELL / "root"
SVG = SHELL / "static" / "img" / "favicon.svg"
# As in static/css/tokens.css: --tide and --paper, each light then dark.
TIDE, PAPER = ("#0a5670", "#86cbdd"), ("#fbfcfb", "#0c161c")
# Pillow draws hard edges; so many times larger, then made small, they are smooth.
_FINER = 8


@dataclass(frozen=True)
class Ring:
    """A circle of the mark: radius and thickness, in fortieths of its side."""

    radius: float
    width: float


# Of the 40 units of the mark's side; the tail runs from the middle to the corner.
MIDDLE = 19.0
FINE = (Ring(16.5, 3.6), Ring(11.4, 1.7), Ring(7.2, 1.2), Ring(3.6, 0.9))
COARSE = (Ring(16, 4.6), Ring(9, 2.8), Ring(3.2, 2.4))
TAIL = ((20.5, 20.5), (38.0, 38.0), 4.6)


def svg() -> str:
    """Return the icon for browsers that take SVG: it turns light where the system is dark."""
    circles = "".join(
        f'<circle cx="{MIDDLE:g}" cy="{MIDDLE:g}" r="{ring.radius:g}" stroke-width="{ring.width:g}"/>'
        for ring in COARSE
    )
    (x1, y1), (x2, y2), width = TAIL
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" fill="none" stroke="{TIDE[0]}">'
        f"<style>@media (prefers-color-scheme:dark){{svg{{stroke:{TIDE[1]}}}}}</style>"
        f'{circles}<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke-width="{width:g}"/></svg>\n'
    )


def mark(size: int, *, rings: tuple[Ring, ...] = FINE, inset: float = 0.0, ground: str | None = None) -> Image.Image:
    """Return the mark, `size` pixels wide.

    `inset` is the empty part on each side, as a share of the size. On a `ground` the mark is light, else it is blue
    on nothing.
    """
    side = size * _FINER
    picture = Image.new("RGBA", (side, side), ground or (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    colour = PAPER[0] if ground else TIDE[0]
    scale = side * (1 - 2 * inset) / 40
    edge = side * inset

    def at(units: float) -> float:
        return edge + units * scale

    for ring in rings:
        outer = ring.radius + ring.width / 2
        box = (at(MIDDLE - outer), at(MIDDLE - outer), at(MIDDLE + outer), at(MIDDLE + outer))
        draw.ellipse(box, outline=colour, width=max(1, round(ring.width * scale)))
    start, end, width = TAIL
    draw.line([(at(start[0]), at(start[1])), (at(end[0]), at(end[1]))], fill=colour, width=round(width * scale))
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def write_all(root: Path = ROOT, drawn: Path = SVG) -> list[Path]:
    """Write every icon below `root` and the SVG to `drawn`; return where."""
    root.mkdir(parents=True, exist_ok=True)
    drawn.write_text(svg(), encoding="utf-8")
    ico = root / "favicon.ico"
    small = [mark(size, rings=COARSE) for size in (48, 32, 16)]
    small[0].save(ico, append_images=small[1:], sizes=[picture.size for picture in small])
    written = [drawn, ico]
    # Home screens cut the corners away: what counts keeps to the middle (the maskable one to its 80%).
    for name, size, inset in (
        ("apple-touch-icon", 180, 0.16),
        ("icon-192", 192, 0.14),
        ("icon-512", 512, 0.14),
        ("icon-maskable-512", 512, 0.24),
    ):
        path = root / f"{name}.png"
        picture = mark(size, inset=inset, ground=TIDE[0])
        picture.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
        written.append(path)
    return written


if __name__ == "__main__":
    write_all()
