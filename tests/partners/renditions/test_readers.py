"""partners/renditions/: no reader waits for a picture, and none misses one for long."""

from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.images.models import Filter, Rendition

from partners.articles.pictures import make_pictures
from partners.renditions.allowing import may_make_renditions
from tests import builders
from tests.home.demo.nu import errors_in
from tests.partners.renditions.ordering import ordered, run_ordered

pytestmark = pytest.mark.django_db

LISTS = ("/", "/latest/", "/partners/", "/feeds/all.rss", "/feeds/all.atom", "/feeds/all.json")


def soup(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return BeautifulSoup(response.content, "html.parser")


def proportions(element):
    return int(element["width"]), int(element["height"])


@pytest.fixture
def no_encoding():
    """Fail where anything is encoded."""
    with patch.object(Filter, "run", side_effect=AssertionError("a picture is encoded")) as run:
        yield run


def test_nothing_is_made_in_the_request_of_a_reader(client, admin_client, illustrated, no_encoding):
    for path in (*LISTS, illustrated.url, illustrated.sponsor.url):
        for reader in (client, admin_client):
            assert reader.get(path).status_code == 200, path
    assert not no_encoding.called
    assert not Rendition.objects.exists()


def test_however_many_ask_there_is_one_job_for_each_picture_and_kind(illustrated):
    for _ in range(3):
        for path in (*LISTS, illustrated.url, illustrated.sponsor.url):
            Client().get(path)
    figure = illustrated.body[0].value["image"]
    expected = [(illustrated.hero_image_id, "hero"), (figure.pk, "figure"), (illustrated.sponsor.logo_id, "logo")]
    assert sorted((job["image_id"], job["kind"]) for job in ordered()) == sorted(expected)


def test_a_page_without_its_pictures_is_valid_and_keeps_their_room(client, illustrated):
    paths = ("/", "/latest/", "/partners/", illustrated.url, illustrated.sponsor.url)
    before = {path: client.get(path).content.decode() for path in paths}
    assert not errors_in(before)
    frames = {path: BeautifulSoup(before[path], "html.parser").select(".frame") for path in paths}
    assert all(frames.values())
    run_ordered()
    for path in paths:
        after = soup(client, path)
        pictures = [img for img in after.select("main img") if "/media/" in img["src"]]
        assert not after.select(".frame")
        assert [proportions(frame) for frame in frames[path]] == [proportions(img) for img in pictures], path
        # What was drawn has the same proportions as what it says of itself.
        drawn = [tuple(map(int, frame["viewbox"].split()[2:])) for frame in frames[path]]
        assert drawn == [proportions(frame) for frame in frames[path]]


def test_an_empty_frame_says_what_the_picture_will_show(client, illustrated):
    html = soup(client, illustrated.url)
    assert html.select_one(".hero .frame")["aria-label"] == 'A crane, "Long Li" & others'
    assert html.select_one(".figure .frame")["role"] == "img"
    assert html.select_one(".logo .frame")["aria-hidden"] == "true"


def test_the_next_reader_after_the_job_sees_it(client, illustrated):
    client.get(illustrated.url)
    run_ordered()
    html = soup(client, illustrated.url)
    assert html.select_one(".hero source")["type"] == "image/avif"
    assert html.select_one(".hero img")["alt"] == 'A crane, "Long Li" & others'
    assert len(html.select_one(".hero img")["srcset"].split(", ")) == 3
    assert html.select_one(".figure picture img")
    assert not ordered()
    # Cards and feeds are of the same kind: nobody has to ask for theirs.
    for path in LISTS:
        client.get(path)
    assert not [job for job in ordered() if job["kind"] == "hero"]


def test_structured_data_and_feeds_leave_out_what_is_not_made(client, illustrated):
    assert '"image"' not in str(soup(client, illustrated.url).find_all("script", type="application/ld+json"))
    had = client.get("/feeds/all.rss")
    assert b"<img" not in had.content
    run_ordered()
    assert '"image"' in str(soup(client, illustrated.url).find_all("script", type="application/ld+json"))
    # Whoever has the feed without the picture is sent it again.
    now = client.get("/feeds/all.rss", headers={"If-None-Match": had["ETag"]})
    assert (now.status_code, now.content.count(b"&lt;img") + now.content.count(b"<img")) == (200, 2)


def test_an_editors_preview_makes_what_it_shows(admin_client, illustrated):
    assert illustrated.make_preview_request(preview_mode="").status_code == 200
    assert not Rendition.objects.exists()
    illustrated.save_revision()
    shown = admin_client.get(f"/admin/pages/{illustrated.pk}/view_draft/")
    assert shown.status_code == 200
    assert Rendition.objects.filter(image=illustrated.hero_image).exists()
    assert may_make_renditions()


def test_a_form_shows_its_brochure_without_its_cover(client, no_encoding):
    given = builders.brochure()
    given.cover = builders.image("Cover", size=(600, 900))
    given.save()
    assert [job["kind"] for job in ordered()] == ["cover"]
    form = builders.request_page(of=given)
    assert soup(client, form.url).select_one(".request-page__offer .frame")["viewbox"] == "0 0 480 720"
    assert len(ordered()) == 1


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_broken_picture_breaks_no_page(client, admin_client, broken, is_gone):
    if is_gone:
        broken.file.storage.delete(broken.file.name)
    article = builders.article(hero_image=broken, hero_decorative=True)
    make_pictures(article.pk)
    for path in ("/", "/feeds/all.json", article.url):
        assert client.get(path).status_code == 200
    article.save_revision()
    assert admin_client.get(f"/admin/pages/{article.pk}/view_draft/").status_code == 200
    assert not Rendition.objects.filter(image=broken).exists()


def test_a_text_from_elsewhere_makes_no_picture_either(client, no_encoding):
    picture = builders.image(size=(1000, 500))
    embed = f'<p>Words.</p><embed embedtype="image" id="{picture.pk}" format="fullwidth" alt="A quay"/>'
    article = builders.article(body=[("paragraph", embed)])
    ProcrastinateJob.objects.all().delete()
    assert soup(client, article.url).select_one(".body .frame")["viewbox"] == "0 0 800 400"
    assert {"image_id": picture.pk, "kind": "text"} in ordered()
