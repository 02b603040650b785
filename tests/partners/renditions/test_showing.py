"""partners/renditions/showing.py: what a page shows of a picture, whatever there is of it."""

import pytest
from bs4 import BeautifulSoup
from wagtail.images.models import Filter

from partners.renditions.allowing import renditions_are_made
from partners.renditions.making import make
from partners.renditions.showing import picture, size_of
from partners.renditions.uses import USES, specs_of
from tests import builders

pytestmark = pytest.mark.django_db


def shown(image, use="hero", **attributes):
    with renditions_are_made(here=False):
        return BeautifulSoup(picture(image, USES[use], attributes), "html.parser")


def widths(element):
    return [one.rpartition(" ")[2] for one in element["srcset"].split(", ")]


@pytest.fixture
def image():
    return builders.image(size=(1920, 1200))


def test_a_format_is_offered_when_it_is_whole(image):
    make(image, [spec for spec in USES["hero"].specs if "webp" in spec or "640" in spec])
    html = shown(image, sizes="92vw")
    assert not html.source
    assert widths(html.img) == ["640w", "1120w", "1760w"]
    make(image, USES["hero"].specs)
    html = shown(image, sizes="92vw")
    assert widths(html.source) == ["640w", "1120w", "1760w"]
    assert html.source["sizes"] == "92vw"


def test_the_last_format_is_offered_in_the_widths_that_there_are(image):
    make(image, [spec for spec in USES["hero"].specs if "webp" in spec and "1760" not in spec])
    assert widths(shown(image).img) == ["640w", "1120w"]


def test_nothing_is_shown_that_some_browsers_do_not_know(image):
    make(image, [spec for spec in USES["hero"].specs if "avif" in spec])
    html = shown(image, alt="A crane")
    assert not html.img
    assert html.svg["aria-label"] == "A crane"


def test_what_was_asked_for_until_the_last_version_stands_in(image):
    make(image, ["format-webp|fill-800x450", "format-webp|fill-320x180", "format-webp|fill-500x500"])
    html = shown(image, alt="A crane", fetchpriority="high")
    assert (html.img["width"], html.img["height"], html.img["alt"]) == ("800", "450", "A crane")
    assert html.img["fetchpriority"] == "high"


@pytest.mark.parametrize("size", [(1920, 1200), (1920, 1080), (300, 1000), (17, 5), (1, 1)])
@pytest.mark.parametrize("use", ["hero", "card", "figure", "logo", "large logo", "cover", "machines"])
def test_the_size_of_a_rendition_is_known_before_it_is_made(size, use):
    image = builders.image(size=size)
    for spec in USES[use].specs:
        if "avif" not in spec:
            made = image.get_rendition(spec)
            assert size_of(image, spec) == (made.width, made.height), spec


def test_words_in_a_frame_are_escaped_and_nobody_hears_of_a_decorative_one(image):
    assert shown(image, alt='<b> & "c"').svg["aria-label"] == '<b> & "c"'
    assert "<b>" not in str(shown(image, alt="<b>"))
    assert shown(image, alt="").svg["aria-hidden"] == "true"
    # As the library describes it, where a template says nothing else.
    assert shown(image).svg["aria-label"] == image.title
    image.decorative = True
    assert shown(image).svg["aria-hidden"] == "true"


@pytest.mark.parametrize(
    ("width", "expected"),
    [(3000, ["480w", "840w", "1400w"]), (900, ["480w", "840w", "900w"]), (600, ["480w", "600w"])],
)
def test_each_width_once(width, expected):
    image = builders.image(size=(width, width))
    make(image, specs_of("figure"))
    html = shown(image, "figure", alt="A & B")
    assert [widths(html.source), widths(html.img)] == [expected, expected]
    assert html.img["alt"] == "A & B"


def test_an_original_smaller_than_all_leaves_no_choice():
    image = builders.image(size=(300, 300))
    make(image, specs_of("figure"))
    html = shown(image, "figure", sizes="92vw")
    assert " " not in html.source["srcset"]
    assert not {"sizes", "srcset"} & html.img.attrs.keys()
    assert "sizes" not in html.source.attrs


def test_one_rendition_is_a_plain_image(image):
    make(image, USES["logo"].specs)
    html = shown(image, "logo", alt="", loading="lazy")
    assert [tag.name for tag in html.find_all(True)] == ["img"]
    assert html.img["loading"] == "lazy"
    assert Filter(USES["logo"].spec).operations
