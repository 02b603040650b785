"""partners/articles/feeds/full_text.py: every block's words reach the reader, and nothing that runs or asks."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import Locale, Page, PageViewRestriction

from partners.articles.feeds.full_text import full_texts
from tests import builders

pytestmark = pytest.mark.django_db


def text_of(*body, language="en", **fields):
    """Return the text of an article with `body`, as a feed carries it."""
    article = builders.article(builders.partner(language=language), body=list(body), **fields)
    with translation.override(language):
        stored = type(article).objects.select_related("hero_image", "locale").get(pk=article.pk)
        ((_, html),) = full_texts([stored], language)
    return html


def test_every_kind_of_block_is_there():
    table = {
        "columns": [{"type": "text", "heading": "Kind"}, {"type": "rich_text", "heading": "What"}],
        "rows": [{"values": ["Rail", '<p>See <a href="https://rail.example/">rail</a></p>']}],
    }
    article = builders.article()
    block = article.body.stream_block.child_blocks["table"]
    html = text_of(
        ("paragraph", "<p>Words <b>bold</b></p><ul><li>One</li></ul>"),
        ("heading", {"text": "A heading", "level": "3"}),
        ("quote", {"text": "Said so", "attribution": "A person", "role": "Harbour master"}),
        ("image", {"image": builders.image(), "caption": "A caption"}),
        ("table", block.to_python({"caption": "The table", "table": table})),
        ("embed", {"video": "https://www.youtube.com/watch?v=abc123", "title": "A film"}),
        ("fact_box", {"title": "Facts", "text": "<p>It is long.</p>"}),
    )
    for words in (
        "<p>Words <b>bold</b></p>",
        "<h3>A heading</h3>",
        "Harbour master",
        "<figcaption>A caption</figcaption>",
        "<caption>The table</caption>",
        "<td>Rail</td>",
        '<a href="https://rail.example/" rel="sponsored noopener">rail</a>',
        '<a href="https://www.youtube.com/watch?v=abc123" rel="sponsored noopener">Play the video: A film</a>',
        "<p>It is long.</p>",
    ):
        assert words in html
    assert "<iframe" not in html


def test_what_runs_asks_or_points_elsewhere_is_taken_out():
    html = text_of(
        (
            "paragraph",
            '<p onclick="x()">Kept <script>alert(1)</script><form action="/x"><input name="secret"></form>'
            '<dialog open>dialog</dialog><iframe src="https://frames.example"></iframe>'
            '<a href="javascript:alert(1)">link</a> <img src="https://tracker.example/p.gif" onerror="x()"></p>',
        )
    )
    assert "Kept" in html
    for bad in ("onclick", "onerror", "<script", "alert(1)", "<form", "<input", "<dialog", "<iframe", "javascript:"):
        assert bad not in html


def test_unpaid_links_are_not_called_sponsored():
    link = ("paragraph", '<p><a href="https://elsewhere.example/">x</a></p>')
    assert 'rel="noopener"' in text_of(link, disclosure="unpaid_contribution")


def test_links_to_pages_lead_to_the_language_of_the_feed_where_it_is_live():
    target = builders.partner("Linked")
    chinese = target.copy_for_translation(Locale.objects.get(language_code="zh-hant"))
    link = ("paragraph", f'<p><a id="{target.pk}" linktype="page">there</a><a id="999999" linktype="page">gone</a></p>')
    assert f'<a href="{target.full_url}">there</a>' in text_of(link, language="zh-hant")
    chinese.save_revision().publish()
    html = text_of(link, language="zh-hant")
    assert f'<a href="{chinese.full_url}">there</a>' in html
    assert "<a>gone</a>" in html


def test_a_link_to_an_article_begins_with_its_label_and_sponsor():
    article = builders.article()
    link = ("paragraph", f'<p>See <a id="{article.pk}" linktype="page">it</a>.</p>')
    label = "<strong>Paid content</strong> · Tidewater Robotics: "
    assert f'<p>See <a href="{article.full_url}">{label}it</a>.</p>' in text_of(link)
    assert f"{label.replace('Paid', 'Contributed')}it</a>" not in text_of(link)
    article.disclosure = "unpaid_contribution"
    article.save()
    assert f"{label.replace('Paid', 'Contributed')}it</a>" in text_of(link)
    assert "<strong>供稿內容</strong> · Tidewater Robotics：it</a>" in text_of(link, language="zh-hant")
    article.unpublish()
    assert f'<p>See <a href="{article.full_url}">it</a>.</p>' in text_of(link)


def test_a_link_of_an_article_to_itself_needs_no_label():
    article = builders.article()
    article.body = [("paragraph", f'<p>See <a id="{article.pk}" linktype="page">it</a>.</p>')]
    article.save()
    ((_, html),) = full_texts([type(article).objects.select_related("locale").get(pk=article.pk)], "en")
    assert f'<p>See <a href="{article.full_url}">it</a>.</p>' in html


def test_pages_that_are_linked_to_are_found_by_an_index_among_any_number():
    linked = builders.partner("Linked")
    below = {
        "depth": linked.depth + 1,
        "locale": linked.locale,
        "content_type": ContentType.objects.get_for_model(Page),
    }
    Page.objects.bulk_create(
        Page(title="Another", slug=f"another-{number}", path=f"{linked.path}{number:04}", **below)
        for number in range(500)
    )
    with CaptureQueriesContext(connection) as asked:
        text_of(("paragraph", f'<p>See <a id="{linked.pk}" linktype="page">them</a>.</p>'))
    (statement,) = [one["sql"] for one in asked if "is_private" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE wagtailcore_page")
        # In tables as small as the others it would be quicker to read everything.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (COSTS OFF) {statement}")
        plan = [row[0].strip() for row in cursor.fetchall()]
    # Beside those for the names that are linked to, and for what is restricted.
    looks = [place for place, line in enumerate(plan) if line.endswith(" on wagtailcore_page")]
    assert looks
    assert [plan[place] for place in looks if not plan[place + 1].startswith(("Index Cond", "Recheck Cond"))] == []


def test_offer_is_a_link_while_a_reader_can_open_it():
    offer = builders.request_page(title="Ask for it")
    call = ("call_to_action", {"heading": "The brochure", "text": "Take it.", "offer": offer})
    html = text_of(call)
    assert f'<a href="{offer.full_url}">Ask for it</a>' in html
    assert "The brochure" in html
    PageViewRestriction.objects.create(page=offer.get_parent(), restriction_type=PageViewRestriction.LOGIN)
    assert "The brochure" not in text_of(call)


def test_offer_withdrawn_in_the_language_is_not_replaced_by_another():
    offer = builders.request_page()
    translated = offer.get_parent().copy_for_translation(Locale.objects.get(language_code="zh-hant"))
    assert translated is not None
    offer.copy_for_translation(Locale.objects.get(language_code="zh-hant"))
    call = ("call_to_action", {"heading": "小冊子", "text": "", "offer": offer})
    assert "小冊子" not in text_of(call, language="zh-hant")


def test_decorative_pictures_stay_silent_and_others_say_the_label_first():
    assert 'alt=""' in text_of(hero_image=builders.image(), hero_decorative=True)
    described = text_of(hero_image=builders.image(), hero_alt='A "crane"')
    assert 'alt="Paid content: A &quot;crane&quot;"' in described
