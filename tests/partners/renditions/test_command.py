"""`manage.py make_renditions`: what published pages lack is there afterwards, once."""

from io import StringIO

import pytest
from django.core.management import call_command
from wagtail.images import get_image_model
from wagtail.images.models import Rendition

from partners.renditions.making import missing
from partners.renditions.uses import specs_of
from tests import builders

pytestmark = pytest.mark.django_db


def run() -> tuple[str, str]:
    said, complained = StringIO(), StringIO()
    call_command("make_renditions", stdout=said, stderr=complained)
    return said.getvalue().strip(), complained.getvalue()


def lacks(image_id: int, kind: str) -> list[str]:
    return missing(get_image_model().objects.get(pk=image_id), specs_of(kind))


def test_what_is_missing_is_made_and_nothing_twice(illustrated):
    figure = illustrated.body[0].value["image"]
    builders.article(illustrated.sponsor, hero_image=illustrated.hero_image, hero_decorative=True)
    assert run() == ("3 pictures: 3 were made, 0 could not be.", "")
    for image_id, kind in (
        (illustrated.hero_image_id, "hero"),
        (figure.pk, "figure"),
        (illustrated.sponsor.logo_id, "logo"),
    ):
        assert lacks(image_id, kind) == []
    made = Rendition.objects.count()
    assert run() == ("3 pictures: 0 were made, 0 could not be.", "")
    assert Rendition.objects.count() == made


def test_one_that_cannot_be_made_is_named_and_the_rest_is_made(broken):
    article = builders.article(hero_image=broken, hero_decorative=True)
    said, complained = run()
    assert said == "2 pictures: 1 were made, 1 could not be."
    assert f"image {broken.pk}" in complained
    assert lacks(article.sponsor.logo_id, "logo") == []


def test_drafts_wait_for_their_publication():
    builders.article(live=False, hero_image=builders.image(), hero_decorative=True)
    said, _complained = run()
    # The logo of its partner, who is published.
    assert said == "1 pictures: 1 were made, 0 could not be."
