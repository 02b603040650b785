"""partners/articles/translation_buttons.py: what a list's rows offer to translators is what wagtail-localize would."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail.search import index
from wagtail_localize import wagtail_hooks as localize
from wagtail_localize.models import Translation, TranslationSource

from partners.articles.topics import Topic
from partners.articles.translation_buttons import ask_with, page_buttons, snippet_buttons
from tests import builders

pytestmark = pytest.mark.django_db

NEXT = "/admin/somewhere/"


def locale(code):
    return Locale.objects.get(language_code=code)


def translate(source_of, *codes, enabled=True):
    source, _ = TranslationSource.update_or_create_from_instance(source_of)
    for code in codes:
        translation = Translation.objects.create(source=source, target_locale=locale(code), enabled=enabled)
        translation.save_target(publish=isinstance(source_of, Topic))


@pytest.fixture
def translator():
    return User.objects.create_superuser("translator", password=None)


@pytest.fixture
def articles():
    """Articles of each kind: of one language, with an alias, and as sources of one, all and stopped translations."""
    partner = builders.partner()
    for code in ("zh-hant", "zh-hans"):
        partner.copy_for_translation(locale(code))
    made = {
        name: builders.article(partner, name) for name in ("of one language", "aliased", "begun", "done", "stopped")
    }
    made["aliased"].copy_for_translation(locale("zh-hant"), alias=True)
    translate(made["begun"], "zh-hant")
    translate(made["done"], "zh-hant", "zh-hans")
    translate(made["stopped"], "zh-hant", enabled=False)
    return made


def asked_pages():
    return ask_with(Page.objects.all(), Page.objects.filter(alias_of__isnull=True)).specific()


def shown(buttons):
    return [(str(button.label), button.url, button.icon_name, button.priority) for button in buttons]


def test_pages_offer_what_wagtail_localize_would_offer(articles, translator):
    rows = asked_pages()
    offered = {}
    for row in rows:
        offered[row.pk] = shown(page_buttons(row, translator, next_url=NEXT))
        as_stored = Page.objects.get(pk=row.pk).specific
        assert offered[row.pk] == shown(localize.page_listing_more_buttons(as_stored, translator, next_url=NEXT)), row
    of = {name: [label for label, *_ in offered[article.pk]] for name, article in articles.items()}
    assert of == {
        "of one language": ["Translate this page"],
        "aliased": ["Translate this page"],
        "begun": ["Translate this page", "Sync translated pages"],
        "done": ["Sync translated pages"],
        "stopped": ["Translate this page"],
    }


def test_topics_offer_what_wagtail_localize_would_offer(translator):
    # The first pages of the site have topics of their own.
    made = [Topic.objects.create(name=name, slug=name, locale=locale("en")) for name in ("alone", "begun", "done")]
    translate(made[1], "zh-hant")
    translate(made[2], "zh-hant", "zh-hans")
    labels = {}
    for row in ask_with(Topic.objects.all(), Topic.objects.all()):
        offered = shown(snippet_buttons(row, translator, NEXT))
        as_stored = Topic.objects.get(pk=row.pk)
        assert offered == shown(localize.register_snippet_listing_buttons(as_stored, translator, NEXT)), row
        labels[row.pk] = [label for label, *_ in offered]
    assert [labels[topic.pk] for topic in made] == [
        ["Translate"],
        ["Translate", "Sync translated snippets"],
        ["Sync translated snippets"],
    ]


def test_a_row_that_no_list_has_asked_about_is_asked_about(articles, translator):
    row = Page.objects.get(pk=articles["begun"].pk).specific
    assert [button.label for button in page_buttons(row, translator)] == [
        "Translate this page",
        "Sync translated pages",
    ]
    topic = Topic.objects.create(name="alone", slug="alone", locale=locale("en"))
    assert [button.label for button in snippet_buttons(topic, translator)] == ["Translate"]


@pytest.mark.parametrize(
    "where",
    [
        "/admin/pages/{partner}/",
        "/admin/pages/{partner}/?q=begun",
        "/admin/pages/{partner}/?ordering=title",
        "/admin/pages/{partner}/?ordering=ord",
        "/admin/pages/search/?q=begun",
        "/admin/pages/search/results/?ordering=title",
        "/admin/pages/usage/partners/partnerarticlepage/",
    ],
)
def test_an_editor_finds_each_button_once_in_a_list(client, articles, translator, where):
    client.force_login(translator)
    begun = articles["begun"]
    # Else the index, which a list that is searched asks, is told at the commit.
    index.insert_or_update_object(begun)
    with CaptureQueriesContext(connection) as asked:
        listed = client.get(where.format(partner=begun.get_parent().pk)).content.decode()
    row = listed.partition(f'id="page_{begun.pk}_title"')[2].partition("</tr>")[0]
    assert row.count(reverse("wagtail_localize:submit_page_translation", args=[begun.pk])) == 1
    source = TranslationSource.objects.get_for_instance(begun)
    assert row.count(reverse("wagtail_localize:update_translations", args=[source.pk])) == 1
    # An article's header asks for the article that the list belongs to, and nobody for a row.
    by_one = [query["sql"] for query in asked if 'FROM "wagtail_localize_translatableobject"' in query["sql"]]
    assert len(by_one) <= 1, by_one


def test_nobody_without_the_right_is_offered_a_translation(articles):
    reader = User.objects.create_user("reader")
    for row in asked_pages():
        assert not list(page_buttons(row, reader))
    for topic in ask_with(Topic.objects.all(), Topic.objects.all()):
        assert not list(snippet_buttons(topic, reader))
