"""partners/articles/importing.py and the command: a draft, once, or nothing at all."""

import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from wagtail.models import Locale, Revision

from home.models import HomePage
from partners.articles.article_page import PartnerArticlePage
from partners.articles.importing import import_article
from partners.articles.partner_page import PartnerIndexPage
from partners.articles.scraped import parse
from tests import builders

pytestmark = pytest.mark.django_db
FILE = Path(__file__).parent / "data/scraped.txt"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def kept_partner(rows_kept):
    return builders.partner(slug="tidewater")


@pytest.fixture
def partner(db, kept_partner):
    return deepcopy(kept_partner)


def run(file=FILE, **options):
    return call_command("import_article", str(file), partner="tidewater", **options)


def test_page_becomes_a_draft_that_can_be_edited_and_seen(partner, capsys, admin_client, settings):
    run()
    article = PartnerArticlePage.objects.child_of(partner).get()
    assert article.live is False
    assert article.disclosure == ""
    assert article.slug == "the-lighthouse-that-learned-to-listen"
    assert [block.block_type for block in article.body] == ["paragraph"] * 4
    assert article.latest_revision.as_object().title == article.title
    assert article.make_preview_request().status_code == 200
    told = capsys.readouterr().out
    assert f"draft {article.pk} with 4 paragraphs" in told
    edit = reverse("wagtailadmin_pages:edit", args=[article.pk])
    assert told.strip().endswith(settings.SITE_URL + edit)
    assert "The lighthouse that learned to listen" in admin_client.get(edit).content.decode()
    assert article.status_string == "draft"


def test_again_changes_nothing_and_says_so_even_after_an_edit(partner, capsys):
    run()
    article = PartnerArticlePage.objects.child_of(partner).get()
    article.title = "Edited"
    article.save_revision(clean=False)
    article.save()
    run()
    assert "Nothing was changed" in capsys.readouterr().out
    assert [page.title for page in PartnerArticlePage.objects.child_of(partner)] == ["Edited"]
    assert article.revisions.count() == 2


def test_one_title_is_free_again_when_its_draft_was_renamed(partner, tmp_path):
    run()
    article = PartnerArticlePage.objects.child_of(partner).get()
    article.title = "Renamed in the admin"
    article.save_revision(clean=False)  # as the admin saves a draft: the page's own row keeps its title
    other = tmp_path / "other.txt"
    other.write_text("The lighthouse that learned to listen\n\nAn altogether different text.", encoding="utf-8")
    run(other)
    assert [page.draft_title for page in PartnerArticlePage.objects.child_of(partner)] == [
        "Renamed in the admin",
        "The lighthouse that learned to listen",
    ]


def test_draft_is_not_published_before_a_disclosure_is_chosen(partner):
    run()
    article = PartnerArticlePage.objects.child_of(partner).get()
    with pytest.raises(ValidationError, match="disclosure"):
        article.get_latest_revision().publish()
    article.refresh_from_db()
    assert article.live is False


def test_other_text_under_the_same_title_is_refused(partner, tmp_path):
    run()
    other = tmp_path / "other.txt"
    other.write_text("The lighthouse that learned to listen\n\nAn altogether different text.", encoding="utf-8")
    with pytest.raises(CommandError, match="with another text"):
        run(other)
    assert PartnerArticlePage.objects.count() == 1


def test_failure_in_the_middle_leaves_nothing(partner, monkeypatch):
    def broken(*args, **options):
        raise OSError("the disk is full")

    monkeypatch.setattr(PartnerArticlePage, "save_revision", broken)
    with pytest.raises(OSError, match="full"):
        import_article(parse("A title\n\nText."), "tidewater", "en")
    partner.refresh_from_db()
    assert (PartnerArticlePage.objects.count(), Revision.objects.count(), partner.numchild) == (0, 0, 0)


def test_same_text_may_be_imported_for_another_partner(partner):
    run()
    builders.partner(slug="elsewhere")
    call_command("import_article", str(FILE), partner="elsewhere")
    assert PartnerArticlePage.objects.count() == 2


def test_language_chooses_among_partners_of_the_same_slug(partner):
    chinese = builders.partner(slug="tidewater", language="zh-hant")
    run(language="zh-hant")
    assert PartnerArticlePage.objects.get().get_parent().pk == chinese.pk
    assert PartnerArticlePage.objects.get().locale.language_code == "zh-hant"


def test_markup_in_the_text_is_text(partner, tmp_path):
    file = tmp_path / "markup.txt"
    file.write_text("A <b>title</b>\n\n<script>alert(1)</script> & more", encoding="utf-8")
    run(file)
    body = str(PartnerArticlePage.objects.get().body)
    assert "<script>" not in body
    assert "&lt;script&gt;" in body


def test_unknown_partner_names_the_known_ones(partner):
    with pytest.raises(CommandError, match=r"no partner 'nobody' in en\. Known: tidewater\."):
        call_command("import_article", str(FILE), partner="nobody")


def test_partner_of_another_language_is_hinted_at(partner):
    builders.partner(slug="only-in-chinese", language="zh-hant")
    with pytest.raises(CommandError, match=r"Known: tidewater\. There is one in zh-hant: add --language\."):
        call_command("import_article", str(FILE), partner="only-in-chinese")


def test_two_partners_of_one_slug_and_language_are_told_apart_by_nobody(partner):
    english = Locale.objects.get(language_code="en")
    second_home = HomePage(title="Second", slug="second", locale=english)
    builders.home().get_parent().add_child(instance=second_home)
    index = PartnerIndexPage(title="Partners", slug="partners", locale=english)
    second_home.add_child(instance=index)
    index.add_child(instance=type(partner)(title="Twin", slug="tidewater", summary="A twin.", logo=partner.logo))
    with pytest.raises(CommandError, match=r"2 partners 'tidewater' in en: /home/.* and /second/"):
        run()
    assert not PartnerArticlePage.objects.exists()


def test_missing_file_folder_and_giant_are_named(partner, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    giant = tmp_path / "giant.txt"
    giant.write_bytes(b"x" * (2 * 1024 * 1024 + 1))
    for path, words in [
        (tmp_path / "gone.txt", "No such file"),
        (tmp_path, "Is a directory"),
        (giant, "larger than 2 MB"),
        (pipe, "Not an ordinary file"),
        (Path("/dev/zero"), "Not an ordinary file"),
    ]:
        with pytest.raises(CommandError, match=words):
            run(path)
    assert not PartnerArticlePage.objects.exists()


def test_bad_file_writes_nothing(partner, tmp_path):
    for content in (b"", b"\xff\xfeT\x00", b"Title only", "Titel\n\nGrüße".encode("latin-1"), b"\x7fELF\x02\x01\x00"):
        file = tmp_path / "bad.txt"
        file.write_bytes(content)
        with pytest.raises(CommandError, match="cannot be imported"):
            run(file)
    assert not PartnerArticlePage.objects.exists()


def test_failure_is_one_line_on_stderr_and_an_exit_code(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "import_article", "gone.txt", "--partner", "tidewater"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "qianhai_site.settings.test", "TEST_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "CommandError: gone.txt cannot be read: No such file or directory.\n"
