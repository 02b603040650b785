"""partners/articles/share/address.py: no article is shared with an unlabelled picture, and no request draws."""

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from PIL import Image, ImageChops, ImageStat

from partners.articles.disclosure import Disclosure
from partners.articles.share import drawing, paint
from partners.articles.share.address import generic_path, generic_picture
from partners.articles.share.share_image import ShareImage
from qianhai_site.artwork import share_pictures
from tests import builders
from tests.wsgi_answer import PictureAnswer

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _ in settings.LANGUAGES]


def meta(html: str, name: str) -> str:
    found = re.search(rf'<meta (?:property|name)="{name}"\s+content="([^"]*)"', html)
    return found[1] if found else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_names_the_generic_picture_until_its_own_is_drawn(client, language, monkeypatch):
    article = builders.article(
        builders.partner(language=language), title="The quay", hero_image=builders.image(), hero_alt="A"
    )
    html = client.get(article.url).content.decode()
    generic = generic_picture(article.disclosure, language)
    assert meta(html, "og:image") == generic.url
    assert generic.url.startswith(settings.WAGTAILADMIN_BASE_URL + "/static/img/share/partner_controlled-" + language)
    drawing.draw(ShareImage.objects.get().pk)
    html = client.get(article.url).content.decode()
    assert meta(html, "og:image") == settings.WAGTAILADMIN_BASE_URL + ShareImage.objects.get().file.url
    assert (meta(html, "og:image:width"), meta(html, "og:image:height")) == ("1200", "630")
    label = {"en": "Paid content", "zh-hant": "付費內容", "zh-hans": "付费内容"}[language]
    assert meta(html, "og:image:alt").startswith(f"{label} · Tidewater Robotics")
    assert meta(html, "og:image:alt").endswith("The quay")


def test_the_picture_can_be_fetched_and_kept():
    article = builders.article()
    drawing.draw(ShareImage.objects.get().pk)
    answer = PictureAnswer(article.share_picture.url.removeprefix(settings.WAGTAILADMIN_BASE_URL))
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert "immutable" in answer.headers["Cache-Control"]


def test_no_request_draws(client, monkeypatch):
    def refuse(*_args, **_named):
        raise AssertionError("drawn in a request")

    monkeypatch.setattr(paint, "paint", refuse)
    monkeypatch.setattr(drawing, "_store", refuse)
    article = builders.article(hero_image=builders.image(), hero_decorative=True)
    article.sponsor.title = "Renamed"
    article.sponsor.save()
    for path in (article.url, article.sponsor.url, "/", "/latest/"):
        assert client.get(path).status_code == 200
    assert not ShareImage.objects.exclude(file="").exists()


def test_a_changed_label_is_never_shared_with_the_old_picture():
    article = builders.article()
    drawing.draw(ShareImage.objects.get().pk)
    type(article).objects.filter(pk=article.pk).update(disclosure="unpaid_contribution")
    changed = type(article).objects.get(pk=article.pk)
    assert changed.share_picture == generic_picture("unpaid_contribution", "en")
    assert changed.share_picture.alt == "Contributed content · Qianhai"


def test_an_undecided_draft_has_the_strictest_label():
    assert generic_path("", "en") == generic_path("partner_controlled", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Disclosure.values)
def test_the_generic_pictures_show_the_words_of_now(kind, language):
    path = finders.find(generic_path(kind, language))
    assert path, "python -m qianhai_site.artwork.share_pictures"
    stored, drawn = Image.open(path).convert("RGB"), share_pictures.draw(kind, language)
    assert stored.size == drawn.size == (1200, 630)
    difference = ImageStat.Stat(ImageChops.difference(stored, drawn))
    assert max(difference.mean) < 0.8, "Written anew by: python -m qianhai_site.artwork.share_pictures"


def test_the_comparison_tells_labels_apart():
    pictures = [share_pictures.draw(kind, "en") for kind in Disclosure.values]
    for one in pictures:
        for other in pictures:
            if one is not other:
                assert max(ImageStat.Stat(ImageChops.difference(one, other)).mean) > 0.8
