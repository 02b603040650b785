"""partners/articles/share/links.py: whatever is passed on of an article begins with its label."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from readability import Document

from tests import builders

pytestmark = pytest.mark.django_db

LABELS = {"en": "Paid content", "zh-hant": "付費內容", "zh-hans": "付费内容"}
TITLE = "R&D + 100%: “quays” #2 港口\u2028?"
# These show the page's own title, which has the label, and take no text.
WITHOUT_TEXT = {"www.linkedin.com", "www.facebook.com"}


def shown(client, language="en", **fields):
    article = builders.article(builders.partner("Harbour & Co", language=language), TITLE, **fields)
    return article, BeautifulSoup(client.get(article.url).content, "html.parser")


@pytest.mark.parametrize("language", LABELS)
def test_every_way_says_the_label_first_and_where_the_article_is(client, language):
    article, soup = shown(client, language)
    links = soup.select(".share a")
    assert len(links) == 7
    for link in links:
        address = urlsplit(link["href"])
        said = {key: values[0] for key, values in parse_qs(address.query).items()}
        assert any(article.full_url in value for value in said.values())
        texts = [value for key, value in said.items() if key not in {"url", "u"}]
        assert bool(texts) == (address.netloc not in WITHOUT_TEXT), link["href"]
        for text in texts:
            assert text.startswith(f"{LABELS[language]} · Harbour & Co")
            assert " ".join(TITLE.split()) in text
            assert "+" not in address.query
    assert soup.title.get_text(strip=True).startswith(LABELS[language])
    assert soup.select_one("[data-share]")["data-text"].startswith(f"{LABELS[language]} · Harbour & Co")


def test_links_to_other_sites_tell_them_nothing_of_the_reader_and_are_no_advice_of_ours(client):
    _, soup = shown(client)
    for link in soup.select(".share a"):
        if link["href"].startswith("mailto:"):
            assert not link.get("target")
        else:
            assert link["href"].startswith("https://")
            assert link["target"] == "_blank"
            assert set(link["rel"]) == {"noopener", "nofollow"}
    # What needs a script is hidden until one shows it.
    assert all(button.find_parent("li").has_attr("hidden") for button in soup.select(".share button"))
    assert len(soup.select(".share button")) == 2
    assert not [script for script in soup.select("script[src]") if not script["src"].startswith("/static/")]


def test_mail_holds_two_lines(client):
    article, soup = shown(client)
    body = parse_qs(urlsplit(soup.select_one('.share a[href^="mailto:"]')["href"]).query)["body"][0]
    assert unquote(body).splitlines()[-1] == article.full_url
    assert len(body.splitlines()) == 2


@pytest.mark.parametrize("language", LABELS)
def test_a_reader_view_shows_the_label_above_the_title_and_in_the_text(client, language):
    words = "<p>The quay is long, and the lorries, of which there are many, are patient with each other.</p>"
    fields = {"body": [("paragraph", words)] * 9, "hero_image": builders.image(), "hero_decorative": True}
    article, _ = shown(client, language, **fields)
    extracted = Document(client.get(article.url).text)
    assert extracted.title().startswith(LABELS[language])
    text = BeautifulSoup(extracted.summary(), "html.parser").get_text(" ")
    label, first = text.find(LABELS[language]), text.find("The quay is long")
    assert -1 < label < first
    assert "Harbour & Co" in text[:first]
    assert "WhatsApp" not in text
