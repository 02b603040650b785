"""Are the pictures of the size that was asked for, full of something, and always the same?"""

import pytest
from PIL import Image, ImageStat

from home.demo.pictures import COVERS, MARKS, SCENES, draw_cover, draw_mark, draw_scene
from home.demo.pictures.canvas import Canvas, colour, mix

SMALL = 240


def spread(image: Image.Image) -> float:
    """Return how far the brightness of a picture strays from its mean."""
    return float(ImageStat.Stat(image.convert("L")).stddev[0])


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_has_its_size_and_is_not_flat(name: str) -> None:
    image = draw_scene(name, SMALL)
    assert (image.size, image.mode) == ((240, 135), "RGB")
    assert spread(image) > 15
    left, right = image.crop((0, 0, 120, 135)), image.crop((120, 0, 240, 135))
    assert min(spread(left), spread(right)) > 10


@pytest.mark.parametrize("name", COVERS)
def test_a_cover_is_upright_and_its_head_is_dark_enough_for_white_type(name: str) -> None:
    image = draw_cover(name, 210)
    assert (image.size, image.mode) == ((210, 297), "RGB")
    assert spread(image) > 15
    head = ImageStat.Stat(image.crop((0, 0, 210, 80)).convert("L"))
    assert head.extrema[0][1] < 140


@pytest.mark.parametrize("name", MARKS)
def test_a_mark_stands_on_its_own_plate(name: str) -> None:
    image = draw_mark(name, 96)
    assert (image.size, image.mode) == ((96, 96), "RGBA")
    alpha = image.getchannel("A")
    assert alpha.getpixel((0, 0)) == 0
    # Inside the plate nothing is see-through, so the mark is the same on a light page and on a dark one.
    assert alpha.crop((12, 12, 84, 84)).getextrema() == (255, 255)
    assert spread(image.crop((12, 12, 84, 84))) > 20


def test_scenes_differ_from_each_other() -> None:
    assert len({draw_scene(name, 64).tobytes() for name in SCENES}) == len(SCENES)


def test_a_picture_is_always_the_same() -> None:
    assert draw_scene("quay", SMALL).tobytes() == draw_scene("quay", SMALL).tobytes()


def test_full_size_is_that_of_a_hero_image() -> None:
    assert draw_scene("court").size == (1920, 1080)


def test_an_unknown_picture_is_an_error() -> None:
    with pytest.raises(KeyError):
        draw_scene("volcano")


def test_edges_are_smooth() -> None:
    canvas = Canvas(96, units=(96, 96), background="#ffffff")
    canvas.disc(48, 48, 30, "#000000")
    shades = canvas.picture().convert("L").get_flattened_data()
    assert any(20 < shade < 235 for shade in shades)


def test_translucent_ink_blends_with_what_lies_below() -> None:
    canvas = Canvas(12, units=(12, 12), background="#ffffff")
    canvas.box(0, 0, 12, 12, "#000000", 0.5)
    assert canvas.picture().getpixel((6, 6)) == pytest.approx((127, 127, 127), abs=1)


def test_colours_are_read_and_mixed() -> None:
    assert colour("#0f80ff") == (15, 128, 255)
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
