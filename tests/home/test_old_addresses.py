"""home/old_addresses.py, its command and qianhai_site/redirecting.py: old addresses lead on, within the site."""

from copy import deepcopy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from home.old_addresses import import_redirects
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_article(rows_kept):
    return builders.article(builders.partner(slug="tidewater"), slug="port")


@pytest.fixture
def article(db, kept_article):
    return deepcopy(kept_article)


ADDRESS = "/partners/tidewater/port/"


def imported(*lines, **options):
    found = import_redirects("\n".join(lines), **options)
    assert not found.bad, found.bad
    return found


@pytest.fixture
def rename(django_capture_on_commit_callbacks):
    """Give a page another name, and let follow what follows a commit."""

    def to(page, slug):
        page.slug = slug
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()

    return to


def led(client, address):
    response = client.get(address)
    return response.status_code, response.headers.get("Location")


@pytest.mark.parametrize(
    ("old", "asked"),
    [
        ("/post/qianhai-port", "/post/qianhai-port"),
        ("/post/qianhai-port/", "/post/qianhai-port"),
        ("/post/qianhai-port", "/post/qianhai-port/"),
        ("/post/qianhai-port.html", "/post/qianhai-port.html?utm_source=letter"),
        ("https://old.example/post/port#text", "/post/port"),
        ("/前海/港口", "/%E5%89%8D%E6%B5%B7/%E6%B8%AF%E5%8F%A3"),
        ("/%E5%89%8D%E6%B5%B7/", "/前海/"),
        ("/index.php?page=4&id=2", "/index.php?id=2&page=4"),
        ("/a%20b", "/a%20b"),
    ],
    ids=["plain", "slash in the file", "slash asked", "query asked", "whole", "Chinese", "encoded", "query", "blank"],
)
def test_old_address_leads_to_the_page_however_it_is_written(client, article, old, asked):
    assert imported(f"{old},{ADDRESS}").added == 1
    assert led(client, asked) == (301, ADDRESS)


def test_page_that_moves_later_is_still_found(client, article, rename):
    imported(f"/old,{ADDRESS}", "/older,/old,temporary", "/found,/search/?q=port")
    rename(article, "quay")
    assert led(client, "/old") == (301, "/partners/tidewater/quay/")
    assert led(client, "/older") == (302, "/partners/tidewater/quay/")
    assert led(client, "/found") == (301, "/search/?q=port")


def test_importing_again_changes_nothing(article):
    lines = ["old,new", f"/old,{ADDRESS}", "", f"/other,{ADDRESS}"]
    assert (imported(*lines, is_rehearsal=True).added, Redirect.objects.count()) == (2, 0)
    assert imported(*lines).added == 2
    again = imported(*lines)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert imported("/old,/partners/").changed == 1
    assert Redirect.objects.count() == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/old", "comma"),
        ("/old,/partners/,for ever", "permanent or temporary"),
        ("old,/partners/", "begin with a slash"),
        ("/,/partners/", "home page"),
        ("/partners/,/latest/", "There is a page at /partners"),
        ("/old,/nowhere/", "no page at /nowhere/"),
        ("/old,//elsewhere.example/", "two slashes"),
        ("/old,https://elsewhere.example/", "--allow-host elsewhere.example"),
        ("/old,https://localhost@elsewhere.example/", "another site"),
        ("/old,https://localhost.elsewhere.example/", "another site"),
        ("/old,javascript:alert(1)", "of this site"),
        ("/old,/\\elsewhere.example/", "backslashes"),
        ("/old,/%2Felsewhere.example/", "no page at"),
        ("/old,partners/", "of this site"),
        ("/old,/old", "leads back"),
        ("/" + "a" * 300 + ",/partners/", "longer than 255"),
    ],
    ids=range(16),
)
def test_bad_line_is_named_with_what_to_do_and_nothing_is_stored(line, words):
    found = import_redirects(f"/good,/partners/\n{line}")
    assert [number for number, _ in found.bad] == [2]
    assert words in found.bad[0][1]
    assert not Redirect.objects.exists()


def test_lines_that_lead_in_a_circle_or_apart_are_named():
    found = import_redirects("/a,/b\n/b,/c\n/c,/a\n/d,/partners/\n/d/,/latest/")
    assert [number for number, _ in found.bad] == [1, 2, 3, 5]
    assert "Line 4 sends the same address elsewhere" in found.bad[-1][1]


def test_another_site_is_led_to_where_that_was_said(client):
    imported("/old,https://www.elsewhere.example/x?y=1", hosts=["www.elsewhere.example"])
    assert led(client, "/old") == (301, "https://www.elsewhere.example/x?y=1")


def test_command_counts_and_tells_bad_lines_from_good(tmp_path, capsys, article):
    file = tmp_path / "old.csv"
    file.write_bytes(f"\ufeffold,new\r\n/old,{ADDRESS}\r\n".encode())
    call_command("import_redirects", file, "--dry-run")
    assert not Redirect.objects.exists()
    call_command("import_redirects", file)
    assert "Stored: 1 new, 0 changed" in capsys.readouterr().out
    file.write_text(f"/old,{ADDRESS}\n/x,/nowhere/\n")
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command("import_redirects", file)
    assert "Line 2: There is no page at /nowhere/" in capsys.readouterr().err
    file.write_bytes("/old,/partners/\n/港,/partners/".encode("gb18030"))
    with pytest.raises(CommandError, match=r"Line 2 of .* is not UTF-8"):
        call_command("import_redirects", file)


@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
def test_partner_that_is_renamed_leaves_its_pages_old_addresses(client, rename, prefix):
    partner = builders.partner(language="zh-hant" if prefix else "en", slug="before")
    builders.article(partner, slug="port")
    builders.request_page(partner, slug="brochure")
    rename(partner, "after")
    for below in ("", "port/", "brochure/"):
        assert led(client, f"{prefix}/partners/before/{below}") == (301, f"{prefix}/partners/after/{below}")


def test_article_that_moves_twice_is_reached_in_one_step(client, article):
    other, third = builders.partner(slug="other"), builders.partner(slug="third")
    article.move(other, pos="last-child")
    article.refresh_from_db()
    article.move(third, pos="last-child")
    assert led(client, ADDRESS) == (301, "/partners/third/port/")
    assert led(client, "/partners/other/port/") == (301, "/partners/third/port/")


def test_page_that_got_its_name_back_and_is_unpublished_is_simply_not_found(client, article, rename):
    for slug in ("quay", "port"):
        rename(article, slug)
    assert client.get(ADDRESS).status_code == 200
    assert led(client, "/partners/tidewater/quay/") == (301, ADDRESS)
    article.unpublish()
    assert client.get(ADDRESS).status_code == 404
    assert client.get(f"{ADDRESS}?again=1").status_code == 404


def test_pages_that_exist_cost_no_query_more(client, article, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Redirect, "get_for_site", lambda *args: pytest.fail("Redirects were asked for."))
        assert client.get(ADDRESS).status_code == 200


def test_import_of_the_admin_takes_a_csv_file(admin_client, article):
    file = SimpleUploadedFile("old.csv", f"from,to\n/old,{ADDRESS}\n".encode(), content_type="text/csv")
    start = admin_client.post(reverse("wagtailredirects:start_import"), {"import_file": file, "input_format": "0"})
    assert start.status_code == 200
    assert b"/old" in start.content
