"""partners/articles/publishing.py: nothing goes out without its label, by any path."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page, PageLogEntry, Workflow, WorkflowPage

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
from partners.articles.publishing import NotPublishable, what_is_missing
from tests import builders

pytestmark = pytest.mark.django_db

INCOMPLETE = {
    "kind": {"disclosure": ""},
    "words for the picture": {"hero_alt": "  ", "hero_decorative": False},
}


def draft(**fields):
    """Return a draft that has a picture, complete but for `fields`."""
    return builders.article(live=False, **{"hero_image": builders.image(), "hero_alt": "A crane", **fields})


def without_logo(partner):
    """Take the logo of `partner` away, past every check."""
    PartnerPage.objects.filter(pk=partner.pk).update(logo=None)
    return partner


def is_live(page):
    return Page.objects.get(pk=page.pk).live


def checked(write):
    """Let the database check, after `write`, what it would check when the transaction is committed."""
    write()
    connection.check_constraints()


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


@pytest.mark.parametrize("lacking", INCOMPLETE)
def test_revision_is_not_published_now_nor_scheduled(lacking):
    article = draft(**INCOMPLETE[lacking])
    revision = article.save_revision(clean=False)
    with pytest.raises(NotPublishable):
        revision.publish()
    article.go_live_at = timezone.now() + timedelta(days=1)
    scheduled = article.save_revision(clean=False)
    with pytest.raises(NotPublishable):
        scheduled.publish()
    scheduled.refresh_from_db()
    assert scheduled.approved_go_live_at is None
    assert not is_live(article)


@pytest.mark.parametrize("lacking", INCOMPLETE)
@pytest.mark.parametrize("clean", [True, False])
def test_shell_cannot_save_it_live(lacking, clean):
    article = draft(**INCOMPLETE[lacking])
    article.live = True
    with pytest.raises(NotPublishable):
        article.save(clean=clean)
    assert not is_live(article)


@pytest.mark.parametrize(
    "write",
    [
        lambda article: Page.objects.filter(pk=article.pk).update(live=True),
        lambda article: PartnerArticlePage.objects.filter(pk=article.pk).update(live=True),
    ],
)
@pytest.mark.parametrize("lacking", INCOMPLETE)
def test_database_refuses_what_goes_past_the_models(lacking, write):
    article = draft(**INCOMPLETE[lacking])
    with pytest.raises(IntegrityError, match="lacks its kind"), transaction.atomic():
        checked(lambda: write(article))


def test_database_refuses_a_live_article_that_loses_its_label_or_sponsor():
    article = builders.article()
    changes = (
        lambda: PartnerArticlePage.objects.filter(pk=article.pk).update(disclosure=""),
        lambda: without_logo(article.sponsor),
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            checked(change)


def test_sponsor_needs_a_logo():
    article = draft(parent=without_logo(builders.partner()))
    assert "needs a name and a logo" in what_is_missing(article)["__all__"]
    with pytest.raises(NotPublishable):
        article.save_revision().publish()


def test_live_article_is_not_moved_below_a_partner_without_a_logo():
    article, bare = builders.article(), without_logo(builders.partner("Bare"))
    assert not article.can_move_to(bare)
    assert draft().can_move_to(bare)


def test_copy_that_would_be_live_is_refused_below_a_partner_without_a_logo():
    article, bare = builders.article(), without_logo(builders.partner("Bare"))
    with pytest.raises(NotPublishable), transaction.atomic():
        article.copy(to=bare, keep_live=True, update_attrs={"slug": "copied"})
    copied = article.copy(to=bare, keep_live=False, update_attrs={"slug": "copied"})
    assert not copied.live


def test_alias_in_its_own_language_is_refused():
    article, other = builders.article(), builders.partner("Other")
    with pytest.raises(NotPublishable, match="alias"), transaction.atomic():
        article.create_alias(parent=other, update_slug="alias")


def test_alias_in_another_language_is_labelled_by_its_own_partner():
    builders.partner(language="zh-hant")
    article = builders.article()
    there = builders.partner("潮木", language="zh-hant")
    alias = article.create_alias(parent=there, update_locale=Locale.objects.get(language_code="zh-hant"))
    assert alias.sponsor == there
    assert alias.disclosure == article.disclosure


def test_older_revision_that_lacks_its_kind_is_not_published_again():
    article = builders.article(live=False)
    article.disclosure = ""
    old = article.save_revision(clean=False)
    article.disclosure = "paid_by_partner"
    article.save_revision().publish()
    with pytest.raises(NotPublishable):
        old.publish()
    assert PartnerArticlePage.objects.get(pk=article.pk).disclosure == "paid_by_partner"


def test_bulk_action_names_what_is_missing_and_publishes_none(admin_client):
    good, bad = draft(title="Complete"), draft(title="Lacking", disclosure="")
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = admin_client.post(f"{url}?id={good.pk}&id={bad.pk}", {"include_descendants": ""}, follow=True)
    assert "“Lacking” is not published. Say whether the article was paid for" in told(response)
    assert (is_live(good), is_live(bad)) == (False, False)
    response = admin_client.post(f"{url}?id={good.pk}", follow=True)
    assert is_live(good)


def test_bulk_action_that_takes_descendants_along_is_refused_in_words(admin_client):
    bad = draft(title="Lacking", disclosure="")
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = admin_client.post(f"{url}?id={bad.get_parent().pk}", {"include_descendants": "on"}, follow=True)
    assert response.status_code == 200
    assert "“Lacking” is not published" in told(response)
    assert not is_live(bad)


# Wagtail's own mail to those who approve calls what Django will take away.
@pytest.mark.filterwarnings("ignore:get_connection")
def test_workflow_approval_is_refused_in_words(admin_client, admin_user):
    bad = draft(title="Lacking", disclosure="")
    bad.save_revision(clean=False)
    workflow = Workflow.objects.get()
    WorkflowPage.objects.get_or_create(workflow=workflow, page=Page.get_first_root_node())
    state = workflow.start(bad, admin_user)
    url = reverse("wagtailadmin_pages:workflow_action", args=[bad.pk, "approve", state.current_task_state.pk])
    response = admin_client.post(url, {"comment": ""}, follow=True)
    assert response.status_code == 200
    assert "“Lacking” is not published" in told(response)
    assert not is_live(bad)
    state.refresh_from_db()
    assert state.status == "in_progress"


def test_editor_says_it_at_the_field_and_keeps_the_draft(admin_client):
    from tests.partners.articles.test_article_page import form_data

    article = draft(disclosure="")
    url = reverse("wagtailadmin_pages:edit", args=[article.pk])
    body = form_data(disclosure="", hero_image=article.hero_image_id)
    refused = admin_client.post(url, {**body, "action-publish": "1"})
    errors = refused.context["form"].errors
    assert set(errors) == {"disclosure", "hero_alt"}
    assert admin_client.post(url, body).status_code == 302


def test_new_article_below_a_partner_without_a_logo_says_so(admin_client):
    from tests.partners.articles.test_article_page import form_data

    bare = without_logo(builders.partner("Bare"))
    url = reverse("wagtailadmin_pages:add", args=["partners", "partnerarticlepage", bare.pk])
    refused = admin_client.post(url, form_data(**{"action-publish": "1"}))
    assert "needs a name and a logo" in str(refused.context["form"].non_field_errors())


def entries(article):
    return [
        (entry.action, entry.data.get("old"), entry.data.get("new"))
        for entry in PageLogEntry.objects.filter(page=article.pk, action__startswith="partners.").order_by("pk")
    ]


def test_changed_label_has_an_entry_and_a_date_that_readers_see(client):
    article = builders.article(disclosure="partner_controlled")
    article.save_revision().publish()
    assert entries(article) == []
    assert b"Label changed on" not in client.get(article.url).content
    older = article.latest_revision
    article.disclosure = "unpaid_contribution"
    article.save_revision().publish()
    assert entries(article) == [("partners.label.change", "partner_controlled", "unpaid_contribution")]
    changed = PartnerArticlePage.objects.get(pk=article.pk).label_changed_at
    assert changed is not None
    assert b"Label changed on" in client.get(article.url).content
    # The revision knows of no change; reverting to it is one.
    older.publish()
    assert len(entries(article)) == 2
    assert PartnerArticlePage.objects.get(pk=article.pk).label_changed_at > changed


def test_label_of_a_draft_that_nobody_has_seen_changes_silently():
    article = draft(disclosure="partner_controlled")
    article.disclosure = "unpaid_contribution"
    article.save()
    article.save_revision().publish()
    assert entries(article) == []
    assert PartnerArticlePage.objects.get(pk=article.pk).label_changed_at is None


def test_change_while_unpublished_counts_once_readers_had_seen_it():
    article = builders.article(disclosure="partner_controlled")
    article.save_revision().publish()
    article.refresh_from_db()
    article.unpublish()
    article.disclosure = "unpaid_contribution"
    article.save()
    assert len(entries(article)) == 1


def test_changed_sponsor_has_an_entry_and_a_date():
    article, other = builders.article(), builders.partner("Other")
    article.save_revision().publish()
    article.refresh_from_db()
    old = article.sponsor.title
    article.move(other, pos="last-child")
    assert entries(article) == [("partners.sponsor.change", old, "Other")]
    assert PartnerArticlePage.objects.get(pk=article.pk).label_changed_at is not None


def test_refused_publication_outside_of_the_admin_is_not_hidden(rf):
    from partners.articles.refusing import RefusedPublicationMiddleware

    error = NotPublishable(draft(disclosure=""), {"disclosure": "x"})
    assert RefusedPublicationMiddleware(lambda request: None).process_exception(rf.get("/"), error) is None
