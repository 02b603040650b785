"""partners/brochures/admin.py: brochures and their files in the admin, over HTTP."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.brochures.brochure import Brochure, BrochureFile
from partners.brochures.cover import make_cover
from tests import builders

pytestmark = pytest.mark.django_db

VIEWS = "wagtailsnippets_partners_brochure"


def client_in(*groups):
    user = User.objects.create_user(f"user-{'-'.join(groups)}", password=None)
    user.groups.set(Group.objects.get(name=name) for name in groups)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor():
    return client_in("Editors")


@pytest.fixture
def superuser():
    client = Client()
    client.force_login(User.objects.create_superuser("root", password=None))
    return client


def upload(content, name="Brochure of the quay.pdf"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def form(brochure=None, *, new=None, language="en", delete=()):
    """Return the fields of the editor's form: the stored files of `brochure`, and a new upload."""
    stored = list(brochure.files.all()) if brochure else []
    data = {
        "title": brochure.title if brochure else "A walk along the quay",
        "summary": "",
        "cover": "",
        "files-TOTAL_FORMS": len(stored) + (1 if new else 0),
        "files-INITIAL_FORMS": len(stored),
        "files-MIN_NUM_FORMS": 1,
        "files-MAX_NUM_FORMS": 1000,
    }
    for index, file in enumerate(stored):
        data |= {f"files-{index}-id": file.pk, f"files-{index}-language": file.language}
        data |= {f"files-{index}-DELETE": "1" if file in delete else ""}
    if new:
        index = len(stored)
        data |= {f"files-{index}-language": language, f"files-{index}-file": new, f"files-{index}-DELETE": ""}
    return data


def test_editor_uploads_a_pdf_and_it_is_stored_privately(editor):
    pdf = builders.pdf_bytes(pages=3)
    assert editor.get(reverse(f"{VIEWS}:add")).status_code == 200
    response = editor.post(reverse(f"{VIEWS}:add"), form(new=upload(pdf)))
    assert response.status_code == 302
    file = Brochure.objects.get(title="A walk along the quay").files.get()
    assert (file.page_count, file.size, file.original_filename) == (3, len(pdf), "Brochure of the quay.pdf")
    stored = Path(file.file.path)
    assert stored.is_relative_to(settings.PRIVATE_ROOT)
    assert not stored.is_relative_to(settings.MEDIA_ROOT)
    assert stored.read_bytes() == pdf
    assert Client().get(f"{settings.MEDIA_URL}{file.file.name}").status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>not a PDF</html>", "not a PDF"),
        (b"%PDF-1.7 and then nothing of the kind", "damaged"),
        (b"", "empty"),
    ],
)
def test_bad_pdf_is_refused_in_clear_words(editor, content, words):
    response = editor.post(reverse(f"{VIEWS}:add"), form(new=upload(content)))
    assert response.status_code == 200
    (errors,) = [child.errors for child in response.context["form"].formsets["files"].forms]
    assert words in str(errors["file"])
    assert words in response.content.decode()
    assert not Brochure.objects.exists()


def test_brochure_without_a_file_is_refused(editor):
    response = editor.post(reverse(f"{VIEWS}:add"), form())
    assert response.status_code == 200
    assert not Brochure.objects.exists()


def test_edit_form_shows_what_is_stored_and_where_to_read_it(editor):
    brochure = builders.brochure()
    file = brochure.files.get()
    html = editor.get(reverse(f"{VIEWS}:edit", args=[brochure.pk])).content.decode()
    assert file.original_filename in html
    assert reverse(f"{VIEWS}:file", args=[file.pk]) in html
    assert file.file.name not in html
    assert 'name="files-0-file"' not in html
    assert 'name="files-__prefix__-file"' in html


def test_newer_file_is_added_beside_the_old_one(editor):
    brochure = builders.brochure()
    old = brochure.files.get()
    new = builders.pdf_bytes(pages=5)
    response = editor.post(reverse(f"{VIEWS}:edit", args=[brochure.pk]), form(brochure, new=upload(new)))
    assert response.status_code == 302
    brochure = Brochure.objects.get(pk=brochure.pk)
    assert [file.page_count for file in brochure.files.all()] == [old.page_count, 5]
    assert brochure.file_for("en").page_count == 5


def test_stored_file_is_not_replaced_by_a_forged_upload(editor):
    brochure = builders.brochure()
    old = brochure.files.get()
    data = form(brochure) | {"files-0-file": upload(builders.pdf_bytes(pages=9))}
    response = editor.post(reverse(f"{VIEWS}:edit", args=[brochure.pk]), data)
    assert response.status_code == 200
    assert "Add a new file instead" in response.content.decode()
    assert Brochure.objects.get(pk=brochure.pk).files.get().sha256 == old.sha256


def ask_for(brochure):
    from partners.brochures.submission import Submission

    return Submission.objects.create(
        reference="QH-TEST-0001",
        key="00000000-0000-4000-8000-000000000001",
        form_title="Form",
        brochure=brochure,
        brochure_file=brochure.files.first(),
        brochure_title=brochure.title,
        language="en",
        email="reader@example.com",
        name="Reader",
    )


def test_version_that_was_asked_for_cannot_be_removed(editor):
    brochure = builders.brochure()
    old = brochure.files.get()
    builders.add_file(brochure, builders.pdf_bytes(note="new"))
    ask_for(brochure)
    brochure = Brochure.objects.get(pk=brochure.pk)
    response = editor.post(reverse(f"{VIEWS}:edit", args=[brochure.pk]), form(brochure, delete=[old]))
    assert response.status_code == 200
    html = response.content.decode()
    assert "was sent to readers, so it has to stay" in html
    assert "reader@example.com" not in html
    assert brochure.files.count() == 2
    assert response.context["form"].formsets["files"].forms[0]["DELETE"].value() == ""


def test_version_that_nobody_asked_for_can_be_removed(editor):
    brochure = builders.brochure()
    old = brochure.files.get()
    builders.add_file(brochure, builders.pdf_bytes(note="new"))
    brochure = Brochure.objects.get(pk=brochure.pk)
    assert editor.post(reverse(f"{VIEWS}:edit", args=[brochure.pk]), form(brochure, delete=[old])).status_code == 302
    assert not Brochure.objects.get(pk=brochure.pk).files.filter(pk=old.pk).exists()


def test_brochure_that_was_asked_for_cannot_be_deleted_one_by_one_or_in_bulk(superuser):
    brochure = builders.brochure()
    ask_for(brochure)
    bulk = reverse("wagtail_bulk_action", args=["partners", "brochure", "delete"]) + f"?id={brochure.pk}"
    for url in (reverse(f"{VIEWS}:delete", args=[brochure.pk]), bulk):
        response = superuser.post(url, follow=True)
        assert response.status_code == 200
        assert "Readers have asked for" in response.content.decode()
    assert Brochure.objects.filter(pk=brochure.pk).exists()


def test_brochure_that_nobody_asked_for_can_be_deleted(superuser):
    brochure = builders.brochure()
    assert superuser.post(reverse(f"{VIEWS}:delete", args=[brochure.pk])).status_code == 302
    assert not Brochure.objects.exists()


def test_file_is_given_to_editors_and_to_nobody_else(editor):
    pdf = builders.pdf_bytes()
    file = builders.brochure(content=pdf).files.get()
    url = reverse(f"{VIEWS}:file", args=[file.pk])
    response = editor.get(url)
    assert b"".join(response.streaming_content) == pdf
    assert response.headers["Content-Disposition"] == 'attachment; filename="Qianhai brochure.pdf"'
    assert "no-store" in response.headers["Cache-Control"]
    assert client_in("Submission admins").get(url).status_code == 302
    assert Client().get(url).status_code == 302
    assert editor.get(reverse(f"{VIEWS}:file", args=[file.pk + 1])).status_code == 404
    Path(file.file.path).unlink()
    assert editor.get(url).status_code == 404


def test_list_shows_languages_pages_and_size_with_a_fixed_number_of_queries(editor):
    url = reverse(f"{VIEWS}:list")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            response = editor.get(url)
        assert response.status_code == 200
        return len(queries), response.content.decode()

    brochure = builders.brochure(title="Two languages")
    builders.add_file(brochure, builders.pdf_bytes(pages=7), language="zh-hant")
    make_cover(brochure.files.get(language="en").pk)
    cost()
    one, html = cost()
    assert "English, 繁體中文" in html
    assert ">7<" in html.replace(" ", "").replace("\n", "")
    assert "KB" in html or "bytes" in html
    for number in range(19):
        make_cover(builders.brochure(title=f"Brochure {number}").files.get().pk)
    assert cost()[0] == one


def test_edit_form_shows_the_versions_with_what_became_of_them(editor):
    brochure = builders.brochure()
    old = brochure.files.get()
    new = builders.add_file(brochure, builders.pdf_bytes(pages=5))
    ask_for(brochure)
    BrochureFile.objects.filter(pk=new.pk).update(cover_failure="too long")
    html = editor.get(reverse(f"{VIEWS}:edit", args=[brochure.pk])).content.decode()
    table = html.split('class="brochure-versions')[1].split("</table>")[0]
    newest, oldest = table.split("<tbody>")[1].split("</tr>")[:2]
    assert "English, 2" in newest
    assert "current" in newest
    assert "5 pages" in newest
    assert new.sha256 in newest.replace("<wbr>", "")
    assert "took too long" in newest
    assert "English, 1" in oldest
    assert "current" not in oldest
    assert old.sha256 in oldest.replace("<wbr>", "")
    assert "<td>1</td>" in oldest
    assert "Being made" in oldest
    assert "brochure-versions" not in editor.get(reverse(f"{VIEWS}:add")).content.decode()


def test_same_file_again_is_refused_with_the_number_of_its_version(editor):
    pdf = builders.pdf_bytes(pages=5)
    brochure = builders.brochure(content=pdf)
    response = editor.post(reverse(f"{VIEWS}:edit", args=[brochure.pk]), form(brochure, new=upload(pdf)))
    assert response.status_code == 200
    assert "This is version 1, added on" in response.content.decode()
    assert brochure.files.count() == 1
    response = editor.post(
        reverse(f"{VIEWS}:edit", args=[brochure.pk]), form(brochure, new=upload(pdf), language="zh-hant")
    )
    assert response.status_code == 302
    assert brochure.files.count() == 2


def test_same_file_twice_in_one_form_is_refused(editor):
    pdf = builders.pdf_bytes(pages=5)
    data = form(new=upload(pdf)) | {
        "files-TOTAL_FORMS": 2,
        "files-1-language": "en",
        "files-1-file": upload(pdf, "b.pdf"),
    }
    response = editor.post(reverse(f"{VIEWS}:add"), data)
    assert response.status_code == 200
    assert "This file is here twice" in response.content.decode()
    assert not Brochure.objects.exists()


def test_two_new_files_of_one_language_become_two_versions(editor):
    data = form(new=upload(builders.pdf_bytes(pages=5))) | {
        "files-TOTAL_FORMS": 2,
        "files-1-language": "en",
        "files-1-file": upload(builders.pdf_bytes(pages=6)),
    }
    assert editor.post(reverse(f"{VIEWS}:add"), data).status_code == 302
    assert [file.version for file in Brochure.objects.get().files.all()] == [1, 2]


def test_list_shows_the_cover(editor):
    brochure = builders.brochure()
    make_cover(brochure.files.get().pk)
    html = editor.get(reverse(f"{VIEWS}:list")).content.decode()
    assert "The cover of ‘Doing business in Qianhai’" in html
