"""partners/articles/notes.py: a reference and its note lead to each other, and no text is lost on any way."""

import pytest
from bs4 import BeautifulSoup
from django.utils import translation
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from partners.articles.blocks import words_of
from partners.articles.feeds.full_text import full_texts
from partners.articles.notes import link_references, missing_notes, notes_of
from tests import builders

pytestmark = pytest.mark.django_db

TEXT = "<p>First [1], again [1], then <b>bold</b> [2]. In the year [2026], item [9] and [0].</p>"
NOTES = ["<p>The <i>plan</i>, page 3.</p>", '<p>See <a href="https://elsewhere.example/">there</a>.</p>']


def noted(text=TEXT, notes=NOTES, **fields):
    return builders.article(body=[("notes", notes), ("paragraph", text)], **fields)


def soup(client, page):
    return BeautifulSoup(client.get(page.url).content, "html.parser")


def test_references_and_notes_lead_to_each_other(client):
    html = soup(client, noted())
    references = html.select("a[role=doc-noteref]")
    assert [link.text for link in references] == ["[1]", "[1]", "[2]"]
    assert len({link["id"] for link in references}) == 3
    for link in references:
        note = html.select_one(f"[id='{link['href'][1:]}']")
        assert note.find_parent("section")["role"] == "doc-endnotes"
        assert html.find(id=link["aria-describedby"]) in note.descendants
        assert f"#{link['id']}" in [back["href"] for back in note.select("a[role=doc-backlink]")]
    backs = html.select("a[role=doc-backlink]")
    assert [html.select_one(back["href"]).name for back in backs] == ["a"] * 3
    assert len({back["aria-label"] for back in backs}) == 3
    # Whatever is written in brackets, and is no note's number, stays what was typed; so does the text around it.
    assert "In the year [2026], item [9] and [0]." in html.select_one(".body").text


def test_notes_stand_below_the_text_wherever_the_block_stands(client):
    body = soup(client, noted()).select_one(".body")
    assert body.select_one(".notes").sourceline > body.find(string=lambda text: "In the year" in text).parent.sourceline
    assert [item.get_text(" ", strip=True) for item in body.select(".notes li")] == [
        "The plan , page 3.",
        "See there .",
    ]
    assert body.select_one(".notes a[href^=https]")["rel"] == ["sponsored", "noopener"]


def test_without_notes_the_text_is_as_it_was_typed(client):
    html = soup(client, builders.article(body=[("paragraph", "<p>As in [1].</p>")]))
    assert "As in [1]." in html.select_one(".body").text
    assert not html.select(".notes, sup")


def test_a_note_that_no_text_names_is_shown_without_a_way_back(client):
    html = soup(client, noted("<p>No reference.</p>"))
    assert len(html.select(".notes li")) == 2
    assert not html.select("a[role=doc-backlink]")


@pytest.mark.parametrize(
    "html",
    [
        '<img alt="as in [1]">',
        '<a href="/x?a=[1]">a link [1]</a>',
        "<h2>A heading <b>bold</b> [1]</h2>",
        "<button>Press [1]</button>",
        '<p title="a > b [1]">text</p>',
    ],
)
def test_no_attribute_link_or_heading_is_changed(html):
    assert link_references(html, 1) == (html, {})


def test_a_link_that_ends_frees_the_text_behind_it():
    html, references = link_references("<p><a href='#'>x [1]</a> y [1]</p>", 1)
    assert references == {1: ["ref-1"]}
    assert html.count("<sup") == 1


def test_references_in_boxes_tables_and_quotes_are_links_too(client):
    article = builders.article(
        body=[
            ("fact_box", {"title": "Facts [1]", "text": "<p>Long [1].</p>"}),
            ("quote", {"text": "Said [1]", "attribution": "A person", "role": ""}),
            ("heading", {"text": "Heading [1]", "level": "2"}),
            ("notes", ["<p>A note.</p>"]),
        ]
    )
    html = soup(client, article)
    assert [link.find_parent(["aside", "blockquote"]).name for link in html.select("a[role=doc-noteref]")] == [
        "aside",
        "blockquote",
    ]


def test_feeds_search_and_reading_time_have_the_notes():
    article = noted("<p>As in [1].</p>", notes=["<p>The <script>alert(1)</script>plan & more.</p>"])
    stored = type(article).objects.select_related("hero_image", "locale").get(pk=article.pk)
    ((_, html),) = full_texts([stored], "en")
    assert "<p>As in [1].</p>" in html
    assert "<li><p>The plan &amp; more.</p></li>" in "".join(html.split("\n"))
    for unwanted in ("alert", "<sup", "heading__link", "doc-", " id="):
        assert unwanted not in html
    assert "plan & more." in words_of(stored.body)


def test_a_translation_keeps_the_notes_in_their_order():
    article = noted()
    chinese = Locale.objects.get(language_code="zh-hant")
    article.get_parent().copy_for_translation(chinese)
    translated = article.copy_for_translation(chinese)
    assert [note.source for note in notes_of(translated.body)] == NOTES


def test_translators_get_each_note_and_each_text_by_itself():
    article = noted()
    chinese = Locale.objects.get(language_code="zh-hant")
    article.get_parent().copy_for_translation(chinese)
    source, _ = TranslationSource.update_or_create_from_instance(article)
    work = Translation.objects.create(source=source, target_locale=chinese)
    for segment in source.stringsegment_set.all():
        StringTranslation.objects.create(
            translation_of=segment.string, context=segment.context, locale=chinese, data=f"譯：{segment.string.data}"
        )
    work.save_target(publish=False)
    translated = article.get_translation(chinese).get_latest_revision_as_object()
    assert [note.source for note in notes_of(translated.body)] == [
        "<p>譯：The <i>plan</i>, page 3.</p>",
        '<p>譯：See <a href="https://elsewhere.example/">there</a>.</p>',
    ]
    assert "譯：First [1]" in words_of(translated.body)


def test_the_words_around_notes_are_in_the_language_of_the_page(client):
    partner = builders.partner(language="zh-hant")
    article = builders.article(partner, body=[("paragraph", "<p>前海[1]，港口。</p>"), ("notes", ["<p>註釋。</p>"])])
    html = soup(client, article)
    with translation.override("zh-hant"):
        assert html.select_one("#notes").text == translation.gettext("Notes")
    assert html.select_one(".body > p:not([class])").text == "前海[1]，港口。"


def save(client, article, text, *, publish):
    notes = streamfield([("item", rich_text("<p>A source.</p>"))])
    fields = {
        "title": article.title,
        "slug": article.slug,
        "standfirst": article.standfirst,
        "disclosure": "paid_by_partner",
        "publication_date": "2026-10-01",
        "body": streamfield([("paragraph", rich_text(text)), ("notes", notes)]),
        "comments": inline_formset([]),
    }
    if publish:
        fields["action-publish"] = "action-publish"
    return client.post(f"/admin/pages/{article.pk}/edit/", nested_form_data(fields), follow=True)


def test_an_editor_is_told_of_a_reference_that_leads_nowhere_when_publishing(admin_client):
    article = builders.article(live=False)
    response = save(admin_client, article, "<p>One [1] and three [3] and [12].</p>", publish=True)
    assert "not there: [3] [12]" in str(response.context["form"].errors["body"])
    article.refresh_from_db()
    assert not article.live
    save(admin_client, article, "<p>One [1] and three [3].</p>", publish=False)
    article.refresh_from_db()
    draft = article.get_latest_revision_as_object()
    assert missing_notes(draft.body) == [3]
    assert "three [3]" in words_of(draft.body)
    save(admin_client, article, "<p>One [1].</p>", publish=True)
    article.refresh_from_db()
    assert article.live
    assert [note.source for note in notes_of(article.body)]
