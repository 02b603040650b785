"""qianhai_site/robots.py: robots come to the public site only."""

from urllib.robotparser import RobotFileParser

import pytest

pytestmark = pytest.mark.django_db


def rules(client):
    response = client.get("/robots.txt")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    parser = RobotFileParser()
    parser.parse(response.content.decode().splitlines())
    return parser


def test_anywhere_else_nothing_may_be_fetched(client, settings):
    settings.SEARCH_ENGINES = False
    found = rules(client)
    assert not any(found.can_fetch("Anybot", path) for path in ("/", "/latest/", "/zh-hant/", "/sitemap.xml"))
    assert found.site_maps() is None


def test_public_site_opens_its_pages_and_names_its_sitemap(client, settings):
    settings.SEARCH_ENGINES = True
    found = rules(client)
    for path in ("/", "/latest/?page=2", "/zh-hant/partners/x/y/", "/media/images/x.webp", "/feeds/all.rss"):
        assert found.can_fetch("Anybot", path), path
    for path in ("/admin/", "/admin/login/", "/brochures/x", "/consent/x", "/api/v1/requests", "/reads/1", "/metrics"):
        assert not found.can_fetch("Anybot", path), path
    (sitemap,) = found.site_maps()
    assert client.get(sitemap.removeprefix(settings.SITE_URL)).status_code == 200
