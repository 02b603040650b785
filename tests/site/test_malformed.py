"""qianhai_site/malformed.py: what cannot be read is answered with a page, and is never an error of ours."""

import io

import pytest
from bs4 import BeautifulSoup
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory

from qianhai_site.malformed import MalformedRequestMiddleware, guarded
from qianhai_site.wsgi import application
from tests import builders

pytestmark = pytest.mark.django_db


def post(path, body=b"name=a", content_type="application/x-www-form-urlencoded", **environ):
    return Client().generic("POST", path, body, content_type=content_type, **environ)


@pytest.mark.parametrize("charset", ["hex", "nonsense", "utf-16", "rot13", "undefined", "utf-7", "base64"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain"])
def test_charset_that_no_form_comes_in(charset, kind):
    page = builders.request_page()
    response = post(page.url, b"--x--\r\n", f"{kind}; charset={charset}")
    assert response.status_code == 400
    html = BeautifulSoup(response.content, "html.parser")
    assert html.h1.text == "This could not be read"
    assert html.find(class_="notice-page__code").text == "400"
    assert "content-security-policy" in {name.lower() for name in response.headers}


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "us-ascii"])
def test_charset_of_real_browsers(charset):
    page = builders.request_page()
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAnn\r\n--x--\r\n'
    assert post(page.url, body, f"multipart/form-data; boundary=x; charset={charset}").status_code == 422


def test_nul_in_the_path(client):
    assert client.get("/partners/%00/").status_code == 400


@pytest.mark.parametrize("query", ["q=%00", "ordering=%00", "status=%00", "from=1&to=a%00b", "nobody=%00"])
def test_nul_in_a_query_of_the_admin(admin_client, query):
    for path in ("/admin/brochure-requests/", "/admin/brochure-requests/results/", "/admin/brochure-requests/export/"):
        assert admin_client.get(f"{path}?{query}").status_code == 400


# granian gives nothing of a header with a byte that is not ASCII, other servers give it as Latin-1.
@pytest.mark.parametrize("forwarded", ["", "\xe9, 203.0.113.7"])
def test_visitors_named_in_what_cannot_be_read_behind_a_proxy(settings, forwarded):
    settings.TRUSTED_PROXIES = 1
    for path in ("/", "/admin/login/"):
        assert Client(REMOTE_ADDR="10.0.0.1").get(path, HTTP_X_FORWARDED_FOR=forwarded).status_code == 400
    assert Client(REMOTE_ADDR="10.0.0.1").get("/admin/login/", HTTP_X_FORWARDED_FOR="203.0.113.7").status_code == 200
    # A probe asks the process itself, past the proxy.
    assert Client(REMOTE_ADDR="127.0.0.1").get("/health/live").status_code == 200


def test_visitors_named_in_what_cannot_be_read_by_nobody_s_proxy(client, settings):
    settings.TRUSTED_PROXIES = 0
    assert client.get("/admin/login/", HTTP_X_FORWARDED_FOR="").status_code == 200


def test_page_speaks_the_language_of_the_path():
    html = post("/zh-hant/", content_type="text/plain; charset=hex").content.decode()
    assert '<html lang="zh-hant">' in html


def test_body_that_no_form_needs_is_not_read(settings):
    page = builders.request_page()
    body = io.BytesIO(b"x" * 3_000_000)
    response = MalformedRequestMiddleware(lambda request: pytest.fail("was passed on"))(
        request_of("POST", page.url, body, 3_000_000)
    )
    assert response.status_code == 413
    assert b">413<" in response.content
    assert body.tell() == 0


def test_editors_may_send_files():
    answered = []
    MalformedRequestMiddleware(answered.append)(request_of("POST", "/admin/images/add/", io.BytesIO(), 20_000_000))
    assert len(answered) == 1


def request_of(method, path, body, length):
    environ = RequestFactory().generic(method, path).environ
    return WSGIRequest({**environ, "wsgi.input": body, "CONTENT_LENGTH": str(length), "CONTENT_TYPE": "text/plain"})


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain; x=" + "y" * 20_000,
        "multipart/form-data; charset*=bogus''x",
        "text/plain; charset=a\x00b",
        "text/plain; charset=hex",
    ],
)
def test_content_type_that_stops_django_itself_is_answered_by_the_server_s_application(method, content_type):
    environ = RequestFactory().generic(method, "/", b"x", QUERY_STRING="a=b").environ
    answered = []
    body = b"".join(application({**environ, "CONTENT_TYPE": content_type}, lambda *start: answered.append(start)))
    assert answered[0][0] == "400 Bad Request"
    assert b"This could not be read" in body


def test_what_can_be_parsed_reaches_the_application_as_it_is():
    seen = []
    environ = {"CONTENT_TYPE": "multipart/form-data; boundary=x"}
    guarded(lambda environ, start: seen.append(environ) or [])(environ, None)
    assert seen == [environ]


@pytest.mark.parametrize("act", ["copy/", "edit/preview/"])
def test_a_form_of_the_admin_without_fields_that_its_page_always_sends(admin_client, act):
    article = builders.article()
    response = admin_client.post(f"/admin/pages/{article.pk}/{act}", {"made": "up"})
    assert response.status_code == 400
    assert b"This could not be read" in response.content


@pytest.mark.parametrize(
    "sent",
    [
        "/admin/snippets/choose/partners/topic/chosen-multiple/?id=x",
        "/admin/snippets/choose/partners/partnercampaign/chosen-multiple/?id=1&id=" + "9" * 5000,
        "/admin/snippets/choose/partners/brochure/chosen/x/",
    ],
)
def test_an_id_of_the_admin_that_is_none(admin_client, sent, caplog):
    assert admin_client.get(sent).status_code == 400
    [said] = [record for record in caplog.records if record.name == "qianhai_site.malformed"]
    assert said.levelname == "WARNING"
    assert said.getMessage().endswith("could not read what was sent (ValueError).")


def raised(raising):
    try:
        raising()
    except (ValueError, OverflowError) as error:
        return error


def as_if_in(module, code):
    """Return what `code` raises in a module of that name."""
    return raised(lambda: exec(compile(code, "view", "exec"), {"__name__": module}))


NO_NUMBER = "from django.contrib.auth.models import Group; Group.objects.filter(pk='x')"
NO_DAY = "import datetime; datetime.date.min - datetime.timedelta(1)"


@pytest.mark.parametrize(
    ("module", "path", "code", "status"),
    [
        ("wagtail.admin.views", "/admin/x/", NO_NUMBER, 400),
        ("wagtail.admin.views", "/admin/x/", NO_DAY, 400),
        ("wagtail.admin.views", "/x/", NO_NUMBER, None),
        ("wagtail.admin.views", "/admin/x/", "int('x')", None),
        ("wagtail.admin.views", "/admin/x/", "float('inf').__int__()", None),
        ("partners.submissions.desk", "/admin/x/", NO_NUMBER, None),
        ("home.models", "/admin/x/", NO_DAY, None),
    ],
)
def test_a_mistake_of_ours_is_no_mistake_of_who_asks(module, path, code, status):
    request = RequestFactory().get(path)
    answer = MalformedRequestMiddleware(None).process_exception(request, as_if_in(module, code))
    assert (answer and answer.status_code) == status


def test_django_s_own_refusals_wear_the_same_page():
    response = post(builders.request_page().url, b"&".join(b"f%d=x" % number for number in range(10_100)))
    assert response.status_code == 400
    assert b"This could not be read" in response.content
