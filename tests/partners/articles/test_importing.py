"""partners/articles/importing.py and the command: a draft, once, or nothing at all."""

import shutil
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from partners.articles.article_page import PartnerArticlePage
from tests import builders

pytestmark = pytest.mark.django_db
FILE = Path(__file__).parent / "data/scraped.txt"


@pytest.fixture
def partner():
    return builders.partner(slug="tidewater")


def run(file=FILE, **options):
    return call_command("import_article", str(file), partner="tidewater", **options)


def test_page_becomes_a_draft_that_can_be_edited_and_seen(partner, capsys):
    run()
    article = PartnerArticlePage.objects.child_of(partner).get()
    assert article.live is False
    assert article.disclosure == ""
    assert article.slug == "the-lighthouse-that-learned-to-listen"
    assert [block.block_type for block in article.body] == ["paragraph"] * 4
    assert article.latest_revision.as_object().title == article.title
    assert article.make_preview_request().status_code == 200
    assert f"draft {article.pk} with 4 paragraphs" in capsys.readouterr().out


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


def test_missing_file_folder_and_giant_are_named(partner, tmp_path):
    giant = tmp_path / "giant.txt"
    giant.write_bytes(b"x" * (2 * 1024 * 1024 + 1))
    for path, words in [
        (tmp_path / "gone.txt", "No such file"),
        (tmp_path, "Is a directory"),
        (giant, "larger than 2 MB"),
    ]:
        with pytest.raises(CommandError, match=words):
            run(path)
    assert not PartnerArticlePage.objects.exists()


def test_bad_file_writes_nothing(partner, tmp_path):
    for content in (b"", b"\xff\xfeT\x00", b"Title only", shutil.which("python3").encode() + b"\x00"):
        file = tmp_path / "bad.txt"
        file.write_bytes(content)
        with pytest.raises(CommandError, match="cannot be imported"):
            run(file)
    assert not PartnerArticlePage.objects.exists()
