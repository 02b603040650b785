"""partners/articles/feeds/reading.py: parts that follow one another, at a fixed cost, and not sent twice."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.models import PageViewRestriction

from partners.articles.article_page import PartnerArticlePage
from partners.articles.feeds.reading import ENTRIES
from partners.articles.partner_page import PartnerPage
from partners.articles.topics import Topic
from tests import builders
from tests.partners.articles.feeds.reader import FORMATS, read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", FORMATS)
def test_parts_follow_one_another_also_when_something_new_comes(client, form):
    parent = builders.partner()
    made = [
        builders.article(parent, title=str(number), publication_date=date(2026, 10, 1 + number % 2))
        for number in range(ENTRIES + 5)
    ]
    feed, first = read(client, f"/feeds/all.{form}")
    builders.article(parent, title="new", publication_date=date(2026, 11, 1))
    following = feed["next_url"] if form == "json" else next(link.href for link in feed.links if link.rel == "next")
    rest_feed, rest = read(client, following.removeprefix("http://127.0.0.1:8000"))
    assert (len(first), len(rest)) == (ENTRIES, 5)
    expected = PartnerArticlePage.objects.filter(pk__in=[article.pk for article in made]).newest_first()
    assert [entry["title"] for entry in first + rest] == [f"Paid content: {article.title}" for article in expected]
    if form == "json":
        assert "next_url" not in rest_feed
        assert rest_feed["feed_url"] == following
    else:
        assert {link.rel for link in rest_feed.links} >= {"self", "first"}
        assert "next" not in {link.rel for link in rest_feed.links}


def unpublish(article):
    article.unpublish()


def relabel(article):
    article.disclosure = "unpaid_contribution"
    article.save_revision().publish()


def rename_sponsor(article):
    PartnerPage.objects.filter(pk=article.sponsor.pk).update(title="Renamed")


def hide_sponsor(article):
    article.sponsor.unpublish()


def restrict(article):
    PageViewRestriction.objects.create(page=article, restriction_type=PageViewRestriction.LOGIN)


def move(article):
    article.move(builders.partner("Other"), pos="last-child")


def delete(article):
    article.delete()


def rename_topic(article):
    Topic.objects.update(name="Harbours")


def write_past_everything(article):
    PartnerArticlePage.objects.filter(pk=article.pk).update(standfirst="Other words.")


def replace_picture(article):
    picture, other = article.hero_image, builders.image(size=(320, 200))
    with other.file.open() as content:
        picture.file = ContentFile(content.read(), name="other.png")
    picture._set_image_file_metadata()
    picture.save()
    picture.renditions.all().delete()  # as the admin does


def publish_another(article):
    builders.article(article.sponsor, title="Another")


CHANGES = [
    *(unpublish, relabel, rename_sponsor, hide_sponsor, restrict, move, delete, rename_topic),
    *(write_past_everything, replace_picture, publish_another),
]


@pytest.mark.parametrize("form", FORMATS)
def test_who_has_it_is_not_sent_it_again(client, full, form, django_assert_max_num_queries):
    path = f"/feeds/all.{form}"
    had = client.get(path)
    for headers in ({"If-None-Match": had["ETag"]}, {"If-Modified-Since": had["Last-Modified"]}):
        # The language, restrictions, and what the part holds.
        with django_assert_max_num_queries(3):
            response = client.get(path, headers=headers)
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == had["ETag"]
        assert response["Cache-Control"] == had["Cache-Control"]
    other = f"/feeds/all.{FORMATS[FORMATS.index(form) - 1]}"
    assert client.get(other, headers={"If-None-Match": had["ETag"]}).status_code == 200


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.usefixtures("pictures_at_once")
def test_who_has_it_is_sent_what_has_changed(client, full, change):
    builders.article(full.sponsor, title="Stays")
    had = client.get("/feeds/all.atom")
    change(full)
    again = client.get("/feeds/all.atom", headers={"If-None-Match": had["ETag"]})
    assert again.status_code == 200
    assert again.content != had.content


@pytest.mark.parametrize("change", [unpublish, relabel, move, delete], ids=lambda change: change.__name__)
def test_date_alone_tells_of_what_editors_do(client, full, change):
    builders.article(full.sponsor, title="Stays")
    # The newest date that readers can have been told before the change, of which a second is the smallest part.
    before = timezone.now() - timedelta(seconds=2)
    change(full)
    stamp = before.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert client.get("/feeds/all.rss", headers={"If-Modified-Since": stamp}).status_code == 200


def publish_a_new_name_of_the_sponsor(article):
    article.sponsor.title = "Renamed"
    article.sponsor.save_revision().publish()


@pytest.mark.parametrize(
    "change", [unpublish, relabel, publish_a_new_name_of_the_sponsor], ids=lambda change: change.__name__
)
def test_who_has_it_is_sent_a_text_that_names_an_article_otherwise_than_before(client, full, change):
    """The article itself is in another feed."""
    text = f'<p><a id="{full.pk}" linktype="page">it</a></p>'
    builders.article(builders.partner("Linking", slug="linking"), body=[("paragraph", text)])
    path = "/feeds/partners/linking.rss"
    had = client.get(path)
    assert client.get(path, headers={"If-None-Match": had["ETag"]}).status_code == 304
    change(full)
    assert client.get(path, headers={"If-None-Match": had["ETag"]}).status_code == 200
