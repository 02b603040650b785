"""When is an article's share image drawn, anew, and forgotten?

In the transaction that changes what is seen, a row orders the picture and a job wakes the worker, which draws it: never
a process that serves readers. What no job woke, a sweep finds.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from wagtail.images import get_image_model
from wagtail.models import Page

from partners.articles.article_page import PartnerArticlePage
from partners.articles.listing import with_sponsors
from partners.articles.partner_page import PartnerPage
from partners.articles.share.card import ShareCard, card_of
from partners.articles.share.share_image import ShareImage, storage_name
from partners.deferring import BULK, SOON, job

if TYPE_CHECKING:
    from partners.articles.listing import ArticleQuerySet

logger = logging.getLogger(__name__)

DRAW_TASK = "partners.articles.share.draw"
PARTNER_TASK = "partners.articles.share.follow_partner"
IMAGE_TASK = "partners.articles.share.follow_image"
_MISSING = "partners.articles.share.draw_missing"
_ALL = "partners.articles.share.follow_all"
_FORGET = "partners.articles.share.forget_old"
_QUEUE = "pictures"
# One at a time, so that drawing never takes the worker's places away from mail.
_LOCK = "pictures"

#: How long a picture that is out of date is kept: shared cards show it for as long as they are looked at.
KEPT_FOR = timedelta(days=30)
# A picture that failed so often waits for a person; the log has said why each time.
MOST_ATTEMPTS = 30
_AT_ONCE = 1000
# Articles that one job looks at, within about two seconds where all need another picture.
STEP = 200
# How changes of a partner, an image or the layout are followed: a step, then what it ordered, then the next step. So a
# new article's pictures stand behind one step or one picture, and the queue stays short.
_FOLLOWING: Any = {"queue": _QUEUE, "lock": _LOCK, "priority": BULK}
_SHOWN = {"title", "disclosure", "hero_image", "hero_image_id", "live", "locale", "locale_id"}


def order(article_id: int, priority: int = SOON) -> None:
    """Order the picture that `article_id` needs now, if it is not drawn, and call the others out of date.

    An article that is not live needs none. Two orders at once end with one picture. `priority` is a rank
    of partners/deferring.py.
    """
    with transaction.atomic():
        # The article's row is locked, so that of two orders the later one sees what the earlier wrote.
        locked = PartnerArticlePage.objects.select_for_update(of=["self"], no_key=True).filter(pk=article_id)
        article = locked.defer("body").first()
        if article is None:
            return
        images = ShareImage.objects.filter(article_id=article_id)
        digest = card_of(article).digest if article.live else ""
        images.exclude(digest=digest).filter(superseded_at=None).update(superseded_at=timezone.now())
        if not digest:
            return
        image, _ = images.update_or_create(
            digest=digest, defaults={"superseded_at": None}, create_defaults={"article_id": article_id}
        )
        if not image.file:
            job(DRAW_TASK, queue=_QUEUE, lock=_LOCK, priority=priority).defer(image_id=image.pk)


def order_for_saved_article(
    instance: PartnerArticlePage, update_fields: Iterable[str] | None = None, raw: bool = False, **signal: Any
) -> None:
    """Order the picture of an article that was stored, whichever way; for `post_save`."""
    if not raw and (update_fields is None or _SHOWN & set(update_fields)):
        order(instance.pk)


def order_for_moved_page(instance: Page, **signal: Any) -> None:
    """Order the picture of an article that went to another sponsor; for Wagtail's `post_page_move`."""
    if PartnerArticlePage.objects.filter(pk=instance.pk).exists():
        order(instance.pk)


def follow_partner_later(instance: PartnerPage, created: bool, raw: bool = False, **signal: Any) -> None:
    """Queue a look at the pictures of a partner that was stored: its name or logo may be new; for `post_save`."""
    if not created and not raw:
        job(PARTNER_TASK, **_FOLLOWING).defer(partner_id=instance.pk)


def follow_image_later(instance: Any, created: bool, raw: bool = False, **signal: Any) -> None:
    """Queue a look at the pictures that show an image that was stored: its file may be new; for `post_save`."""
    if not created and not raw:
        job(IMAGE_TASK, **_FOLLOWING).defer(image_id=instance.pk)


@app.task(name=DRAW_TASK, queue=_QUEUE, lock=_LOCK)
def draw(image_id: int) -> None:
    """Draw an ordered picture. One that is drawn, out of date or gone needs nothing."""
    image = ShareImage.objects.filter(pk=image_id, file="", superseded_at=None).first()
    if image is None:
        return
    # Counted before it is tried, so that a picture that kills its worker is not tried for ever.
    ShareImage.objects.filter(pk=image_id).update(attempts=F("attempts") + 1)
    article = PartnerArticlePage.objects.select_related("hero_image", "locale").get(pk=image.article_id)
    card = card_of(article)
    if card.digest != image.digest:
        # Changed in the meantime, by a way that orders nothing.
        order(article.pk)
        return
    name = _store(image, card)
    if not ShareImage.objects.filter(pk=image_id, file="").update(file=name):
        logger.info("Share image %s was drawn twice, or its article is gone.", image_id)
        if not ShareImage.objects.filter(pk=image_id).exists():
            default_storage.delete(name)


def _store(image: ShareImage, card: ShareCard) -> str:
    """Draw `card` and store it under its own name. What a killed worker left there is replaced."""
    # Fonts and what sets them are for the worker alone.
    from partners.articles.share.foreign import open_picture  # noqa: PLC0415
    from partners.articles.share.paint import Painting, as_jpeg, paint  # noqa: PLC0415

    painting = Painting(
        language=card.language,
        label=card.label,
        is_paid=card.is_paid,
        site=card.site,
        sponsor=card.sponsor,
        title=card.title,
        logo=open_picture(card.logo),
        hero=open_picture(card.hero),
        hero_centre=card.hero_centre,
    )
    content = as_jpeg(paint(painting))
    name = storage_name(image, "")
    default_storage.delete(name)
    return default_storage.save(name, ContentFile(content))


@app.task(name=PARTNER_TASK, **_FOLLOWING)
def follow_partner(partner_id: int, after: int = 0) -> None:
    """Order what a partner's articles need after a change of its name or logo."""
    partner = PartnerPage.objects.filter(pk=partner_id).first()
    if partner is not None:
        following = job(PARTNER_TASK, **_FOLLOWING)
        _follow(PartnerArticlePage.objects.child_of(partner), after, following, partner_id=partner_id)


@app.task(name=IMAGE_TASK, **_FOLLOWING)
def follow_image(image_id: int, after: int = 0) -> None:
    """Order what the articles need that show an image, themselves or as their partner's logo."""
    if not get_image_model().objects.filter(pk=image_id).exists():
        return
    showing = PartnerArticlePage.objects.filter(hero_image_id=image_id)
    for partner in PartnerPage.objects.filter(logo_id=image_id):
        showing |= PartnerArticlePage.objects.child_of(partner)
    _follow(showing, after, job(IMAGE_TASK, **_FOLLOWING), image_id=image_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name=_MISSING, queue=_QUEUE, queueing_lock=_MISSING)
def draw_missing(timestamp: int) -> None:
    """Have drawn what was ordered more than a minute ago and has no job any more: it was lost, killed or failed."""
    waiting = ShareImage.objects.filter(file="", superseded_at=None, attempts__lt=MOST_ATTEMPTS)
    waiting = waiting.filter(wanted_at__lt=timezone.now() - timedelta(minutes=1)).order_by("attempts", "wanted_at")
    jobs = ProcrastinateJob.objects.filter(task_name=DRAW_TASK, status__in=("todo", "doing"))
    queued = set(jobs.values_list("args__image_id", flat=True))
    lost = [image_id for image_id in waiting.values_list("pk", flat=True) if image_id not in queued]
    for image_id in lost[:_AT_ONCE]:
        job(DRAW_TASK, queue=_QUEUE, lock=_LOCK, priority=BULK).defer(image_id=image_id)


@app.periodic(cron="23 * * * *")
@app.task(name=_ALL, **_FOLLOWING, queueing_lock=_ALL)
def follow_all(timestamp: int, after: int = 0) -> None:
    """Order what any article needs: a new version of the site has other words or another layout."""
    now = timezone.now()
    if not after:
        ShareImage.objects.filter(superseded_at=None, article__live=False).update(superseded_at=now)
    following = job(_ALL, **_FOLLOWING, queueing_lock=_ALL)
    _follow(PartnerArticlePage.objects.all(), after, following, timestamp=timestamp)


# Every hour, and it finds nothing in most: procrastinate drops what no worker was there for within ten minutes.
@app.periodic(cron="37 * * * *")
@app.task(name=_FORGET, queue=_QUEUE, queueing_lock=_FORGET, priority=BULK)
def forget_old(timestamp: int) -> None:
    """Delete pictures that have been out of date for longer than KEPT_FOR, with their files."""
    old = ShareImage.objects.filter(superseded_at__lt=timezone.now() - KEPT_FOR)
    for image in list(old):
        image.delete()


def _follow(articles: "ArticleQuerySet", after: int, following: JobDeferrer, **args: int) -> None:
    """Order what the live ones of `articles` need whose picture shows something else: of the next STEP with a key
    above `after`. The rest is left to the job `following`, with `args`.
    """
    live = articles.live().filter(pk__gt=after).order_by("pk")
    step = list(live.defer("body").select_related("hero_image", "locale")[:STEP])
    current = ShareImage.objects.filter(article__in=[article.pk for article in step], superseded_at=None)
    digests = dict(current.values_list("article_id", "digest"))
    for article in with_sponsors(step):
        if digests.get(article.pk) != card_of(article).digest:
            order(article.pk, BULK)
    if len(step) == STEP:
        # Where the next hour's is queued already, that begins again at the first article, and soon is where this was.
        with suppress(AlreadyEnqueued), transaction.atomic():
            following.defer(after=step[-1].pk, **args)
