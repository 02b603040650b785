"""Does the demo arrive whole, once, and as an editor would have made it?"""

from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, Revision, Site

from home.demo import seeding
from home.demo.content_files import ContentError, read_demo
from home.demo.languages import LANGUAGES
from home.demo.seeding import seed
from home.models import HomePage, SiteDetails, StandardPage
from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerIndexPage, PartnerPage
from partners.brochures.brochure import Brochure
from partners.brochures.request_page import BrochureRequestPage

WIDTH = 192
DEMO = read_demo()


def files() -> list[Path]:
    """Return every file in public and private storage."""
    folders = (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT))
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


def command() -> str:
    written = StringIO()
    call_command("seed_demo", width=WIDTH, stdout=written)
    return written.getvalue()


class SeededSiteTest(TestCase):
    """What stands in the site after one run."""

    @classmethod
    def setUpTestData(cls) -> None:
        assert seed(width=WIDTH)

    def test_articles_are_there_in_their_languages(self) -> None:
        counts = Counter(PartnerArticlePage.objects.live().values_list("locale__language_code", flat=True))
        assert counts == {"en": 12, "zh-hant": 4, "zh-hans": 4}

    def test_everything_else_is_in_every_language(self) -> None:
        for kind, count in ((PartnerPage, 3), (BrochureRequestPage, 2), (StandardPage, 2), (HomePage, 1)):
            for language in LANGUAGES:
                assert kind.objects.live().filter(locale__language_code=language).count() == count

    def test_translations_are_translations(self) -> None:
        chinese = [page for page in Page.objects.live().exclude(locale__language_code="en") if page.depth > 1]
        for page in chinese:
            source = page.get_translation(Locale.objects.get(language_code="en"))
            assert source.specific_class is page.specific_class
            assert page.alias_of_id is None
        article = PartnerArticlePage.objects.get(slug="living-on-the-bay", locale__language_code="zh-hans")
        source = article.get_translation(Locale.objects.get(language_code="en"))
        assert [block.id for block in article.body] == [block.id for block in source.body]
        assert {topic.locale_id for topic in article.topics.all()} == {article.locale_id}

    def test_forms_ask_for_the_consents_that_their_files_name_in_every_language(self) -> None:
        for brochure in DEMO.brochures:
            forms = BrochureRequestPage.objects.filter(slug__startswith=brochure.slug)
            assert {form.locale.language_code for form in forms} == set(brochure.texts)
            for form in forms:
                assert {str(purpose) for purpose in form.switched_on()} == set(brochure.consents)
                # What an editor could not save, the demo must not show.
                form.full_clean()

    def test_every_page_answers_in_its_own_words(self) -> None:
        pages = Page.objects.live().filter(depth__gt=1).specific()
        assert pages.count() == 4 * 3 + 20 + 9 + 6 + 3 * 2
        for page in pages:
            response = self.client.get(page.get_url(), headers={"host": "localhost"})
            assert response.status_code == 200, page.get_url()
            assert str(page.title) in response.content.decode() or isinstance(page, HomePage)

    def test_home_leads_with_the_newest_article(self) -> None:
        home = HomePage.objects.get(locale__language_code="en")
        context = self.client.get(home.get_url(), headers={"host": "localhost"}).context
        assert context["lead"].slug == DEMO.articles[-1].slug
        labels = {article.disclosure for article in context["latest"]}
        assert len(labels) == 3

    def test_every_page_and_every_block_is_what_an_editor_could_save(self) -> None:
        for page in (*PartnerArticlePage.objects.all(), *StandardPage.objects.all()):
            page.full_clean()
            page.body.stream_block.clean(page.body)

    def test_pages_have_a_history_and_are_published_from_it(self) -> None:
        for page in Page.objects.live().filter(depth__gt=1):
            assert page.live_revision_id is not None
            assert not page.has_unpublished_changes
            assert page.latest_revision_id == page.live_revision_id
        assert Revision.objects.count() >= Page.objects.filter(depth__gt=1).count()

    def test_articles_are_dated_as_they_say(self) -> None:
        for page in PartnerArticlePage.objects.all():
            assert page.first_published_at is not None
            assert page.first_published_at.date() == page.publication_date

    def test_every_article_says_what_its_pictures_show(self) -> None:
        for page in PartnerArticlePage.objects.all():
            assert page.hero_image is not None
            assert page.hero_alt or page.hero_decorative
            figures = [block.value["image"] for block in page.body if block.block_type == "image"]
            assert all(figure.contextual_alt_text or figure.decorative for figure in figures)
        assert all(image.description for image in get_image_model().objects.all())

    def test_a_call_to_action_opens_the_form_of_its_own_language(self) -> None:
        for page in PartnerArticlePage.objects.all():
            for block in page.body:
                if block.block_type == "call_to_action":
                    assert block.value["offer"].locale_id == page.locale_id

    def test_brochures_have_a_file_for_each_edition(self) -> None:
        editions = {
            brochure.title: {file.language: file.page_count for file in brochure.files.all()}
            for brochure in Brochure.objects.all()
        }
        assert sorted(editions.values(), key=len) == [{"en": 5}, {"en": 6, "zh-hant": 6, "zh-hans": 6}]
        assert all(brochure.cover is not None for brochure in Brochure.objects.all())

    def test_the_footer_leads_to_the_privacy_notice(self) -> None:
        details = SiteDetails.for_site(Site.objects.get(is_default_site=True))
        assert details.privacy_page is not None
        assert details.privacy_page.slug == "privacy"
        assert details.contact_email.endswith(".example")

    def test_seeding_again_changes_nothing(self) -> None:
        before = (files(), Revision.objects.count(), Page.objects.count(), get_image_model().objects.count())
        with CaptureQueriesContext(_connection()) as queries:
            assert command() == "The demo is already there.\n"
        assert all(query["sql"].lstrip().upper().startswith("SELECT") for query in queries)
        assert (files(), Revision.objects.count(), Page.objects.count(), get_image_model().objects.count()) == before

    def test_one_partner_left_is_enough_of_a_sign(self) -> None:
        PartnerArticlePage.objects.get(slug=DEMO.articles[0].slug).delete()
        assert command() == "The demo is already there.\n"
        assert not PartnerArticlePage.objects.filter(slug=DEMO.articles[0].slug).exists()


def _connection() -> Any:
    from django.db import connection

    return connection


@pytest.mark.django_db
def test_the_command_loads_the_demo_and_keeps_what_editors_wrote() -> None:
    index = PartnerIndexPage.objects.get(locale__language_code="en")
    index.introduction = "Words of an editor."
    index.save()
    home = HomePage.objects.get(locale__language_code="en")
    home.add_child(instance=StandardPage(title="Our own notice", slug="privacy"))
    assert command() == "The demo is loaded.\n"
    index.refresh_from_db()
    assert index.introduction == "Words of an editor."
    assert [page.title for page in StandardPage.objects.filter(slug="privacy")] == ["Our own notice"]


@pytest.mark.django_db
def test_a_run_that_fails_leaves_neither_rows_nor_files() -> None:
    before = (files(), Page.objects.count(), get_image_model().objects.count(), Brochure.objects.count())
    with (
        patch.object(seeding._Seeding, "add_article", side_effect=RuntimeError("the disk is full")),
        pytest.raises(RuntimeError),
    ):
        seed(width=WIDTH)
    assert (files(), Page.objects.count(), get_image_model().objects.count(), Brochure.objects.count()) == before


@pytest.mark.django_db
def test_a_content_file_that_cannot_be_used_is_one_clear_line() -> None:
    with (
        patch.object(seeding, "read_demo", side_effect=ContentError("x.toml: 'title' is missing or empty")),
        pytest.raises(CommandError, match=r"^x\.toml: 'title' is missing or empty$"),
    ):
        command()


def test_a_width_that_no_picture_can_have_is_refused() -> None:
    with pytest.raises(CommandError, match="at least 96"):
        call_command("seed_demo", width=10)
