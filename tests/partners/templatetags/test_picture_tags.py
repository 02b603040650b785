"""partners/templatetags/picture_tags.py: no width twice."""

import re

import pytest
from django.template import Context, Template

from tests import builders

pytestmark = pytest.mark.django_db

TEMPLATE = Template(
    "{% load wagtailimages_tags picture_tags %}"
    '{% picture picture format-{avif,webp} width-{20,40,80} sizes="92vw" alt=words %}'
)


def srcsets(width):
    html = TEMPLATE.render(Context({"picture": builders.image(size=(width, width)), "words": "A & B"}))
    assert 'alt="A &amp; B"' in html
    return [[one.rpartition(" ")[2] for one in found.split(", ")] for found in re.findall(r'srcset="([^"]*)"', html)]


@pytest.mark.parametrize(
    ("width", "widths"),
    [(100, ["20w", "40w", "80w"]), (60, ["20w", "40w", "60w"]), (30, ["20w", "30w"]), (20, ["20w"]), (10, ["10w"])],
)
def test_each_width_once(width, widths):
    assert srcsets(width) == [widths, widths]
