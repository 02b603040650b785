"""Do the public templates keep their promises, whatever page they draw?"""

import re
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from tests import builders

SHELL = Path(settings.BASE_DIR) / "qianhai_site"
# Mail, and a page that leaves in a ZIP, have no style sheet beside them.
ALONE = {"letters", "admin_mail.html", "person_file.html"}
PUBLIC = [path for path in sorted((SHELL / "templates").rglob("*.html")) if not ALONE.intersection(path.parts)]
LAYERS = re.compile(r'@import url\("([\w-]+\.css)"\) layer\(([\w-]+)\);')


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: path.name)
def test_no_template_carries_inline_style_or_script(path):
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    inline = [script for script in soup.find_all("script") if not script.get("src")]
    handlers = [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on") or name == "style"]
    assert not inline
    assert not handlers
    assert not soup.find("style")


def test_every_stylesheet_is_imported_once_into_a_declared_layer():
    entry = (SHELL / "static/css/site.css").read_text(encoding="utf-8")
    imported = LAYERS.findall(entry)
    declared = re.search(r"^@layer ([\w, -]+);", entry, re.MULTILINE)
    assert declared is not None
    assert declared[1].split(", ") == [layer for _, layer in imported]
    assert len(imported) == len(set(imported)) > 5
    assert all((SHELL / "static/css" / name).is_file() for name, _ in imported)


@pytest.mark.parametrize(("language", "words"), [("en", "our side"), ("zh-hant", "問題"), ("zh-hans", "问题")])
def test_500_needs_neither_context_nor_database(language, words):
    with translation.override(language):
        html = get_template("500.html").render()
    assert f'<html lang="{language}">' in html
    assert words in BeautifulSoup(html, "html.parser").h1.text


@pytest.mark.django_db
def test_article_discloses_before_its_title_and_in_the_title_of_the_tab(client):
    article = builders.article(builders.partner("Lanternbridge"), title="The quay")
    html = BeautifulSoup(client.get(article.url).content, "html.parser")
    order = [
        html.find("strong", class_="label"),
        html.find("a", class_="disclosure__name"),
        html.find(class_="disclosure__kind"),
        html.find("h1"),
    ]
    assert [tag.get_text(strip=True) for tag in order] == [
        "Paid content",
        "Lanternbridge",
        "Content from partner",
        "The quay",
    ]
    assert [tag.sourceline for tag in order] == sorted(tag.sourceline for tag in order)
    assert " ".join(html.title.text.split()).startswith("Paid content: The quay")
    assert html.find("meta", property="og:title")["content"].startswith("Paid content: ")


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["home", "latest", "partner", "article"])
def test_every_card_names_label_and_sponsor_before_its_title(client, where):
    sponsor = builders.partner("Lanternbridge")
    newest, *_ = [builders.article(sponsor, publication_date=date(2026, 10, day)) for day in (3, 2, 1)]
    page = {"home": builders.home(), "latest": builders.latest_page(), "partner": sponsor, "article": newest}[where]
    html = BeautifulSoup(client.get(page.url).content, "html.parser")
    cards = html.find_all("article", class_="card")
    assert len(cards) == (2 if where == "article" else 3)
    for card in cards:
        text = card.get_text(" ", strip=True)
        assert text.startswith("Paid content Lanternbridge Paid content: A port that drives itself")
        # Without the line above it as well, in a list of all headings or links.
        assert " ".join(card.find("a").get_text().split()) == "Paid content: A port that drives itself"


@pytest.mark.django_db
@pytest.mark.usefixtures("pictures_at_once")
def test_of_a_home_pages_pictures_one_is_urgent_and_the_others_wait_to_be_reached(client):
    sponsor, picture = builders.partner(), builders.image()
    for day in (3, 2, 1):
        builders.article(sponsor, publication_date=date(2026, 10, day), hero_image=picture, hero_decorative=True)
    html = BeautifulSoup(client.get(builders.home().url).content, "html.parser")
    first, *others = html.select(".card__picture img")
    assert (first.get("fetchpriority"), first.get("loading")) == ("high", None)
    assert [(img.get("fetchpriority"), img.get("loading")) for img in others] == [(None, "lazy")] * 2
    # The large renditions are the urgent one's alone.
    assert [bool(card.select("source")) for card in html.select(".card__picture")] == [True, False, False]


@pytest.mark.django_db
def test_unpaid_contribution_is_not_dressed_as_paid(client):
    article = builders.article(disclosure="unpaid_contribution")
    label = BeautifulSoup(client.get(article.url).content, "html.parser").find("strong", class_="label")
    assert label.text == "Contributed content"
    assert "label--unpaid" in label["class"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_empty_site_says_what_will_stand_where(client, language):
    for page in (builders.home(language), builders.latest_page(language), builders.partner_index(language)):
        html = BeautifulSoup(client.get(page.url).content, "html.parser")
        assert html.find(class_="empty").get_text(strip=True), page.url
        assert html.find("html")["lang"] == language


@pytest.mark.django_db
def test_partner_links_out_as_sponsored(client):
    sponsor = builders.partner(website="https://example.com/")
    link = BeautifulSoup(client.get(sponsor.url).content, "html.parser").find("a", href="https://example.com/")
    assert set(link["rel"]) == {"sponsored", "noopener"}


@pytest.mark.django_db
def test_pagination_names_the_newest_and_both_neighbours(client):
    sponsor = builders.partner()
    for day in range(1, 29):
        builders.article(sponsor, publication_date=date(2026, 9, day))
    first = client.get(builders.latest_page().url)
    second = client.get(builders.latest_page().url + first.context["neighbours"]["older"])
    pages = BeautifulSoup(second.content, "html.parser").find("nav", class_="pagination")
    assert pages.find("a")["href"] == "/latest/"
    assert pages.find("a", rel="prev")["href"].startswith("/latest/?before=")
    assert pages.find("a", rel="next")["href"].startswith("/latest/?after=")


@pytest.mark.django_db
def test_refused_form_ties_each_error_to_its_field(client):
    form_page = builders.request_page()
    form = BeautifulSoup(client.get(form_page.url).content, "html.parser").find("form")
    answers = {field["name"]: field.get("value", "") for field in form.find_all("input")}
    response = client.post(form_page.url, {**answers, "name": "Ada", "email": "no address"})
    section = BeautifulSoup(response.content, "html.parser").find(attrs={"data-brochure-request": True})
    email = section.find("input", attrs={"name": "email"})
    assert response.status_code == 422
    assert email["aria-invalid"] == "true"
    assert "not a complete e-mail address" in section.find(id=email["aria-describedby"]).text
    assert section.find(attrs={"data-summary": True}).find("a")["href"] == f"#{email['id']}"
    assert section.find("input", attrs={"name": "name"})["value"] == "Ada"


@pytest.mark.django_db
def test_video_is_a_link_that_knows_its_player_and_loads_nothing(client):
    video = {"video": "https://www.youtube.com/watch?v=aqz-KE-bpKQ", "title": "The quay at night"}
    article = builders.article(body=[("embed", video)])
    html = BeautifulSoup(client.get(article.url).content, "html.parser")
    link = html.find("a", class_="video__opener")
    assert link["href"] == video["video"]
    assert link["data-player"] == "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"
    assert not html.find("iframe")
    # The article's script brings the player's.
    assert html.find("script", src=lambda src: src and "/js/article" in src)


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: path.name)
def test_a_small_drawing_is_small_without_a_style_sheet(path):
    """It does not always come, and a drawing without a size is as wide as the window."""
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    drawings = [drawing for drawing in soup.find_all("svg") if drawing.get("class", [""])[0] not in {"chart", "island"}]
    assert [drawing for drawing in drawings if not (drawing.get("width") and drawing.get("height"))] == []
