"""partners/brochures/versions.py, and how brochure.py numbers: one count for each language, and nothing twice."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from partners.brochures.brochure import BrochureFile
from partners.brochures.downloads import BrochureDownload, Who
from partners.brochures.intake import accept_request
from partners.brochures.versions import is_used, versions_of
from tests import builders
from tests.partners.brochures.test_intake import make_request

pytestmark = pytest.mark.django_db


def test_versions_are_counted_for_each_brochure_and_language():
    brochure, other = builders.brochure(), builders.brochure()
    added = [builders.add_file(brochure, builders.pdf_bytes(3, note), "zh-hant") for note in "ab"]
    english = builders.add_file(brochure, builders.pdf_bytes(3, "c"))
    assert [file.version for file in (*added, english)] == [1, 2, 2]
    assert brochure.files.get(language="en", version=1).pk
    assert other.files.get().version == 1
    assert [(file.language, file.version) for file in versions_of(brochure)] == [
        ("en", 2),
        ("en", 1),
        ("zh-hant", 2),
        ("zh-hant", 1),
    ]


def test_saving_again_keeps_the_number_and_another_language_gives_a_new_one():
    brochure = builders.brochure()
    builders.add_file(brochure, builders.pdf_bytes(3), "zh-hant")
    file = builders.add_file(brochure, builders.pdf_bytes(4))
    file.title = "Another title"
    file.save()
    assert file.version == 2
    file.language = "zh-hant"
    file.clean()
    file.save()
    assert file.version == 2
    assert BrochureFile.objects.get(pk=file.pk).language == "zh-hant"
    assert brochure.file_for("zh-hant") == file


def test_database_holds_a_number_once():
    file = builders.brochure().files.get()
    second = builders.add_file(file.brochure, builders.pdf_bytes(7))
    for wrong in (1, 0):
        with pytest.raises(IntegrityError), transaction.atomic():
            BrochureFile.objects.filter(pk=second.pk).update(version=wrong)


def test_same_file_again_is_said_to_be_a_version_already():
    content = builders.pdf_bytes(5)
    brochure = builders.brochure(content=content)
    builders.add_file(brochure, builders.pdf_bytes(6))
    with pytest.raises(ValidationError, match="This is version 1, added on"):
        builders.add_file(brochure, content)
    assert builders.add_file(brochure, content, "zh-hans").version == 1
    assert builders.add_file(builders.brochure(), content).version == 2


def test_what_became_of_each_version():
    page = builders.request_page()
    first = page.brochure.files.get()
    link = accept_request(make_request(page)).links.get()
    second = builders.add_file(page.brochure, builders.pdf_bytes(5))
    accept_request(make_request(page))
    accept_request(make_request(page))
    now = timezone.now()
    for day in range(2):
        for who, count in ((Who.PERSON, 2), (Who.ROBOT, 5)):
            BrochureDownload.objects.create(
                link=link, day=(now - timedelta(days=day)).date(), who=who, count=count, first_at=now, last_at=now
            )
    newest, oldest = versions_of(page.brochure)
    assert (newest, newest.requests, newest.opened, newest.scanned) == (second, 2, 0, 0)
    assert (oldest, oldest.requests, oldest.opened, oldest.scanned) == (first, 1, 4, 10)
    assert is_used(first)
    assert not is_used(builders.brochure().files.get())


def test_removed_version_leaves_storage_when_that_is_certain(django_capture_on_commit_callbacks):
    file = builders.add_file(builders.brochure(), builders.pdf_bytes(5))
    stored = Path(file.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        file.delete()
        assert stored.exists()
    assert not stored.exists()


def test_version_that_was_asked_for_is_kept_by_the_database():
    from django.db.models import ProtectedError

    page = builders.request_page()
    accept_request(make_request(page))
    with pytest.raises(ProtectedError):
        page.brochure.files.get().delete()
