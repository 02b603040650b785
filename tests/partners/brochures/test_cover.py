"""partners/brochures/cover.py and first_page.py: a cover from the first page, and no harm from a hostile file."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from procrastinate.contrib.django.models import ProcrastinateJob
from reportlab.pdfgen.canvas import Canvas

from partners.brochures import first_page
from partners.brochures.brochure import BrochureFile, CoverFailure
from partners.brochures.cover import (
    COLLECTION,
    MAKE_COVER_TASK,
    CannotBeDrawn,
    _picture,
    covers_collection,
    draw_first_page,
    make_cover,
)
from tests import builders

pytestmark = pytest.mark.django_db


def painted(width=300, height=400):
    """Return a PDF whose first page is red above and blue below, and whose second is green."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height))
    for upper, lower in (("red", "blue"), ("green", "green")):
        for colour, bottom in ((upper, height / 2), (lower, 0)):
            canvas.setFillColor(colour)
            canvas.rect(0, bottom, width, height / 2, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def stored(content=None, language="en", **fields):
    return builders.add_file(builders.brochure("The quay"), content or painted(), language)


def program(tmp_path, source):
    made = tmp_path / "program.py"
    made.write_text(source)
    return made


def test_picture_is_the_first_page():
    drawn = draw_first_page(stored())
    assert drawn.size == (960, 1279)
    assert drawn.getpixel((480, 320)) == (255, 0, 0)
    assert drawn.getpixel((480, 960)) == (0, 0, 255)


@pytest.mark.parametrize(("width", "height"), [(600, 200), (200, 900), (14400, 14400), (37, 53)])
def test_picture_fits_whatever_the_page(width, height):
    drawn = draw_first_page(stored(painted(width, height)))
    assert drawn.width <= first_page.WIDTH
    assert drawn.height <= first_page.HEIGHT
    assert drawn.width / drawn.height == pytest.approx(width / height, rel=0.02)


def test_job_is_written_with_the_version_and_names_its_id_alone():
    file = stored()
    file.title = "Another"
    file.save()
    jobs = ProcrastinateJob.objects.filter(task_name=MAKE_COVER_TASK, args__file_id=file.pk)
    assert [job.args for job in jobs] == [{"file_id": file.pk}]


def test_job_makes_the_cover_once_in_a_collection_with_words_in_the_files_language():
    file = stored(language="zh-hant")
    BrochureFile.objects.filter(pk=file.pk).update(title="碼頭指南")
    make_cover(file.pk)
    cover = BrochureFile.objects.get(pk=file.pk).cover
    assert cover.collection.name == COLLECTION
    assert cover.collection == covers_collection()
    assert "碼頭指南" in cover.default_alt_text
    # Random, and so not to be counted up: nothing of the row stands there.
    assert re.fullmatch(r"[0-9a-f]{32}_\w{7}", Path(cover.file.name).stem)
    assert {rendition.filter_spec for rendition in cover.renditions.all()} == {
        "width-480|format-webp",
        "max-96x128|format-webp",
    }
    make_cover(file.pk)
    assert BrochureFile.objects.get(pk=file.pk).cover == cover


def test_page_shows_the_cover_of_its_language_and_the_editors_own_before_it(client):
    page = builders.request_page(of=builders.brochure("The quay", content=painted()))
    make_cover(page.brochure.files.get().pk)
    html = client.get(page.url).content.decode()
    assert 'alt="The cover of ‘The quay’"' in html
    page.brochure.cover = builders.image("The editor's own")
    page.brochure.save()
    html = client.get(page.url).content.decode()
    assert "The editor&#x27;s own" in html
    assert "The cover of" not in html


def test_page_without_any_cover_shows_none(client):
    page = builders.request_page()
    assert "<img" not in client.get(page.url).content.decode().split("request-page__offer")[1].split("</section>")[0]


@pytest.mark.parametrize(
    ("source", "failure"),
    [
        ("import time; time.sleep(60)", CoverFailure.TOO_LONG),
        ("raise SystemExit(3)", CoverFailure.UNDRAWABLE),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", CoverFailure.UNDRAWABLE),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", CoverFailure.TOO_LONG),
        ("print('not a picture')", CoverFailure.UNDRAWABLE),
    ],
)
def test_child_that_hangs_crashes_or_lies_makes_no_cover(tmp_path, source, failure):
    with pytest.raises(CannotBeDrawn) as caught:
        draw_first_page(stored(), program=program(tmp_path, source), seconds=3)
    assert caught.value.failure == failure


def test_child_gets_no_environment_and_no_module_of_the_site(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "a secret")
    source = "import os, sys\nassert not os.environ.get('SECRET_KEY')\nimport partners"
    with pytest.raises(CannotBeDrawn):
        draw_first_page(stored(), program=program(tmp_path, source))
    source = source.replace("import partners", "sys.stdout.buffer.write(b'P6 1 1 255\\n' + bytes(3))")
    assert draw_first_page(stored(), program=program(tmp_path, source)).size == (1, 1)


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"P6 2 2 255\n" + bytes(11),
        b"P6 2 2 255\n" + bytes(13),
        b"P6 0 2 255\n",
        b"P6 99999 99999 255\n" + bytes(100),
        b"P6 -1 2 255\n" + bytes(6),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
    ],
)
def test_output_that_is_no_picture_is_refused(output):
    with pytest.raises(CannotBeDrawn):
        _picture(output)


def limits(code):
    """Return what a child that has renounced says to `code`."""
    source = (
        f"import sys; sys.path.insert(0, {str(Path(first_page.__file__).parent)!r})\n"
        f"import socket, subprocess\nimport first_page\nfirst_page.renounce()\n{code}"
    )
    return subprocess.run([sys.executable, "-I", "-c", source], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("bytearray(2 * 1024**3)", "MemoryError"),
        ("open('/etc/hostname')", "Too many open files"),
        ("socket.socket()", "Too many open files"),
        ("import os; os.write(1, b'x' * 20_000_000)", ""),
    ],
)
def test_child_cannot_get_what_it_has_renounced(code, refusal, tmp_path):
    done = limits(code)
    if refusal:
        assert refusal in done.stderr
        assert done.returncode != 0
    else:
        assert done.returncode == 0  # a pipe has no size; the file that a cover is written to has


def test_child_writes_no_more_than_a_picture(tmp_path):
    source = (
        f"import sys; sys.path.insert(0, {str(Path(first_page.__file__).parent)!r})\n"
        "import first_page; first_page.renounce()\n"
        "while True: sys.stdout.buffer.write(b'x' * 65536)"
    )
    with pytest.raises(CannotBeDrawn) as caught:
        draw_first_page(stored(), program=program(tmp_path, source), seconds=30)
    assert caught.value.failure == CoverFailure.UNDRAWABLE


def test_hostile_pages_are_undrawable_or_drawn_but_never_break_the_job():
    line = painted(5000, 1)
    cut = bytearray(painted())
    cut[100:200] = b"\0" * 100
    for content in (line, bytes(cut)):
        file = stored()
        file.file.storage.delete(file.file.name)
        file.file.storage.save(file.file.name, ContentFile(content))
        make_cover(file.pk)
        file.refresh_from_db()
        assert (file.cover is None) == (file.cover_failure == CoverFailure.UNDRAWABLE)
        assert file.cover_failure in {"", CoverFailure.UNDRAWABLE}


def test_failure_is_noted_and_mended_by_the_next_job():
    file = stored()
    name, content = file.file.name, painted()
    file.file.storage.delete(name)
    make_cover(file.pk)
    file.refresh_from_db()
    assert file.cover_failure == CoverFailure.NO_FILE
    file.file.storage.save(name, ContentFile(content))
    make_cover(file.pk)
    file.refresh_from_db()
    assert (file.cover is not None, file.cover_failure) == (True, "")


def test_version_that_is_gone_needs_nothing():
    make_cover(123456789)
    assert not BrochureFile.objects.filter(pk=123456789).exists()


@pytest.mark.parametrize(("width", "height"), [(0, 10), (10, 0), (-5, 10), (float("nan"), 10), (100000, 1)])
def test_page_of_no_use_is_refused(width, height):
    with pytest.raises(ValueError, match="The page"):
        first_page.scale_for(width, height)
