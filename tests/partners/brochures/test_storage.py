"""partners/brochures/storage.py: what is private may be read by the site's account and by no other one."""

import errno
import logging
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.management import call_command
from wagtail.documents import get_document_model

from partners.brochures.brochure import private_storage
from partners.brochures.storage import MediaStorage, PrivateStorage
from partners.management.commands import run_worker
from tests import builders


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    """Set what most systems have: everybody may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def storage(tmp_path: Path) -> PrivateStorage:
    return PrivateStorage(location=tmp_path / "data" / "private")


def mode(path: str | Path) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def make_open(storage: PrivateStorage) -> list[Path]:
    """Store as an earlier version did; return the folders and the file."""
    file = Path(storage.location) / "exports" / "old.csv"
    file.parent.mkdir(parents=True)
    file.write_text("ada@example.com")
    found = [file.parent.parent, file.parent, file]
    assert [mode(path) for path in found] == [0o755, 0o755, 0o644]
    return found


def test_a_stored_file_and_its_folders_are_the_accounts_own(storage):
    path = Path(storage.path(storage.save("exports/of/x.csv", ContentFile(b"ada@example.com"))))
    assert mode(path) == 0o600
    assert [mode(folder) for folder in list(path.parents)[:3]] == [0o700] * 3
    with storage.open("exports/of/x.csv") as file:
        assert file.read() == b"ada@example.com"


def test_an_upload_that_is_moved_there_is_too(storage):
    with TemporaryUploadedFile("x.pdf", "application/pdf", 1, None) as upload:
        upload.write(b"x")
        upload.flush()
        Path(upload.temporary_file_path()).chmod(0o644)
        assert mode(storage.path(storage.save("brochures/x.pdf", upload))) == 0o600


def test_the_folder_of_all_data_stays_open_to_who_serves_what_is_public(storage):
    storage.save("exports/x.csv", ContentFile(b"x"))
    assert mode(Path(storage.location).parent) == 0o755


@pytest.mark.django_db
def test_a_brochures_file_lies_there():
    path = Path(private_storage().path(builders.add_file(builders.brochure(), builders.pdf_bytes()).file.name))
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_a_settings_module_may_choose_other_permissions(tmp_path):
    shared = PrivateStorage(
        location=tmp_path / "private", file_permissions_mode=0o640, directory_permissions_mode=0o750
    )
    path = shared.path(shared.save("exports/x.csv", ContentFile(b"x")))
    assert (mode(path), mode(Path(path).parent)) == (0o640, 0o750)
    assert shared.close_to_others() == 0


def test_what_an_earlier_version_stored_is_closed_once(storage):
    old = make_open(storage)
    assert storage.close_to_others() == 3
    assert [mode(path) for path in old] == [0o700, 0o700, 0o600]
    assert storage.close_to_others() == 0
    with storage.open("exports/old.csv") as file:
        assert file.read() == b"ada@example.com"


def test_nothing_gains_a_permission_and_the_groups_mark_stays(storage):
    root, folder, file = make_open(storage)
    file.chmod(0o444)
    folder.chmod(0o2755)
    storage.close_to_others()
    assert [mode(path) for path in (root, folder, file)] == [0o700, 0o2700, 0o400]


def test_a_link_is_not_followed(storage, tmp_path):
    _, folder, _ = make_open(storage)
    outside = tmp_path / "outside"
    outside.write_text("x")
    outside.chmod(0o644)
    (folder / "link").symlink_to(outside)
    storage.close_to_others()
    assert mode(outside) == 0o644


def test_where_nothing_is_stored_nothing_is_to_be_closed(storage):
    assert storage.close_to_others() == 0


@pytest.mark.parametrize("error", [PermissionError, OSError(errno.EROFS, "read-only")], ids=["not-ours", "read-only"])
def test_what_cannot_be_closed_is_counted_and_the_rest_is_closed(storage, monkeypatch, caplog, error):
    root, folder, file = make_open(storage)
    chmod = Path.chmod

    def refuse_the_folder(path: Path, mode: int) -> None:
        if path == folder:
            raise error
        chmod(path, mode)

    monkeypatch.setattr(Path, "chmod", refuse_the_folder)
    with caplog.at_level(logging.WARNING):
        assert storage.close_to_others() == 2
    assert [mode(path) for path in (root, folder, file)] == [0o700, 0o755, 0o600]
    [line] = caplog.messages
    assert line.startswith("1 private files or folders")
    assert "old.csv" not in line


@pytest.mark.django_db
def test_a_document_is_the_accounts_own_and_pictures_are_everybodys(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    paper = get_document_model().objects.create(title="Paper", file=ContentFile(b"%PDF-1.7", name="paper.pdf"))
    other = get_document_model().objects.create(title="Paper", file=ContentFile(b"%PDF-1.7", name="paper.pdf"))
    assert paper.file.name == "documents/paper.pdf"
    assert other.file.name.startswith("documents/paper_")
    for document in (paper, other):
        assert (mode(document.file.path), mode(Path(document.file.path).parent)) == (0o600, 0o700)
        with document.file.open() as file:
            assert file.read() == b"%PDF-1.7"
    picture = default_storage.path(default_storage.save("images/x.png", ContentFile(b"x")))
    assert (mode(picture), mode(Path(picture).parent), mode(settings.MEDIA_ROOT)) == (0o644, 0o755, 0o755)


def test_a_settings_module_may_choose_other_permissions_for_documents(tmp_path):
    shared = MediaStorage(
        location=tmp_path / "media", documents={"file_permissions_mode": 0o640, "directory_permissions_mode": 0o750}
    )
    path = shared.path(shared.save("documents/x.pdf", ContentFile(b"x")))
    assert (mode(path), mode(Path(path).parent)) == (0o640, 0o750)


@pytest.mark.parametrize("folder", ["original_images", "images"])
def test_no_picture_gets_a_name_that_another_one_has_had(tmp_path, folder):
    media = MediaStorage(location=tmp_path / "media")
    names = set()
    for _ in range(3):
        name = media.save(f"{folder}/crane.fill-8x8.png", ContentFile(b"x"))
        assert re.fullmatch(rf"{folder}/crane_\w{{7}}\.fill-8x8\.png", name)
        names.add(name)
        media.delete(name)
    assert len(names) == 3


def test_a_long_name_of_a_picture_keeps_its_random_end(tmp_path):
    media = MediaStorage(location=tmp_path / "media")
    names = {media.get_available_name(f"original_images/{'x' * 74}.png", max_length=100) for _ in range(3)}
    assert len(names) == 3
    assert all(re.fullmatch(r"original_images/x+\w*_\w{7}\.png", name) and len(name) <= 100 for name in names)


@pytest.mark.parametrize("name", ["images/share/0a1b.jpg", "documents/paper.pdf"])
def test_what_is_named_by_its_content_or_its_editor_keeps_its_name(tmp_path, name):
    assert MediaStorage(location=tmp_path / "media").save(name, ContentFile(b"x")) == name


def test_every_worker_closes_them_when_it_starts(storage, monkeypatch, settings, tmp_path):
    old = make_open(storage)
    settings.MEDIA_ROOT = tmp_path / "media"
    document = settings.MEDIA_ROOT / "documents" / "old.pdf"
    document.parent.mkdir(parents=True)
    document.write_text("ada@example.com")
    old += [settings.MEDIA_ROOT, document.parent, document]
    started = []
    monkeypatch.setattr(run_worker, "private_storage", lambda: storage)
    monkeypatch.setattr(run_worker, "give_way", lambda: None)
    monkeypatch.setattr(run_worker, "share_pools", lambda: None)
    monkeypatch.setattr(run_worker, "webhook_pump", lambda: None)
    monkeypatch.setattr(run_worker, "run_worker", lambda **options: started.append([mode(path) for path in old]))
    call_command("run_worker")
    assert started == [[0o700, 0o700, 0o600, 0o755, 0o700, 0o600]]
