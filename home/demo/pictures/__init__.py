"""Which pictures does the demo have, by name, and how large is each?"""

from collections.abc import Callable, Mapping

from PIL import Image

from . import city_scenes, figures, harbour_scenes, marks, room_scenes
from .canvas import SHEET_HEIGHT, SHEET_WIDTH, Canvas

type Scene = Callable[[Canvas], None]

#: What opens an article or stands in one.
SCENES: Mapping[str, Scene] = {
    scene.__name__.replace("_", "-"): scene
    for scene in (
        harbour_scenes.connected_bay,
        harbour_scenes.quay,
        harbour_scenes.smart_port,
        harbour_scenes.factory,
        harbour_scenes.data_hall,
        city_scenes.court,
        city_scenes.promenade,
        city_scenes.two_shores,
        city_scenes.museum,
        room_scenes.evening_windows,
        city_scenes.railway,
        city_scenes.under_the_street,
        room_scenes.hearing,
        figures.seven_kinds,
        figures.quay_plan,
        figures.hour_rings,
        figures.cooling_loop,
    )
}

#: The partners' marks, transparent around their plate.
MARKS: Mapping[str, Scene] = {
    scene.__name__: scene for scene in (marks.tidewright, marks.lanternbridge, marks.harbourloom)
}

#: What stands on the brochures.
COVERS: Mapping[str, Scene] = {
    scene.__name__.replace("_", "-"): scene for scene in (marks.quay_cover, marks.clause_cover)
}


def draw_scene(name: str, width: int = SHEET_WIDTH) -> Image.Image:
    """Return a landscape picture `width` pixels wide, in RGB; raises KeyError for an unknown name."""
    return _draw(SCENES[name], width, (SHEET_WIDTH, SHEET_HEIGHT))


def draw_cover(name: str, width: int = marks.COVER_UNITS[0]) -> Image.Image:
    """Return a portrait picture `width` pixels wide, in RGB; raises KeyError for an unknown name."""
    return _draw(COVERS[name], width, marks.COVER_UNITS)


def draw_mark(name: str, width: int = marks.MARK_UNITS[0]) -> Image.Image:
    """Return a square mark `width` pixels wide, in RGBA; raises KeyError for an unknown name."""
    return _draw(MARKS[name], width, marks.MARK_UNITS, background=None)


def _draw(scene: Scene, width: int, units: tuple[int, int], background: str | None = "#ffffff") -> Image.Image:
    canvas = Canvas(width, units=units, background=background)
    scene(canvas)
    return canvas.picture()
