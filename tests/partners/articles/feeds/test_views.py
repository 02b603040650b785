"""partners/articles/feeds/views.py: what a feed reader is sent, in each format and language, and what it is spared."""

import json

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from partners.articles.article_page import PartnerArticlePage
from tests import builders
from tests.partners.articles.feeds.reader import FORMATS, MEDIA_TYPES, XML, content_of, read, titles, topic

pytestmark = pytest.mark.django_db

HOSTILE = [
    "]]></title><script>alert(1)</script>",
    "Bell \x07 and \x1b escape, \ufffe no character",
    "Crane 🏗️ 👩‍🔧 and 𠮷 field",
    "مرفأ \u202eoverridden",
    "A &amp; B < C > D \"E\" 'F'",
]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.usefixtures("pictures_at_once")
def test_entry_says_first_that_it_was_paid_for(client, full, form):
    _feed, (entry,) = read(client, f"/feeds/all.{form}")
    assert entry["title"] == "Paid content: Cranes"
    assert entry["summary"].startswith(f"Paid content · {full.sponsor.title} · ")
    content = content_of(entry)
    opening = content.partition("</p>")[0]
    assert "Paid content" in opening
    assert full.sponsor.title in opening
    assert full.disclosure_sentence in opening
    assert "The quay" in content
    assert 'href="https://elsewhere.example/x" rel="sponsored noopener"' in content
    assert f'href="{full.full_url}#top"' in content
    assert "Paid content: A crane at dusk" in content
    assert entry["id"] == f"tag:qianhai.example,2026:article/{full.translation_key}/en"


@pytest.mark.parametrize("form", FORMATS)
def test_media_type_and_freshness_are_told(client, full, form):
    response = client.get(f"/feeds/all.{form}")
    assert response["Content-Type"] == f"{MEDIA_TYPES[form]}; charset=utf-8"
    # What the page cache does not keep, nobody may.
    assert response["Cache-Control"] == "max-age=0, s-maxage=0"
    assert "Set-Cookie" not in response
    head = client.head(f"/feeds/all.{form}")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", response["ETag"])
    assert client.post(f"/feeds/all.{form}").status_code == 405


@pytest.mark.usefixtures("pictures_at_once")
def test_xml_carries_picture_author_topics_and_dates(client, full):
    for form in XML:
        feed, (entry,) = read(client, f"/feeds/all.{form}")
        assert feed.language == "en"
        (media,) = entry.media_content
        assert media["url"].startswith("http://127.0.0.1:8000/media/")
        assert (media["width"], media["height"], media["medium"]) == ("1200", "630", "image")
        assert entry.enclosures[0].type == "image/jpeg"
        assert int(entry.enclosures[0].length) > 0
        assert entry.author == "Qianhai"
        tags = {tag.term for tag in entry.tags} | {tag.label for tag in entry.tags}
        assert {"Ports", "Paid content"} <= tags
        assert entry.updated_parsed[:6] == full.last_published_at.utctimetuple()[:6]


@pytest.mark.usefixtures("pictures_at_once")
def test_json_feed_keeps_its_rules(client, full):
    response = client.get("/feeds/all.json")
    feed = json.loads(response.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert set(feed) <= {
        *("version", "title", "description", "home_page_url", "feed_url", "language", "authors", "next_url", "items"),
    }
    assert feed["feed_url"] == "http://127.0.0.1:8000/feeds/all.json"
    (item,) = feed["items"]
    extensions = {key for key in item if key.startswith("_")}
    assert set(item) - extensions == {
        *("id", "url", "title", "summary", "content_html", "date_published", "date_modified", "authors", "tags"),
        *("language", "image"),
    }
    assert all(isinstance(item[key], str) for key in ("id", "url", "title", "summary", "content_html", "image"))
    assert item["tags"] == ["Paid content", "Ports"]
    assert item["_qianhai"]["sponsor"]["name"] == full.sponsor.title
    assert item["_qianhai"]["sponsor"]["url"] == full.sponsor.full_url
    assert item["_qianhai"]["disclosure"] == full.disclosure_sentence
    assert item["_qianhai"]["image_alt"] == "Paid content: A crane at dusk"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_names_and_titles_make_no_broken_feed(client, form, number):
    hostile = HOSTILE[number]
    parent = builders.partner(hostile)
    about = topic(name=hostile, slug="odd")
    article = builders.article(
        parent, title=hostile, standfirst=hostile, hero_image=builders.image(), hero_alt=hostile,
        body=[("heading", {"text": hostile, "level": "2"}), ("paragraph", f"<p>{hostile}</p>")],
    )  # fmt: skip
    article.topics = [about]
    article.save()
    for path in (f"/feeds/all.{form}", f"/feeds/partners/{parent.slug}.{form}", f"/feeds/topics/odd.{form}"):
        _, (entry,) = read(client, path)
        assert entry["title"].startswith("Paid content: ")
        if form == "json":
            assert entry["title"] == "Paid content: " + hostile.translate({7: None, 27: None, 0xFFFE: None})
        assert "<script" not in content_of(entry)


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_each_language_has_its_own(client, language):
    labels = {"en": "Paid content: ", "zh-hant": "付費內容：", "zh-hans": "付费内容："}
    for code in labels:
        builders.article(builders.partner(language=code), title=f"In {code}")
    prefix = "" if language == "en" else f"/{language}"
    for form in FORMATS:
        assert titles(client, f"{prefix}/feeds/all.{form}") == [f"{labels[language]}In {language}"]
    for form in XML:
        feed, _ = read(client, f"{prefix}/feeds/all.{form}")
        own = [link.href for link in feed.links if link.rel == "self"]
        assert own == [f"http://127.0.0.1:8000{prefix}/feeds/all.{form}"]
        assert feed.language == language
    feed, _ = read(client, f"{prefix}/feeds/all.json")
    assert feed["language"] == language
    assert feed["feed_url"] == f"http://127.0.0.1:8000{prefix}/feeds/all.json"


def test_partner_and_topic_have_their_own(client):
    mine, other = builders.article(title="Mine"), builders.article(title="Other")
    about = topic()
    chinese = topic("港口", "gang", "zh-hant", translation_key=about.translation_key)
    # Topics are rows of a language; an article that was translated may still name the row of the original.
    there = builders.article(builders.partner(language="zh-hant"), title="那邊")
    for article in (other, there):
        article.topics = [about]
        article.save()
    for form in FORMATS:
        assert titles(client, f"/feeds/partners/{mine.sponsor.slug}.{form}") == ["Paid content: Mine"]
        assert titles(client, f"/feeds/topics/ports.{form}") == ["Paid content: Other"]
        assert titles(client, f"/zh-hant/feeds/topics/{chinese.slug}.{form}") == ["付費內容：那邊"]
    assert json.loads(client.get("/zh-hant/feeds/topics/gang.json").content)["items"][0]["tags"] == ["付費內容", "港口"]


def test_what_no_visitor_may_read_is_in_no_feed(client):
    parent = builders.partner()
    shown = builders.article(parent, title="Shown")
    builders.article(parent, title="Draft", live=False)
    private = builders.article(parent, title="Private")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    below_private = builders.article(title="Below a private partner").sponsor
    PageViewRestriction.objects.create(page=below_private, restriction_type=PageViewRestriction.LOGIN)
    for path in ("/feeds/all.rss", f"/feeds/partners/{parent.slug}.atom"):
        assert titles(client, path) == [f"Paid content: {shown.title}"]
    assert client.get(f"/feeds/partners/{below_private.slug}.rss").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/partners/nobody.rss",
        "/feeds/topics/nothing.atom",
        "/feeds/all.xml",
        "/feeds/all.rss?before=yesterday",
        "/feeds/all.rss?before=2026-10-01.x",
        "/feeds/all.rss?before=2026-13-01.1",
        "/feeds/all.rss?before=2026-10-01." + "9" * 30,
        "/feeds/all.rss?before=%00",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    builders.article()
    assert client.get(path).status_code == 404


def test_unpublished_partner_has_no_feed_and_a_foreign_language_neither(client):
    gone = builders.partner(live=False)
    there = builders.partner(language="zh-hant")
    assert client.get(f"/feeds/partners/{gone.slug}.rss").status_code == 404
    assert client.get(f"/feeds/partners/{there.slug}.rss").status_code == 404
    assert client.get(f"/zh-hant/feeds/partners/{there.slug}.rss").status_code == 200


def test_renamed_partner_keeps_its_subscribers(client, django_capture_on_commit_callbacks):
    partner = builders.article().sponsor
    old = partner.slug
    partner.slug = "renamed"
    with django_capture_on_commit_callbacks(execute=True):
        partner.save_revision().publish()
    response = client.get(f"/feeds/partners/{old}.atom")
    assert (response.status_code, response["Location"]) == (301, "/feeds/partners/renamed.atom")


def test_empty_feed_is_a_feed(client):
    for form in FORMATS:
        assert titles(client, f"/feeds/all.{form}") == []
        assert client.get(f"/feeds/all.{form}").content == client.get(f"/feeds/all.{form}").content


def test_name_of_an_entry_survives_move_and_domain(client, full, settings):
    def name():
        return read(client, "/feeds/all.rss")[1][0].id

    before = name()
    full.move(builders.partner("Other"), pos="last-child")
    settings.SITE_URL = "https://elsewhere.example"
    assert name() == before


def test_label_that_changed_updates_the_entry(client, full):
    before = read(client, "/feeds/all.json")[1][0]["date_modified"]
    now = timezone.now()
    PartnerArticlePage.objects.filter(pk=full.pk).update(label_changed_at=now, disclosure="partner_controlled")
    (entry,) = read(client, "/feeds/all.json")[1]
    assert entry["date_modified"] > before
    assert "Label changed on" in entry["content_html"]


def test_pages_name_their_feeds(client):
    partner = builders.article().sponsor
    own = f'href="/feeds/partners/{partner.slug}.atom"'
    for path in ("/", "/latest/", partner.url):
        html = client.get(path).content.decode()
        for form in FORMATS:
            assert f'href="/feeds/all.{form}"' in html
            assert f'type="{MEDIA_TYPES[form]}"' in html
        assert (own in html) == (path == partner.url)
    assert 'href="/zh-hans/feeds/all.rss"' in client.get("/zh-hans/latest/").content.decode()
