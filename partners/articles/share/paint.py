"""What does a share image look like?

The label stands first and large, above the sponsor and the title, as it does on the page; all of it lies where the
square that some messengers cut from the middle still shows the label whole. Sizes are in pixels of the picture.
"""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw, features

from partners.articles.share.card import HEIGHT, WIDTH
from partners.articles.share.fonts import Role, runs
from partners.articles.share.foreign import cropped
from partners.articles.share.lines import Fitted, Place, fit

#: What a picture may weigh: less is shown at once, and some messengers show nothing that is much heavier.
MOST_BYTES = 300_000

# The colours are those of tokens.css by day.
PAPER, INK = "#fbfcfb", "#10222c"
CAUTION, ON_CAUTION, TIDE = "#9c1556", "#ffffff", "#0a5670"
SHOAL, SHALLOWS, PLATE = "#e4f0f2", "#86b3c0", "#ffffff"

STRIP = 396
LEFT, RIGHT, TOP = 452, 1144, 50
# A square from the middle ends here.
SAFE_RIGHT = (WIDTH + HEIGHT) // 2 - 6
LABEL_PADDING = (24, 13)
LABEL_SIZES = range(64, 23, -2)
LOGO_BOX = (228, 84)
BOTTOM = 562
_OPENING = tuple("「『《〈（【")


@dataclass(frozen=True)
class Painting:
    """What one picture shows: words in `language` (a code of LANGUAGES), and pictures in RGB or RGBA.

    `is_paid` fills the label's plate, as on the page; `hero_centre` is the point of the hero to keep, as shares of its
    width and height.
    """

    language: str
    label: str
    is_paid: bool
    site: str
    title: str
    sponsor: str = ""
    logo: Image.Image | None = None
    hero: Image.Image | None = None
    hero_centre: tuple[float, float] = (0.5, 0.5)

    @property
    def is_chinese(self) -> bool:
        """Whether the words are set by the rules for Chinese."""
        return self.language.startswith("zh")


def paint(painting: Painting) -> Image.Image:
    """Return the picture, WIDTH by HEIGHT, in RGB."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    sheet.paste(_strip(painting), (0, 0))
    _seam(sheet)
    top = TOP + label_height(painting) + 30
    if painting.sponsor:
        top = _sponsor(sheet, painting, top) + 26
    _title(sheet, painting, top)
    _site(sheet, painting)
    # Last, so that nothing of the others can lie above it.
    sheet.paste(draw_label(painting), (LEFT, TOP))
    return sheet


def as_jpeg(picture: Image.Image) -> bytes:
    """Return the picture as JPEG of less than MOST_BYTES, as fine as that allows."""
    for quality in (90, 84, 76, 66, 54, 40, 24):
        content = io.BytesIO()
        # Without subsampling: it frays the edges of coloured letters.
        picture.save(content, "JPEG", quality=quality, subsampling=0, optimize=True, progressive=True)
        if content.tell() < MOST_BYTES:
            break
    return content.getvalue()


def draw_label(painting: Painting) -> Image.Image:
    """Return the label on its plate: filled where money was paid, framed where not."""
    fitted = _label(painting)
    across, up = LABEL_PADDING
    width = math.ceil(_measure(painting.language, 700, Role.TEXT)(fitted.lines[0], fitted.size)) + 2 * across
    plate = Image.new("RGB", (width, label_height(painting)), CAUTION if painting.is_paid else PAPER)
    if not painting.is_paid:
        ImageDraw.Draw(plate).rectangle((0, 0, plate.width - 1, plate.height - 1), outline=CAUTION, width=4)
    _write(
        plate,
        (across, up + round(fitted.size * (0.98 if painting.is_chinese else 0.96))),
        fitted.lines[0],
        (painting.language, fitted.size, 700, Role.TEXT),
        ON_CAUTION if painting.is_paid else CAUTION,
    )
    return plate


def label_height(painting: Painting) -> int:
    """Return how high the label's plate is."""
    return round(_label(painting).size * 1.24) + 2 * LABEL_PADDING[1]


def _label(painting: Painting) -> Fitted:
    room = SAFE_RIGHT - LEFT - 2 * LABEL_PADDING[0]
    place = Place(width=room, height=90, sizes=LABEL_SIZES, leading=1.0, most_lines=1)
    return fit(painting.label, place, _measure(painting.language, 700, Role.TEXT))


def _measure(language: str, weight: int, role: Role) -> Callable[[str, int], float]:
    def measure(text: str, size: int) -> float:
        return sum(face.at(size, weight).getlength(part) for part, face in runs(text, language, role))

    return measure


def _write(
    sheet: Image.Image, at: tuple[float, float], text: str, style: tuple[str, int, int, Role], colour: str
) -> None:
    """Write `text` with the left end of its baseline at `at`; `style` is language, size, weight and role."""
    language, size, weight, role = style
    pen, (x, y) = ImageDraw.Draw(sheet), at
    # Pillow without Raqm (on Windows) cannot squeeze Chinese marks that meet.
    squeezed = ["chws"] if features.check("raqm") else None
    for part, face in runs(text, language, role):
        font = face.at(size, weight)
        pen.text((x, y), part, font=font, fill=colour, anchor="ls", features=squeezed)
        x += font.getlength(part)


def _sponsor(sheet: Image.Image, painting: Painting, top: int) -> int:
    """Draw the logo and the name; return where they end."""
    left, height = LEFT, LOGO_BOX[1]
    if painting.logo is not None:
        left += _logo(sheet, painting.logo, top) + 22
    place = Place(width=RIGHT - left, height=height, sizes=range(38, 25, -2), leading=1.24, most_lines=2)
    name = fit(painting.sponsor, place, _measure(painting.language, 600, Role.TEXT), painting.language)
    step = round(name.size * place.leading)
    baseline = top + (height - step * len(name.lines)) // 2 + round(step * 0.76)
    for number, line in enumerate(name.lines):
        _write(sheet, (left, baseline + number * step), line, (painting.language, name.size, 600, Role.TEXT), INK)
    return top + height


def _logo(sheet: Image.Image, logo: Image.Image, top: int) -> int:
    """Draw the logo on a piece of white paper, for which logos are drawn; return the piece's width."""
    scale = min(LOGO_BOX[0] / logo.width, LOGO_BOX[1] / logo.height)
    size = (max(1, round(logo.width * scale)), max(1, round(logo.height * scale)))
    small = logo.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
    plate = Image.new("RGB", size, PLATE)
    plate.paste(small, (0, 0), small)
    sheet.paste(plate, (LEFT, top + (LOGO_BOX[1] - size[1]) // 2))
    return size[0]


def _title(sheet: Image.Image, painting: Painting, top: int) -> None:
    """Draw the title in the room that is left, on a piece of its own: no stack of accents leaves it."""
    weight, leading, largest = (700, 1.34, 68) if painting.is_chinese else (600, 1.14, 72)
    place = Place(width=RIGHT - LEFT, height=BOTTOM - top, sizes=range(largest, 31, -2), leading=leading, most_lines=4)
    fitted = fit(painting.title, place, _measure(painting.language, weight, Role.TITLE), painting.language)
    step = round(fitted.size * leading)
    piece = Image.new("RGB", (WIDTH - LEFT, BOTTOM - top), PAPER)
    for number, line in enumerate(fitted.lines):
        # The first half of an opening bracket's square is empty.
        left = -fitted.size * 0.46 if line[:1] in _OPENING else 0
        at = (left, number * step + round(step * 0.78))
        _write(piece, at, line, (painting.language, fitted.size, weight, Role.TITLE), INK)
    sheet.paste(piece, (LEFT, top))


def _site(sheet: Image.Image, painting: Painting) -> None:
    """Draw the site's mark and name at the foot."""
    many, side = 4, 32
    mark = Image.new("RGB", (side * many, side * many), PAPER)
    pen, unit = ImageDraw.Draw(mark), side * many / 40
    for radius, width in ((16.5, 3.6), (11.4, 1.7), (7.2, 1.2), (3.6, 0.9)):
        box = [(19 - radius) * unit, (19 - radius) * unit, (19 + radius) * unit, (19 + radius) * unit]
        pen.ellipse(box, outline=TIDE, width=round(width * unit))
    pen.line([20.5 * unit, 20.5 * unit, 38 * unit, 38 * unit], fill=TIDE, width=round(4 * unit))
    sheet.paste(mark.reduce(many), (LEFT, 580))
    _write(sheet, (LEFT + side + 10, 604), painting.site, (painting.language, 24, 600, Role.TITLE), TIDE)


def _seam(sheet: Image.Image) -> None:
    """Draw the dashed line with ticks by which a chart bounds what the reader should take note of."""
    pen = ImageDraw.Draw(sheet)
    for y in range(-6, HEIGHT, 30):
        pen.rectangle((STRIP, y, STRIP + 3, y + 19), fill=CAUTION)
        pen.rectangle((STRIP + 4, y + 8, STRIP + 11, y + 10), fill=CAUTION)


def _strip(painting: Painting) -> Image.Image:
    if painting.hero is not None:
        return cropped(painting.hero, (STRIP, HEIGHT), painting.hero_centre)
    return _water()


def _water() -> Image.Image:
    """Return lines of equal distance from a shore, as engravers drew water."""
    many = 2
    water = Image.new("RGB", (STRIP * many, HEIGHT * many), SHOAL)
    pen = ImageDraw.Draw(water)
    for number in range(26):
        curve = [
            (
                x * many,
                (
                    number * 34
                    - 110
                    + 46 * math.sin(x / 132 + number * 0.05)
                    + 19 * math.sin(x / 57 - number * 0.11)
                    + x * 0.12
                )
                * many,
            )
            for x in range(-8, STRIP + 9, 4)
        ]
        pen.line(curve, fill=TIDE if number % 5 == 0 else SHALLOWS, width=3 if number % 5 == 0 else 2, joint="curve")
    return water.reduce(many)
