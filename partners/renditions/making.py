"""Who makes the renditions that a reader's page has lacked, and how often is that tried?

The page goes out without them, and orders them: one job for each picture and kind, however many readers ask. As soon
as a rendition is stored, the pages that show its picture are made anew (qianhai_site/pagecache/watching.py).
"""

import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.job_context import JobContext
from wagtail.images import get_image_model
from wagtail.images.models import Filter

from partners.deferring import READERS, job
from partners.renditions.uses import format_of, specs_of

logger = logging.getLogger(__name__)

MAKE_TASK = "partners.renditions.make"
QUEUE = "pictures"
# One at a time, so that encoding never takes the worker's places away from mail.
LOCK = "pictures"
# How long a picture rests that could not be made, after the first failure, the second and so on. Then nobody tries any
# more until the failed jobs are forgotten, a week later, or the picture has another file.
RESTS = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))
# A picture that has killed so many workers is not given to another one.
MOST_DEATHS = 2
# How many files of one picture are tried, of which each is replaced while it is encoded.
MOST_FILES = 3
# The quick formats first: a page can be shown with them.
_ORDER = ("webp", "jpeg", "", "avif")


class CannotBeMade(Exception):  # noqa: N818  named for what happened
    """Some renditions of a picture could not be made; the log has said why."""


def missing(image: Any, specs: Iterable[str]) -> list[str]:
    """Return those of `specs` of which `image` has no rendition."""
    filters = [Filter(spec) for spec in specs]
    found = image.find_existing_renditions(*filters)
    return [each.spec for each in filters if each not in found]


def make(image: Any, specs: Iterable[str]) -> None:
    """Make what is missing of `specs`, the quick formats first; what is made is stored whatever becomes of the rest.

    Where an editor puts another file in the place of the picture's meanwhile, that one's are made instead.
    Raises CannotBeMade where that fails for any reason that lies in the picture or its file.
    """
    specs = list(specs)
    for _ in range(MOST_FILES):
        failed = _make_of_this_file(image, specs)
        replaced = _with_another_file(image)
        if replaced is None:
            if failed:
                raise CannotBeMade(f"image {image.pk}: {', '.join(failed)}")
            return
        image = replaced
    raise CannotBeMade(f"image {image.pk}: its file was replaced each time")


def _make_of_this_file(image: Any, specs: list[str]) -> list[str]:
    """Make what is missing of `specs` and return what could not be made, until the picture has another file."""
    lacking = missing(image, specs)
    failed: list[str] = []
    for form in sorted({format_of(spec) for spec in lacking}, key=_ORDER.index):
        asked = [spec for spec in lacking if format_of(spec) == form]
        try:
            image.get_renditions(*asked)
        except Exception:
            # Wagtail deletes a file that it replaces.
            if _with_another_file(image) is not None:
                break
            # Decoders raise whatever they like for a broken file, and one picture is no reason to end a page or a job.
            logger.exception("Image %s: no renditions %s.", image.pk, ", ".join(asked))
            failed += asked
        if _with_another_file(image, asked) is not None:
            break
    return failed


def _with_another_file(image: Any, made: Iterable[str] = ()) -> Any:
    """Return the image as it is stored, where its file is not the one that `image` knows, else None.

    Of such a one the renditions `made` are deleted, of these filters. Encoding takes seconds. Wagtail deletes the
    renditions of a file that it replaces, and cannot know of what is stored afterwards, which would be shown for ever.
    Whoever replaces it writes the image's row first: either that is waited for here, or what was made is found there.
    """
    with transaction.atomic():
        stored = type(image).objects.select_for_update(no_key=True).filter(pk=image.pk).first()
        if stored is None or _file_of(stored) == _file_of(image):
            return None
        stored.renditions.filter(filter_spec__in=made).delete()
        return stored


def _file_of(image: Any) -> tuple[str, str]:
    """Return what changes with an image's file, each upload having a name of its own (`MediaStorage`)."""
    return image.file.name, image.file_hash


def order(image: Any, kind: str, priority: int = READERS) -> bool:
    """Queue the making of what `image` lacks of a kind, and say whether that was done.

    Not where it is queued already, or goes on, or where it has failed and rests.
    """
    name = _name(image, kind)
    jobs = ProcrastinateJob.objects.filter(queueing_lock=name)
    # By itself, since this question alone has an index, and nearly all who ask are answered by it.
    if jobs.filter(status="todo").exists() or _rests(jobs):
        return False
    try:
        # Whatever transaction goes on, it survives that somebody else was quicker.
        with transaction.atomic():
            asked = job(MAKE_TASK, queue=QUEUE, lock=LOCK, queueing_lock=name, priority=priority)
            asked.defer(image_id=image.pk, kind=kind)
    except AlreadyEnqueued:
        return False
    return True


@app.task(name=MAKE_TASK, queue=QUEUE, lock=LOCK, priority=READERS, pass_context=True)
def make_renditions(context: JobContext, image_id: int, kind: str) -> None:
    """Make what an image lacks of a kind. One that is gone, or a kind that there no longer is, needs nothing.

    Raises CannotBeMade: failed jobs are counted, so that nothing is tried for ever.
    """
    image = get_image_model().objects.filter(pk=image_id).first()
    if image is None:
        return
    if context.job.attempts >= MOST_DEATHS:
        # The job is not retried where it fails: its worker was killed each time.
        raise CannotBeMade(f"image {image_id}: its workers died of it")
    make(image, specs_of(kind))


def _name(image: Any, kind: str) -> str:
    """Return what the jobs for a kind of a picture are known by, as long as its file and our sizes are the same."""
    state = repr((image.file.name, image.file_size, image.file_hash, specs_of(kind)))
    return f"renditions {image.pk} {kind} {hashlib.blake2b(state.encode(), digest_size=6).hexdigest()}"


def _rests(jobs: Any) -> bool:
    """Say whether one of `jobs` goes on, or failed not long enough ago for how often they have."""
    ended = list(jobs.filter(status__in=("doing", "failed", "aborted")).values_list("pk", "status"))
    if not ended:
        return False
    failures = [pk for pk, status in ended if status != "doing"]
    if len(failures) < len(ended) or len(failures) > len(RESTS):
        return True
    events = ProcrastinateEvent.objects.filter(job_id__in=failures, type__in=("failed", "aborted"))
    latest: datetime | None = events.order_by("-at").values_list("at", flat=True).first()
    return latest is not None and timezone.now() < latest + RESTS[len(failures) - 1]
