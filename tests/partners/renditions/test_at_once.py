"""Many readers meet a page without its pictures at the same moment."""

import pytest
from wagtail.images import get_image_model

from partners.renditions.making import order
from partners.renditions.uses import HERO_KIND
from tests.at_once import at_once
from tests.partners.renditions.ordering import ordered


@pytest.mark.usefixtures("committed")
def test_they_order_them_once():
    image = get_image_model()(pk=4711, title="Hero", file="original_images/hero.png", width=900, height=600)
    assert sorted(at_once(8, lambda _index: order(image, HERO_KIND))) == [False] * 7 + [True]
    assert ordered() == [{"image_id": 4711, "kind": HERO_KIND}]
