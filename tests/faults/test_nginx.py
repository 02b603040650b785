"""The sample nginx before the real site: the same bytes, nothing of a person, nothing old, nothing that is private."""

import re
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from partners.articles.article_page import PartnerArticlePage
from partners.brochures.request_page import BrochureRequestPage
from tests.faults.nginx import Answer, Fronted, running_fronted
from tests.faults.waiting import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

# The promise, in seconds after the commit.
PROMISE = 1.0
PUBLICATIONS = 6
# What tells how an answer came, and nothing of the page.
OF_THE_WAY = {"server", "date", "connection", "last-modified"}


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Fronted]:
    """Give the demo behind nginx; Django's own connection is to its database."""
    with django_db_blocker.unblock():
        ours = connection.settings_dict["NAME"]
        with running_fronted(tmp_path_factory.mktemp("fronted")) as fronted:
            connection.close()
            connection.settings_dict["NAME"] = fronted.site.database
            cache.clear()
            try:
                yield fronted
            finally:
                connection.close()
                connection.settings_dict["NAME"] = ours
                cache.clear()


@pytest.fixture(autouse=True)
def _on_the_demo(demo: Fronted, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def article() -> PartnerArticlePage:
    return PartnerArticlePage.objects.live().filter(locale__language_code="en").newest_first()[0]


def first(pattern: str, page: Answer) -> str:
    found = re.search(pattern, page.body.decode())
    assert found, pattern
    return found[0]


def is_kept(demo: Fronted, word: str) -> bool:
    return any(word.encode() in file for file in demo.kept())


def keep(demo: Fronted, path: str, **headers: str) -> Answer:
    """Ask until nginx has the answer in a file, and return it."""
    found: list[Answer] = []

    def asked_and_kept() -> bool:
        found.append(demo.ask(path, **headers))
        return is_kept(demo, f"//127.0.0.1{path}")

    wait_until(asked_and_kept, 10, f"{path} is kept")
    return found[-1]


@pytest.mark.parametrize("encoding", ["", "gzip", "br", "gzip, deflate, br, zstd"])
def test_pages_are_granians_byte_for_byte(demo, article, encoding):
    headers = {"Accept_Encoding": encoding or "identity"}
    for path in (article.url, "/", "/latest/", "/zh-hant/", "/feeds/all.rss", "/sitemap.xml", "/search/?q=qianhai"):
        fronted = keep(demo, path, **headers)
        wait_until(lambda path=path: alike(demo.ask(path, **headers), demo.ask_site(path, **headers)), 10, path)
        assert fronted.status == 200
        assert fronted.headers["vary"] == "Accept-Encoding"
        assert "x-accel-expires" not in fronted.headers
    packed = demo.ask(article.url, **headers).headers.get("content-encoding", "")
    assert packed == ("br" if "br" in encoding else encoding)


def alike(one: Answer, other: Answer) -> bool:
    def page(answer: Answer) -> tuple[Any, ...]:
        kept = {name: value for name, value in answer.headers.items() if name not in OF_THE_WAY}
        return answer.status, {**kept, "content-type": kept["content-type"].replace(" ", "")}, answer.body

    return page(one) == page(other)


def test_an_article_has_its_label_and_a_head_has_no_body(demo, article):
    page = keep(demo, article.url)
    label = str(article.disclosure_label)
    assert label
    assert label.encode() in page.body
    head = demo.ask(article.url, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(page.body))


def test_who_has_the_page_is_told_so(demo, article):
    etag = keep(demo, article.url).headers["etag"]
    for encoding in ("identity", "gzip", "br"):
        known = demo.ask(article.url, If_None_Match=etag, Accept_Encoding=encoding)
        assert (known.status, known.body) == (304, b"")
        assert demo.ask(article.url, If_None_Match='"other"', Accept_Encoding=encoding).status == 200


def test_encodings_that_a_reader_makes_up_make_no_further_files(demo):
    path = "/search/?q=encodings"
    keep(demo, path)
    for number in range(30):
        assert (
            demo.ask(path, Accept_Encoding=f"gzip;q=0, br;q=0.0, made-{number}").headers.get("content-encoding") is None
        )
        assert demo.ask(path, Accept_Encoding=f"made-{number}, gzip").headers["content-encoding"] == "gzip"
        assert demo.ask(path, Accept_Encoding=f"br;q=0.{number + 1:02}").headers["content-encoding"] == "br"
    assert sum(f"//127.0.0.1{path}".encode() in file for file in demo.kept()) <= 3


def test_what_is_published_shows_through_nginx_within_a_second(demo, article):
    for _ in range(PUBLICATIONS):
        word = f"Zz{secrets.token_hex(5)}"
        keep(demo, article.url)
        article.title = word
        article.save_revision().publish()
        committed = time.monotonic()
        is_shown = False
        while (asked := time.monotonic() - committed) < PROMISE + 0.3:
            is_shown = word.encode() in demo.ask(article.url).body
            # Until then either may be shown: one process may know before another one that renders or is held up.
            # Every answer to who asks a second after the commit is the new one.
            assert is_shown or asked < PROMISE, asked
        assert is_shown


def test_an_unpublished_page_is_gone_within_a_second(demo):
    one = PartnerArticlePage.objects.live().last()
    path = one.url
    keep(demo, path)
    one.unpublish()
    time.sleep(PROMISE)  # the promise is about this moment
    assert demo.ask(path).status == 404
    one.save_revision().publish()


@pytest.mark.parametrize(
    "person",
    [{"Cookie": "sessionid=of-somebody"}, {"Cookie": "__Host-session=of-somebody"}, {"Authorization": "Basic eDp5"}],
    ids=["session", "host-session", "password"],
)
def test_a_person_is_answered_by_the_site_and_nothing_is_kept(demo, person):
    path = f"/search/?q=person-{secrets.token_hex(4)}"
    for _ in range(3):
        assert "s-maxage=1" not in demo.ask(path, Authorization="Basic eDp5").headers.get("cache-control", "")
        demo.ask(path, **person)
    assert not is_kept(demo, path)
    keep(demo, path)
    answer = demo.ask(path, **person)
    assert answer.body == demo.ask_site(path, **person).body


def test_forms_the_admin_and_errors_are_not_kept(demo):
    form = BrochureRequestPage.objects.live().first().url
    bodies = {demo.ask(form).body for _ in range(4)}
    assert len(bodies) == 4
    for path in ("/admin/login/", "/nothing-here/", "/latest/?made=up", "/consent/x/"):
        demo.ask(path)
        demo.ask(path)
    for path in (form, "/admin/", "/nothing-here/", "made=up", "/consent/"):
        assert not is_kept(demo, f"//127.0.0.1{path}")


def test_another_name_is_refused(demo):
    for host in ("evil.example", "127.0.0.1.evil.example", ""):
        assert demo.ask("/", Host=host).status in {400, 421}
    # A name in the first line counts, and nothing of the header is passed on.
    with socket.create_connection(("127.0.0.1", demo.front.port), timeout=10) as line:
        line.sendall(b"GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert line.makefile("rb").readline().split()[1] == b"421"


def test_nobody_hides_his_network_behind_what_cannot_be_read(demo):
    # In one header nginx passes on what the reader sent, and the address that it saw.
    assert demo.ask("/admin/login/", X_Forwarded_For="6.6.6.6").status == 200
    assert demo.ask("/admin/login/", X_Forwarded_For="\xe9").status == 400


def test_a_cookie_of_a_neighbour_that_cannot_be_read_costs_nobody_his_form(demo):
    """Another site of the same domain may have set it; a browser sends all in one header, which granian drops then."""
    form = BrochureRequestPage.objects.live().first().get_url()
    shown = demo.ask(form)
    own = shown.headers["set-cookie"].partition(";")[0]
    token = first(r'(?<=name="csrfmiddlewaretoken" value=")[^"]+', shown)

    def send(cookie):
        fields = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        return demo.ask(form, "POST", f"csrfmiddlewaretoken={token}".encode(), **fields).status

    for cookie in (own, f"{own}; town=\xe9", f"town=\xe9; {own}", f"a=b; {own};town=\xe9\xff"):
        assert send(cookie) == 422, cookie
    assert send("town=\xe9") == 403
    assert send(f"town=\xe9; x{own}") == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "127.0.0.1:444"},
        {"X_Forwarded_Host": "evil.example", "Forwarded": "host=evil.example"},
        {"X_Forwarded_Proto": "https", "X_Forwarded_Port": "444", "X_Forwarded_For": "6.6.6.6"},
        {"X_Original_URL": "/evil", "X_Rewrite_URL": "/evil", "X_HTTP_Method_Override": "POST"},
        {"Accept_Language": "zh-hant", "Accept": "text/evil", "User_Agent": "evil", "Referer": "http://evil.example/"},
        {"X_Accel_Expires": "3600", "X_Shared_Cache": "evil", "Cache_Control": "max-age=3600"},
        {"Range": "bytes=0-10", "If_None_Match": '"evil"'},
    ],
    ids=lambda headers: "+".join(headers),
)
def test_nobody_poisons_what_others_get(demo, headers):
    path = f"/search/?q=first-{secrets.token_hex(4)}"
    for _ in range(3):
        demo.ask(path, **headers)
    assert demo.ask(path, body=b"q=evil").status in {200, 400}
    assert demo.ask(path).body == demo.ask_site(path, Cookie="sessionid=nobody").body
    assert keep(demo, path).status == 200
    assert b"&amp;evil" not in demo.ask(f"{path}&evil=1").body
    assert demo.ask(path).body == demo.ask_site(path, Cookie="sessionid=nobody").body


def test_static_files_come_from_disk_hashed_packed_and_for_ever(demo):
    path = first(r"/static/css/site\.[0-9a-f]{12}\.css", demo.ask("/"))
    plain, ours = demo.ask(path), demo.ask_site(path)
    assert plain.body == ours.body
    for name in ("x-content-type-options", "access-control-allow-origin", "vary", "content-security-policy"):
        assert plain.headers.get(name) == ours.headers.get(name), name
    for name in ("referrer-policy", "cross-origin-opener-policy"):
        assert plain.headers.get(name) == ours.headers.get(name), name
    for answer in (plain, ours):
        assert {"public", "immutable", "max-age=315360000"} <= set(re.split(r", ?", answer.headers["cache-control"]))
    for ask in (demo.ask, demo.ask_site):
        packed = ask(path, Accept_Encoding="gzip")
        assert (packed.headers["content-encoding"], len(packed.body) < len(plain.body) / 2) == ("gzip", True)
        part = ask(path, Range="bytes=10-19")
        assert (part.status, part.body) == (206, plain.body[10:20])
        assert ask(path, If_None_Match=ask(path).headers["etag"]).status == 304
        assert ask(path, "HEAD").body == b""
    assert demo.ask_site(path, Accept_Encoding="br").headers["content-encoding"] == "br"
    assert demo.ask("/static/css/site.css").headers["cache-control"] == "public, max-age=3600"
    assert demo.ask("/static/").status in {403, 404}


def test_pictures_come_from_disk_in_parts_and_for_a_year(demo):
    path = first(r"/media/images/[^\" ]+\.avif", demo.ask("/"))
    whole = demo.ask(path)
    assert whole.body == demo.ask_site(path).body
    assert whole.headers["content-type"] == "image/avif"
    assert "max-age=31536000" in whole.headers["cache-control"]
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in whole.headers["content-security-policy"]
    part = demo.ask(path, Range="bytes=-10")
    assert (part.status, part.body) == (206, whole.body[-10:])
    assert demo.ask(path, Range="bytes=999999999-").status == 416
    assert demo.ask(path, If_None_Match=whole.headers["etag"]).status == 304


def test_what_is_private_has_no_address(demo):
    folder = Path(demo.site.folder)
    private = [file for file in (*(folder / "private").rglob("*"), *(folder / "media").rglob("*")) if file.is_file()]
    private = [file for file in private if "images" not in file.relative_to(folder).parts]
    assert len(private) > 3
    for file in private:
        where = file.relative_to(folder).as_posix()
        for path in (f"/{where}", f"/media/images/../../{where}", f"/static/../{where}", f"/static/..%2f{where}"):
            assert demo.ask(path).status in {400, 403, 404}, path
        assert demo.ask(f"/media/images/..;/{where}").status in {400, 403, 404}
    for path in ("/health/live", "/health/ready", "/metrics", "/static/staticfiles.json", "/media/", "/media/images/"):
        assert demo.ask(path).status in {403, 404}, path


def test_bodies_are_bounded_as_the_site_bounds_them(demo):
    form = BrochureRequestPage.objects.live().first().url
    assert demo.ask(form, "POST", b"x" * (2560 * 1024 + 1)).status == 413
    # The admin takes pictures and brochures; without its key, the site refuses.
    assert demo.ask("/admin/login/", "POST", b"x" * (3 * 1024 * 1024)).status == 403
