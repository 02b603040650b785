"""partners/articles/share/drawing.py: pictures are drawn by the worker, and none is lost or kept for ever."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image as PillowImage
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.articles.article_page import PartnerArticlePage
from partners.articles.share import card as card_module
from partners.articles.share import drawing
from partners.articles.share.card import card_of
from partners.articles.share.share_image import ShareImage
from partners.deferring import BULK
from tests import builders
from tests.partners.articles.share.drawn import another_title, current, drawn_article, fresh, size_of, work
from tests.partners.renditions.replacing import colour_of, upload

pytestmark = pytest.mark.django_db


def test_a_published_article_gets_its_picture():
    article = builders.article(live=False, hero_image=builders.image(), hero_decorative=True)
    work()
    assert not ShareImage.objects.exists()
    article.save_revision().publish()
    work()
    image = current(article)
    assert image.file.name == f"images/share/{image.digest}.jpg"
    assert size_of(image) == (1200, 630)
    assert image.digest == card_of(fresh(article)).digest


def test_each_language_has_its_own(monkeypatch):
    seen = []
    from partners.articles.share import paint

    monkeypatch.setattr(paint, "paint", lambda given: seen.append(given) or PillowImage.new("RGB", (8, 8)))
    for language in ("en", "zh-hant", "zh-hans"):
        builders.article(builders.partner(language=language))
    work()
    assert [(given.language, given.label) for given in seen] == [
        ("en", "Paid content"),
        ("zh-hant", "付費內容"),
        ("zh-hans", "付费内容"),
    ]


def test_a_killed_worker_loses_no_picture(monkeypatch):
    article = builders.article()
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    drawing.draw_missing(0)
    # A young order is its job's.
    assert not ProcrastinateJob.objects.exists()
    ShareImage.objects.update(wanted_at=timezone.now() - timedelta(minutes=2))
    # Half a file, as a worker leaves it that is killed while it writes.
    half = f"images/share/{current(article).digest}.jpg"
    default_storage.save(half, ContentFile(b"\xff\xd8half"))
    for _ in range(2):
        drawing.draw_missing(0)
        # One that has a job is not lost.
        assert ProcrastinateJob.objects.count() == 1
    work()
    assert current(article).file.name == half
    assert size_of(current(article)) == (1200, 630)


def test_one_that_fails_keeps_none_of_the_others_back(monkeypatch):
    bad, good = builders.article(title="Bad"), builders.article(title="Good")
    ShareImage.objects.update(wanted_at=timezone.now() - timedelta(minutes=2))
    store = drawing._store

    def fail_for_one(image, card):
        if card.title == "Bad":
            raise OSError("disk full")
        return store(image, card)

    monkeypatch.setattr(drawing, "_store", fail_for_one)
    for image in ShareImage.objects.order_by("pk"):
        with suppress(OSError):
            drawing.draw(image.pk)
    assert (current(bad).attempts, bool(current(bad).file), bool(current(good).file)) == (1, False, True)
    ShareImage.objects.filter(pk=current(bad).pk).update(attempts=drawing.MOST_ATTEMPTS)
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    drawing.draw_missing(0)
    assert not ProcrastinateJob.objects.exists()


def test_what_changed_unnoticed_is_found_within_the_hour(monkeypatch):
    article, other, gone = drawn_article(), drawn_article(), drawn_article()
    PartnerArticlePage.objects.filter(pk=article.pk).update(disclosure="unpaid_contribution")
    PartnerArticlePage.objects.filter(pk=gone.pk).update(live=False)
    kept = current(other)
    drawing.follow_all(0)
    work()
    assert current(article).digest == card_of(fresh(article)).digest
    assert current(other) == kept
    assert not ShareImage.objects.filter(article_id=gone.pk, superseded_at=None).exists()
    monkeypatch.setattr(card_module, "LAYOUT", card_module.LAYOUT + 1)
    drawing.follow_all(0)
    work()
    assert current(other) != kept


def test_many_articles_are_followed_in_steps_and_none_is_left_out(monkeypatch):
    monkeypatch.setattr(drawing, "STEP", 2)
    partner = builders.partner()
    articles = [builders.article(partner, title=str(number)) for number in range(5)]
    hero = builders.image()
    PartnerArticlePage.objects.filter(pk=articles[3].pk).update(hero_image=hero, hero_decorative=True)
    work()
    before = {article.pk: current(article).pk for article in articles}
    partner.title = "Another name"
    partner.save_revision().publish()
    drawing.follow_partner(partner.pk)
    # The next step stands behind what this one has ordered.
    jobs = ProcrastinateJob.objects.filter(priority=BULK).order_by("pk").values_list("task_name", flat=True)
    assert list(jobs)[-3:] == [drawing.DRAW_TASK, drawing.DRAW_TASK, drawing.PARTNER_TASK]
    work()
    assert not {current(article).pk for article in articles} & set(before.values())
    assert all(current(article).file for article in articles)
    for image in (hero, partner.logo):
        ShareImage.objects.all().delete()
        drawing.follow_image(image.pk)
        work()
        assert ShareImage.objects.count() == (1 if image == hero else 5)


def test_the_look_at_all_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(drawing, "STEP", 2)
    partner = builders.partner()
    for number in range(5):
        builders.article(partner, title=str(number))
    work()
    ShareImage.objects.all().delete()
    drawing.follow_all(0)
    following = ProcrastinateJob.objects.filter(queueing_lock=drawing._ALL)
    # The next step finds one queued already; what it orders stays ordered.
    drawing.follow_all(0, after=following.get().args["after"])
    assert (following.count(), ShareImage.objects.count()) == (1, 4)


def test_looking_at_all_articles_takes_as_many_queries_for_many(django_assert_num_queries):
    partner = builders.partner()
    for number in range(2):
        builders.article(partner, title=str(number))
    with django_assert_num_queries(4):
        drawing.follow_all(0)
    for number in range(5):
        builders.article(partner, title=f"more {number}")
    with django_assert_num_queries(4):
        drawing.follow_all(0)


def test_old_pictures_go_with_their_files_and_current_ones_stay():
    article = drawn_article()
    old = current(article)
    another_title(fresh(article))
    work()
    drawing.forget_old(0)
    assert default_storage.exists(old.file.name)
    ShareImage.objects.filter(pk=old.pk).update(superseded_at=timezone.now() - drawing.KEPT_FOR - timedelta(hours=1))
    drawing.forget_old(0)
    assert list(ShareImage.objects.filter(article_id=article.pk)) == [current(article)]


def test_files_go_when_it_is_certain(django_capture_on_commit_callbacks):
    article = drawn_article()
    name = current(article).file.name
    with django_capture_on_commit_callbacks(execute=True):
        fresh(article).delete()
        assert default_storage.exists(name)
    assert not ShareImage.objects.exists()
    assert not default_storage.exists(name)


def test_a_job_whose_article_is_gone_or_changed_draws_nothing_wrong():
    article = builders.article()
    image = current(article)
    PartnerArticlePage.objects.filter(pk=article.pk).update(disclosure="unpaid_contribution")
    drawing.draw(image.pk)
    image.refresh_from_db()
    assert not image.file
    assert image.superseded_at is not None
    drawing.draw(0)
    drawing.follow_partner(0)
    drawing.follow_image(0)
    drawing.order(0)


def test_a_broken_hero_still_leaves_a_labelled_picture():
    hero = builders.image()
    article = builders.article(hero_image=hero, hero_decorative=True)
    hero.file.storage.delete(hero.file.name)
    work()
    assert size_of(current(article)) == (1200, 630)


def test_the_database_allows_one_current_picture():
    article = builders.article()
    with pytest.raises(IntegrityError, match="share_image_has_one_current"):
        ShareImage.objects.create(article=article, digest="another")


def test_a_hero_that_is_replaced_while_it_is_drawn_is_drawn_anew(monkeypatch, django_capture_on_commit_callbacks):
    hero = upload("red", "crane.png")
    article = builders.article(hero_image=hero, hero_decorative=True)
    store, left = drawing._store, ["blue"]

    def replace_first(image, card):
        # Read by now; Wagtail deletes the file at once.
        if left:
            with django_capture_on_commit_callbacks(execute=True):
                upload(left.pop(), "crane.png", hero)
        return store(image, card)

    monkeypatch.setattr(drawing, "_store", replace_first)
    work()
    assert colour_of(current(article).file, (60, 300)) == "blue"
    assert fresh(article).share_picture.url.endswith(current(article).file.url)
    # Nothing names the one without a hero, now or later: no other file has the former's name.
    assert ShareImage.objects.exclude(pk=current(article).pk).get(article_id=article.pk).superseded_at is not None
