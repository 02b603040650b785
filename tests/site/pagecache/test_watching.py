"""Does everything that readers see announce its changes, and does nothing that happens all day?"""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.models import Page

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_campaign import PartnerCampaign
from partners.articles.partner_page import PartnerPage
from partners.articles.topics import Topic
from partners.brochures.staff_notice import StaffRecipient
from partners.handover.endpoint import WebhookEndpoint
from qianhai_site.pagecache.showing import recording
from qianhai_site.pagecache.store import TRANSACTION
from qianhai_site.pagecache.watching import CHANNEL, NEXT_TURN, OF_PAGES, SEEN_OF_WAGTAIL, UNSEEN, watched
from tests import builders
from tests.faults.committed import committed, emptied_again, empty_tables

__all__ = ["committed", "emptied_again", "empty_tables"]

# Wagtail's and Django's own tables that no public page reads: who may do what, drafts, history, the editor's own state.
OF_OTHERS = {
    *("auth_", "django_", "procrastinate_", "taggit_", "wagtail_localize_", "wagtailadmin_", "wagtailforms_"),
    *("wagtailsearch_", "wagtailusers_", "wagtailcore_apitoken", "wagtailcore_comment", "wagtailcore_group"),
    *(
        "wagtailcore_collectionviewrestriction_groups",
        "wagtailcore_modellogentry",
        "wagtailcore_pagelogentry",
        "wagtailcore_pagesubscription",
        "wagtailcore_revision",
    ),
    *("wagtailcore_referenceindex", "wagtailcore_task", "wagtailcore_uploadedfile", "wagtailcore_workflow"),
}


def tables() -> set[str]:
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}


def test_every_table_is_watched_or_said_to_be_unseen():
    """Whoever adds a table decides: is it read by public pages? If not, it belongs into UNSEEN."""
    left = tables() - watched().keys() - UNSEEN
    assert {table for table in left if not table.startswith(tuple(OF_OTHERS))} == set()
    assert (UNSEEN | SEEN_OF_WAGTAIL | OF_PAGES.keys()) - tables() == set()


def test_tables_of_people_and_their_mail_are_not_watched():
    busy = {"partners_submission", "partners_outgoingmessage", "partners_articlereads", "django_session"}
    assert busy & watched().keys() == set()


@pytest.mark.django_db
def test_every_watched_table_has_its_triggers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger"
            " WHERE starts_with(tgname, 'pagecache_') GROUP BY 1"
        )
        found = dict(cursor.fetchall())
    assert found.keys() == watched().keys()
    # Three of pictures, files and embedded videos: a new one is shown nowhere.
    assert {table for table, count in found.items() if count != 4} == {
        "wagtaildocs_document",
        "wagtailembeds_embed",
        "wagtailimages_image",
    }


class Ear:
    """Hears what is announced."""

    def __init__(self) -> None:
        parameters = connection.get_connection_params()
        names = ("dbname", "user", "password", "host", "port")
        self._connection: Any = psycopg.connect(**{n: parameters[n] for n in names if n in parameters}, autocommit=True)
        self._connection.execute(f"LISTEN {CHANNEL}")

    def announced(self) -> list[set[str]]:
        """Return the tags of each announcement since the last call."""
        self._connection.execute("SELECT 1")
        return [set(said.payload.split()) for said in self._connection.notifies(timeout=0)]

    def tags(self) -> set[str]:
        """Return what changes were announced of since the last call."""
        return {tag for tags in self.announced() for tag in tags if not tag.startswith(TRANSACTION)}

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def article(committed: None) -> Any:
    article = builders.article()
    yield article
    PartnerArticlePage.objects.all().delete()
    for partner in PartnerPage.objects.all():
        partner.delete()
    get_image_model().objects.all().delete()


@pytest.fixture
def ear(article: Any) -> Any:
    ear = Ear()
    ear.tags()
    yield ear
    ear.close()


def test_a_published_change_names_the_page_its_translations_and_its_lists(article, ear):
    article.title = "Another one"
    article.save_revision().publish()
    own = {f"page:{article.pk}", f"key:{article.translation_key}", f"list:{article.locale_id}"}
    assert ear.tags() == own


def test_each_announcement_names_its_transaction(article, ear):
    def transactions() -> set[str]:
        announced = ear.announced()
        assert announced
        named = [{tag for tag in tags if tag.startswith(TRANSACTION)} for tags in announced]
        assert {len(tags) for tags in named} == {1}
        return set.union(*named)

    with transaction.atomic():
        type(article).objects.filter(pk=article.pk).update(standfirst="By hand")
        Topic.objects.create(name="At the same time", slug="at-the-same-time")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
            number = cursor.fetchone()[0]
    assert transactions() == {f"{TRANSACTION}{number}"}
    Topic.objects.all().delete()
    assert transactions() != {f"{TRANSACTION}{number}"}


def test_a_draft_says_nothing(article, ear):
    article.title = "Not yet"
    article.save_revision()
    assert ear.tags() == set()


def test_the_first_draft_below_a_page_is_a_change_of_that_page(article, ear):
    partner = builders.partner("Without articles")
    ear.tags()
    draft = builders.article(parent=partner, live=False)
    assert f"page:{partner.pk}" in ear.tags()
    builders.article(parent=partner, live=False).delete()
    assert f"page:{partner.pk}" not in ear.tags()
    draft.delete()
    assert f"page:{partner.pk}" in ear.tags()


def test_what_is_rolled_back_says_nothing(article, ear):
    with transaction.atomic():
        Page.objects.filter(pk=article.pk).update(title="Never")
        transaction.set_rollback(True)
    assert ear.tags() == set()


def test_an_update_by_hand_says_the_same(article, ear):
    type(article).objects.filter(pk=article.pk).update(standfirst="By hand")
    assert f"page:{article.pk}" in ear.tags()
    type(article).objects.filter(pk=article.pk).update(standfirst="By hand")  # nothing new
    assert ear.tags() == set()


def test_what_stands_in_menus_concerns_the_site(article, ear):
    latest = builders.latest_page()
    Page.objects.filter(pk=latest.pk).update(title="The newest")
    assert "site" in ear.tags()
    Page.objects.filter(pk=latest.pk).update(title=latest.title)


def test_a_move_names_both_lists_and_a_deletion_the_page(article, ear):
    other = builders.partner("Another partner")
    ear.tags()
    article.move(other, pos="last-child")
    assert {f"page:{article.pk}", f"list:{article.locale_id}"} <= ear.tags()
    spare = builders.article(parent=other)
    ear.tags()
    gone = f"page:{spare.pk}"
    spare.delete()
    assert {gone, f"list:{article.locale_id}"} <= ear.tags()


def test_more_pages_than_an_announcement_holds_are_the_site(article, ear):
    many = [
        Page(
            title="One of many",
            slug=f"many-{number}",
            path=f"{article.path}{number:04d}",
            depth=article.depth + 1,
            url_path=f"{article.url_path}many-{number}/",
            content_type=article.content_type,
            locale=article.locale,
        )
        for number in range(150)
    ]
    Page.objects.bulk_create(many)
    assert ear.tags() == {"site"}
    rows = Page.objects.filter(path__startswith=article.path, depth=article.depth + 1)
    rows._raw_delete(rows.db)
    assert ear.tags() == {"site"}


def test_pictures_topics_and_settings_concern_the_site(article, ear):
    topic = Topic.objects.create(name="Ports", slug="ports", locale=article.locale)
    assert ear.tags() == {"site"}
    topic.delete()
    ear.tags()
    picture = article.hero_image or builders.image()
    ear.tags()
    picture.title = "Another name"
    picture.save()
    assert "site" in ear.tags()
    builders.image()
    assert "site" not in ear.tags()


def test_the_next_turn_is_the_next_end_of_a_campaign(article):
    now = timezone.now()
    campaign = builders.campaign(ends_at=now + timedelta(seconds=100))
    builders.campaign(ends_at=now + timedelta(seconds=900))
    builders.campaign(ends_at=now - timedelta(seconds=900))
    with connection.cursor() as cursor:
        cursor.execute(NEXT_TURN)
        seconds, moment = cursor.fetchone()
    assert 90 < seconds <= 100
    assert moment == campaign.ends_at
    PartnerCampaign.objects.all().delete()


def test_who_is_told_of_a_form_s_requests_is_a_change_of_that_form(article, ear):
    form = builders.request_page(article.get_parent().specific)
    ear.tags()
    recipient = StaffRecipient.objects.create(form_page=form, email="desk@example.com")
    for change in (
        lambda: StaffRecipient.objects.filter(pk=recipient.pk).update(notify="never"),
        lambda: StaffRecipient.objects.filter(pk=recipient.pk).delete(),
    ):
        assert f"page:{form.pk}" in ear.tags()
        change()
    assert f"page:{form.pk}" in ear.tags()
    brochure = form.brochure
    form.delete()
    brochure.delete()


def test_a_system_that_is_told_of_requests_concerns_the_site(article, ear):
    endpoint = WebhookEndpoint.objects.create(
        name="CRM", ground="own", form_key=article.translation_key, url="https://crm.example/"
    )
    assert ear.tags() == {"site"}
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(active=False)
    assert ear.tags() == {"site"}
    endpoint.delete()
    assert ear.tags() == {"site"}


def test_a_row_that_is_given_to_another_page_is_a_change_of_both(article, ear):
    other, rows = builders.article(parent=article.get_parent().specific), PartnerArticlePage.topics.through.objects
    rows.create(partnerarticlepage=article, topic=Topic.objects.create(name="Ports", slug="ports"))
    ear.tags()
    assert rows.update(partnerarticlepage=other) == 1
    assert {f"page:{article.pk}", f"page:{other.pk}"} <= ear.tags()
    Topic.objects.all().delete()


@pytest.mark.django_db
def test_a_page_that_was_loaded_with_some_fields_only_is_noted_as_well():
    article = builders.article()
    with recording() as showing:
        PartnerArticlePage.objects.only("title").get(pk=article.pk)
    assert f"page:{article.pk}" in showing.tags


def test_a_partner_says_that_partners_are_others_and_an_article_does_not(article, ear):
    partner = article.get_parent().specific
    partner.title = "Renamed and Sons"
    partner.save_revision().publish()
    assert "partners" in ear.tags()
    partner.unpublish()
    assert "partners" in ear.tags()
    PartnerPage.objects.filter(pk=partner.pk).update(summary="By hand")
    assert "partners" in ear.tags()
    another = builders.partner("Another partner")
    assert "partners" in ear.tags()
    another.delete()
    assert "partners" in ear.tags()
    article.unpublish()
    article.save_revision().publish()
    assert "partners" not in ear.tags()
