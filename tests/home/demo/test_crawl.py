"""The whole demo, as a robot meets it: every page, feed and picture's words, in every language."""

import json
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, SoupStrainer
from django.conf import settings
from django.test import Client, TestCase
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob
from trafilatura import bare_extraction
from wagtail.images.models import Rendition
from wagtail.models import Page

from home.demo.languages import LANGUAGES
from home.demo.seeding import seed
from partners.articles.article_page import PartnerArticlePage
from partners.articles.pictures import MAKE_PICTURES_TASK, make_pictures
from partners.articles.site_names import publisher
from partners.renditions.making import MAKE_TASK
from tests.home.demo.mentions import Mention, Named, in_html, in_json, in_xml
from tests.home.demo.nu import errors_in
from tests.partners.renditions.ordering import run_ordered

WIDTH = 192
LINKS = SoupStrainer(["a", "link"], href=True)
# What no link leads to.
MORE = ("/nowhere/", "/zh-hant/nowhere/", "/zh-hans/nowhere/", "/sitemap.xml", "/robots.txt")
NOT_PAGES = re.compile(
    r"^/(?:(?:admin|static|media|documents|consent|brochures)/|.*\.webmanifest$|favicon\.ico$|apple-touch-icon\.png$)"
)


def crawl() -> dict[str, tuple[str, str]]:
    """Return (type, text) of everything that links of this site lead to, by path and query."""
    client = Client(headers={"host": "127.0.0.1"})
    queue = ["/", "/zh-hant/", "/zh-hans/", *MORE]
    found: dict[str, tuple[str, str]] = {}
    while queue:
        path = queue.pop()
        if path in found or NOT_PAGES.match(path):
            continue
        response = client.get(path)
        assert response.status_code == (404 if "nowhere" in path else 200), path
        kind = response["Content-Type"].split(";")[0]
        found[path] = (kind, response.getvalue().decode())
        if kind == "text/html":
            queue += _links(path, found[path][1])
    return found


def ordered_and_made() -> tuple[int, int]:
    """Return how many pictures readers have ordered, and how many renditions there are."""
    return ProcrastinateJob.objects.filter(task_name=MAKE_TASK).count(), Rendition.objects.count()


def _links(path: str, html: str) -> list[str]:
    links = []
    for tag in BeautifulSoup(html, "html.parser", parse_only=LINKS).find_all(["a", "link"], href=True):
        parts = urlsplit(urljoin(f"{settings.SITE_URL}{path}", str(tag["href"])))
        if parts.hostname in {"127.0.0.1", "localhost"} and parts.scheme == "http":
            links.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return links


class CrawledDemoTest(TestCase):
    """One crawl, read in several ways."""

    documents: dict[str, tuple[str, str]]
    before: tuple[int, int]
    after: tuple[int, int]
    articles: list[Named]

    @classmethod
    def setUpTestData(cls) -> None:
        assert seed(width=WIDTH)
        # What the worker does after the publications.
        for job in ProcrastinateJob.objects.filter(task_name=MAKE_PICTURES_TASK):
            make_pictures(**job.args)
        run_ordered()
        cls.before = ordered_and_made()
        cls.documents = crawl()
        cls.after = ordered_and_made()
        cls.articles = []
        for page in PartnerArticlePage.objects.live().select_related("locale"):
            with translation.override(page.locale.language_code):
                cls.articles.append(Named(page.title, page.disclosure_label))
        for language, words in {"en": "quay", "zh-hant": "前海", "zh-hans": "前海"}.items():
            prefix = "" if language == "en" else f"/{language}"
            path = f"{prefix}/search/?q={words}"
            cls.documents[path] = ("text/html", Client(headers={"host": "127.0.0.1"}).get(path).content.decode())

    def of_kind(self, *kinds: str) -> dict[str, str]:
        return {path: text for path, (kind, text) in self.documents.items() if kind in kinds}

    def mentions(self) -> list[tuple[str, Mention]]:
        readers: dict[str, Any] = {
            "text/html": lambda text: in_html(text, self.articles),
            "application/feed+json": lambda text: in_json(json.loads(text), self.articles, "JSON Feed"),
            "application/rss+xml": lambda text: in_xml(text, self.articles),
            "application/atom+xml": lambda text: in_xml(text, self.articles),
            "application/xml": lambda text: in_xml(text, self.articles),
            "text/plain": lambda text: iter(()),
        }
        return [(path, mention) for path, (kind, text) in self.documents.items() for mention in readers[kind](text)]

    def test_crawl_reaches_every_page_in_every_language(self) -> None:
        pages = Page.objects.live().filter(depth__gt=1)
        assert {page.get_url() for page in pages} <= set(self.documents)
        kinds = {kind for kind, _text in self.documents.values()}
        assert {"application/rss+xml", "application/atom+xml", "application/feed+json"} <= kinds

    def test_no_page_lacks_a_picture_that_was_published(self) -> None:
        assert self.before == self.after
        assert self.after[0] == 0
        assert not [path for path, html in self.of_kind("text/html").items() if 'class="frame"' in html]

    def test_label_stands_before_every_mention_of_every_article(self) -> None:
        found = self.mentions()
        bare = [f"{path} {mention.where}" for path, mention in found if not mention.is_labelled]
        assert not bare, "\n".join(bare[:20])
        # On its own page alone: tab, headline, Open Graph, Twitter, two data blocks. And it is named elsewhere.
        for article in self.articles:
            assert sum(mention.title == article.title for _path, mention in found) > 12, article
        assert len({article.label for article in self.articles}) > len(LANGUAGES), "not every label was looked for"

    def test_what_readers_modes_and_aggregators_extract_begins_with_the_label(self) -> None:
        for page in PartnerArticlePage.objects.live().select_related("locale"):
            with translation.override(page.locale.language_code):
                label, title, sponsor = page.disclosure_label, page.labelled_title, page.sponsor.title
                site = publisher()
            found = bare_extraction(self.documents[page.get_url()][1], with_metadata=True)
            assert (found.title, found.sitename, found.pagetype) == (title, site, "article")
            assert found.date == page.publication_date.isoformat()
            assert " ".join(found.text.split()).startswith(f"{label} {sponsor}"), found.text[:120]

    def test_pages_are_valid_html(self) -> None:
        assert errors_in(self.of_kind("text/html")) == []
