"""How does a brochure get its cover, from the first page of its file?

A PDF is a program by a stranger for a large library in C. It is never drawn in a process that serves pages or sends
mail: a job on the worker hands it to `first_page.py`, a child that is bound in time, memory and files, and takes back
nothing but pixels.
"""

import io
import logging
import re
import signal
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image as PillowImage
from procrastinate.contrib.django import app
from wagtail.images import get_image_model
from wagtail.models import Collection

from partners.brochures.brochure import Brochure, BrochureFile, CoverFailure
from partners.deferring import SOON, job
from partners.renditions.making import missing, order
from partners.renditions.uses import COVER_KIND, USES, specs_of

logger = logging.getLogger(__name__)

MAKE_COVER_TASK = "partners.brochures.make_cover"
# Editors find the pictures here. Renamed, it is made anew with the next cover.
COLLECTION = "Brochure covers"
# How the form's page and the admin's list show a cover: made here, so that no visitor waits for it.
PAGE_RENDITION = USES["cover"].spec
LIST_RENDITION = "max-96x128|format-webp"
# The child bounds its own computing; this bounds its waiting, and a machine that is busy with other things.
SECONDS = 60
_PROGRAM = Path(__file__).with_name("first_page.py")
_HEADER = re.compile(rb"P6 ([0-9]{1,5}) ([0-9]{1,5}) 255\n")
# No more is read than the largest picture that the child may make.
_MOST_BYTES = 16 * 1024 * 1024
# One at a time, so that drawing never takes the worker's places away from mail.
_LOCK = "pictures"


class CannotBeDrawn(Exception):  # noqa: N818  named for what happened
    """There is no picture of the first page; `failure` says why."""

    def __init__(self, failure: CoverFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def make_cover_later(instance: BrochureFile, created: bool, raw: bool = False, **sent: Any) -> None:
    """Queue the making of the cover of a version that has just been stored."""
    if created and not raw:
        job(MAKE_COVER_TASK, queue="pictures", lock=_LOCK).defer(file_id=instance.pk)


def show_cover_later(instance: Brochure, raw: bool = False, **sent: Any) -> None:
    """Order what a cover lacks that an editor has chosen for a brochure."""
    if not raw and instance.cover is not None and missing(instance.cover, specs_of(COVER_KIND)):
        order(instance.cover, COVER_KIND, SOON)


@app.task(name=MAKE_COVER_TASK, queue="pictures", lock=_LOCK)
def make_cover(file_id: int) -> None:
    """Make the cover of a version, or note why there is none. One that has a cover, or is gone, needs nothing."""
    file = BrochureFile.objects.filter(pk=file_id, cover=None).select_related("brochure").first()
    if file is None:
        return
    try:
        drawn = draw_first_page(file)
    except CannotBeDrawn as error:
        BrochureFile.objects.filter(pk=file_id, cover=None).update(cover_failure=error.failure)
        logger.warning("Brochure file %s: no cover, %s.", file_id, error.failure.value)
        return
    image = _store(file, drawn)
    if not BrochureFile.objects.filter(pk=file_id, cover=None).update(cover=image, cover_failure=""):
        # Made twice at the same moment, or the version was deleted in the meantime.
        image.delete()


def draw_first_page(file: BrochureFile, program: Path = _PROGRAM, seconds: float = SECONDS) -> PillowImage.Image:
    """Return a picture of the first page of `file`, at most 960 by 1440 pixels, drawn by `program` within `seconds`.

    Raises CannotBeDrawn.
    """
    try:
        content = file.file.open("rb")
    except FileNotFoundError as error:
        raise CannotBeDrawn(CoverFailure.NO_FILE) from error
    # Copied, since the child reads a file of the system and private storage may be none.
    with content, tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as taken:
        for chunk in content.chunks():
            given.write(chunk)
        given.seek(0)
        try:
            # Isolated (-I) and without the environment: it can import no module of ours and read no secret.
            subprocess.run(  # noqa: S603  a program of ours, without arguments
                [sys.executable, "-I", str(program)],
                stdin=given,
                stdout=taken,
                stderr=subprocess.DEVNULL,
                cwd=tempfile.gettempdir(),
                env={},
                start_new_session=True,
                timeout=seconds,
                check=True,
            )
        except subprocess.TimeoutExpired as error:
            raise CannotBeDrawn(CoverFailure.TOO_LONG) from error
        except subprocess.CalledProcessError as error:
            # The child's own bound on computing ends it with the first, and with the second where that is caught.
            too_long = error.returncode in {-signal.SIGXCPU, -signal.SIGKILL}
            raise CannotBeDrawn(CoverFailure.TOO_LONG if too_long else CoverFailure.UNDRAWABLE) from error
        taken.seek(0)
        return _picture(taken.read(_MOST_BYTES))


def _picture(output: bytes) -> PillowImage.Image:
    """Return what the child wrote as a picture. The child may be somebody else's by now: nothing of it is trusted.

    Raises CannotBeDrawn.
    """
    header = _HEADER.match(output)
    if header is None:
        raise CannotBeDrawn(CoverFailure.UNDRAWABLE)
    width, height = int(header[1]), int(header[2])
    if not width * height or len(output) != header.end() + width * height * 3:
        raise CannotBeDrawn(CoverFailure.UNDRAWABLE)
    return PillowImage.frombytes("RGB", (width, height), output[header.end() :])


def _store(file: BrochureFile, drawn: PillowImage.Image) -> Any:
    """Store the picture with its words in the file's language and the renditions in which it is shown."""
    jpeg = io.BytesIO()
    drawn.save(jpeg, "JPEG", quality=88, optimize=True, progressive=True)
    with translation.override(file.language):
        words = _("The cover of ‘%(title)s’") % {"title": file.get_title()}
    # Pictures are public: a name that cannot be guessed keeps the cover of an unpublished brochure to itself.
    content = ContentFile(jpeg.getvalue(), name=f"{uuid.uuid4().hex}.jpg")
    model = get_image_model()
    image = model.objects.create(
        title=f"{file.get_title()} ({file.language}, {file.version})"[:255],
        description=words[:255],
        collection=covers_collection(),
        file=content,
    )
    for rendition in (PAGE_RENDITION, LIST_RENDITION):
        image.get_rendition(rendition)
    return image


def covers_collection() -> Collection:
    """Return the collection of the covers, made where it is missing."""
    with transaction.atomic():
        root = Collection.objects.select_for_update().get(depth=1)
        found = root.get_children().filter(name=COLLECTION).first()
        return found or root.add_child(name=COLLECTION)
