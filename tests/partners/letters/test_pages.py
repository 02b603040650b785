"""partners/letters/pages.py: links to pages of this site, articles with their label."""

import pytest
from django.conf import settings

from partners.letters.composing import write
from partners.letters.kinds import LetterKind
from partners.letters.letter_text import shipped_text
from partners.letters.pages import with_pages
from partners.letters.prose import read
from partners.letters.samples import sample_contents
from tests import builders

pytestmark = pytest.mark.django_db


def linked(page, words="the <b>long</b> read"):
    [block] = with_pages(read(f'<p>See <a linktype="page" id="{page.pk}">{words}</a>.</p>'))
    return block


def test_article_is_named_with_its_label_and_sponsor_once_a_link():
    article = builders.article(builders.partner("Lanternbridge"))
    block = linked(article)
    assert block.text.split() == f"See Paid content · Lanternbridge: the long read <{article.full_url}>.".split()
    assert str(block.html_items[0]).index("Paid content") < str(block.html_items[0]).index("long")


def test_second_link_to_an_article_is_labelled_too():
    article = builders.article()
    anchor = f'<a linktype="page" id="{article.pk}">here</a>'
    [block] = with_pages(read(f"<p>{anchor} and {anchor}</p>"))
    assert block.text.count("Paid content") == 2


def test_other_page_is_linked_by_its_absolute_address():
    page = builders.partner()
    assert linked(page).text.split() == f"See the long read <{page.full_url}>.".split()


@pytest.mark.parametrize("gone", ["deleted", "draft"])
def test_page_that_readers_cannot_open_leaves_its_words(gone):
    article = builders.article()
    if gone == "draft":
        article.unpublish()
    else:
        article.delete()
    assert linked(article).text == "See the long read."


def test_label_is_in_the_language_of_the_letter():
    article = builders.article(builders.partner("海橋"))
    text = shipped_text(LetterKind.CONSENT_CONFIRMATION, "zh-hant")
    text.body = f'<p><a linktype="page" id="{article.pk}">文章</a></p>'
    contents = sample_contents(LetterKind.CONSENT_CONFIRMATION, "zh-hant")
    letter = write(LetterKind.CONSENT_CONFIRMATION, "zh-hant", text.words(), contents)
    assert "付費內容 · 海橋" in letter.text
    assert "Paid content" not in letter.html


def test_letter_without_page_links_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        with_pages(read(f'<p><a href="{settings.SITE_URL}">x</a></p>'))
