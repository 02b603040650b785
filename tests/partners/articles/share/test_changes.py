"""partners/articles/share/drawing.py: each change of what is seen makes a new picture under a new address."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as PillowImage
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.images import get_image_model

from partners.articles.partner_page import PartnerPage
from partners.articles.share import drawing
from partners.articles.share.share_image import ShareImage
from tests import builders
from tests.partners.articles.share.drawn import another_title, current, drawn_article, fresh, work
from tests.partners.renditions.replacing import colour_of, upload

pytestmark = pytest.mark.django_db


def another_label(article):
    article.disclosure = "unpaid_contribution"
    article.save()


def another_sponsor_name(article):
    partner = PartnerPage.objects.get(pk=article.sponsor.pk)
    partner.title = "Tidewater and Daughters"
    partner.save_revision().publish()


def another_logo(article):
    partner = PartnerPage.objects.get(pk=article.sponsor.pk)
    partner.logo = builders.image("New logo")
    partner.save()


def another_file_of_the_logo(article):
    logo = get_image_model().objects.get(pk=article.sponsor.logo_id)
    content = io.BytesIO()
    PillowImage.new("RGB", (9, 9)).save(content, "PNG")
    logo.file = ContentFile(content.getvalue(), name="replaced.png")
    logo.save()


def another_hero(article):
    article.hero_image = builders.image()
    article.hero_decorative = True
    article.save()


def another_cut_of_the_hero(article):
    hero = get_image_model().objects.get(pk=article.hero_image_id)
    hero.focal_point_x, hero.focal_point_y, hero.focal_point_width, hero.focal_point_height = 5, 5, 5, 5
    hero.save()


def another_partner(article):
    article.move(builders.partner("Lanternbridge"), pos="last-child")


CHANGES = [
    another_title,
    another_label,
    another_sponsor_name,
    another_logo,
    another_file_of_the_logo,
    another_hero,
    another_cut_of_the_hero,
    another_partner,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_of_what_is_seen_makes_a_new_picture_under_a_new_address(change):
    article = drawn_article(hero_image=builders.image(), hero_decorative=True)
    before = current(article)
    change(fresh(article))
    generic = fresh(article).share_picture.url
    assert before.file.url not in generic
    work()
    after = current(article)
    assert after.file
    assert after.file.name != before.file.name
    assert fresh(article).share_picture.url.endswith(after.file.url)
    before.refresh_from_db()
    # What has been shared shows it for a while yet.
    assert before.superseded_at is not None
    assert default_storage.exists(before.file.name)


def test_what_is_not_seen_changes_nothing():
    article = drawn_article()
    changed = fresh(article)
    changed.standfirst = "Other words."
    changed.save_revision().publish()
    changed.sponsor.summary = "Others."
    changed.sponsor.save()
    work()
    assert ShareImage.objects.filter(article_id=article.pk).count() == 1


def test_a_draft_of_a_live_article_changes_nothing():
    article = drawn_article()
    draft = fresh(article)
    draft.title = "Not yet"
    draft.save_revision()
    assert not ProcrastinateJob.objects.filter(task_name=drawing.DRAW_TASK).exists()


def test_a_title_that_comes_back_needs_no_second_drawing():
    article = drawn_article()
    first = current(article)
    for title in ("Another", article.title):
        changed = fresh(article)
        changed.title = title
        changed.save()
        work()
    assert current(article) == first
    assert ShareImage.objects.filter(article_id=article.pk).count() == 2


def test_a_name_that_comes_back_brings_no_earlier_picture(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        hero = upload("red", "crane.png")
        article = builders.article(hero_image=hero, hero_decorative=True)
    work()
    seen = [current(article).file.name]
    for colour in ("green", "blue"):
        with django_capture_on_commit_callbacks(execute=True):
            upload(colour, "crane.png", hero)
        work()
        seen.append(current(article).file.name)
        assert colour_of(current(article).file, (60, 300)) == colour
    assert len(set(seen)) == 3
