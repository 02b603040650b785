"""qianhai_site/csp.py: strict for visitors, what Wagtail needs for editors."""

import pytest
from django.conf import settings

from tests import builders

pytestmark = pytest.mark.django_db


def test_public_page_allows_nothing_inline(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "nonce" not in policy


def test_error_page_is_under_the_public_policy(client):
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]


def test_admin_has_its_own_policy(client):
    response = client.get("/admin/login/")
    assert "script-src 'self' 'unsafe-inline'" in response.headers["Content-Security-Policy"]


def test_page_that_only_begins_like_the_admin_is_public(client):
    assert "/admin".startswith(settings.ADMIN_CSP_PATHS) is False
    assert "unsafe-inline" not in client.get("/administration/").headers["Content-Security-Policy"]


def test_pages_have_no_inline_script_or_style(client):
    builders.article()
    for path in ("/", "/latest/", "/partners/", "/zh-hant/"):
        html = client.get(path).content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert "<script>" not in html
        assert " onclick=" not in html


def test_preview_may_be_framed_by_the_editor_and_is_strict_otherwise():
    policy = builders.article().make_preview_request().headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "unsafe-inline" not in policy


def test_public_page_may_not_be_framed(client):
    response = client.get("/")
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"
