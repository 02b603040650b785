"""Ways past the label that once stood open, and editors who were refused without a word."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page, PageLogEntry
from wagtail_localize.models import Translation, TranslationSource

from partners.articles import scheduled
from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
from partners.articles.publishing import NotPublishable
from partners.articles.refusing import RefusedPublicationMiddleware
from tests import builders

pytestmark = pytest.mark.django_db

CHINESE = "zh-hant"


def entries(article):
    return list(
        PageLogEntry.objects.filter(page=article.pk, action__startswith="partners.").values_list("action", flat=True)
    )


def stored(article):
    return PartnerArticlePage.objects.get(pk=article.pk)


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


def translation_of(article):
    """Translate `article` as its editor does, into a draft."""
    source, _ = TranslationSource.get_or_create_from_instance(article)[:2]
    translation = Translation.objects.create(
        source=source, target_locale=Locale.objects.get(language_code=CHINESE), enabled=True
    )
    translation.save_target(publish=False)
    return translation


# The label is changed past the editor


def test_label_written_alone_has_its_date():
    article = builders.article(first_published_at=timezone.now())
    article.disclosure = "unpaid_contribution"
    article.save(update_fields=["disclosure"])
    assert stored(article).label_changed_at is not None
    assert len(entries(article)) == 1


def test_label_of_an_article_that_was_made_live_without_publishing_counts():
    article = builders.article(disclosure="partner_controlled")
    assert article.first_published_at is None
    article.disclosure = "unpaid_contribution"
    article.save()
    assert stored(article).label_changed_at is not None
    assert entries(article) == ["partners.label.change"]


def test_article_that_was_made_live_without_publishing_has_its_move_written_down():
    article = builders.article()
    article.move(builders.partner("Other"), pos="last-child")
    assert stored(article).label_changed_at is not None
    assert entries(article) == ["partners.sponsor.change"]


def test_unknown_kind_is_refused_in_words():
    article = builders.article(live=False)
    article.disclosure = "advertorial"
    with pytest.raises(NotPublishable, match="Say whether"):
        article.save_revision(clean=False).publish()


# The sponsor loses what readers must see


@pytest.mark.parametrize("name", ["", " ", "\t\n", "\u00a0\u3000"])
def test_sponsor_of_a_live_article_keeps_a_name(name):
    article = builders.article()

    def rename():
        Page.objects.filter(pk=article.sponsor.pk).update(title=name)
        connection.check_constraints()

    with pytest.raises(IntegrityError, match="name"), transaction.atomic():
        rename()


@pytest.mark.parametrize("way", ["bulk action", "revision"])
def test_partner_without_a_logo_is_refused_in_words(admin_client, way):
    partner = builders.partner("Bare", live=False, logo=None)
    partner.save_revision(clean=False)
    if way == "revision":
        with pytest.raises(NotPublishable, match="logo"):
            partner.latest_revision.publish()
    else:
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        response = admin_client.post(f"{url}?id={partner.pk}", {"include_descendants": ""}, follow=True)
        assert "“Bare” is not published. The partner “Bare” needs a name and a logo" in told(response)
    assert not Page.objects.get(pk=partner.pk).live


def test_draft_of_a_live_partner_without_a_logo_is_not_published():
    partner = builders.article().sponsor
    partner.logo = None
    with pytest.raises(NotPublishable):
        partner.save_revision(clean=False).publish()
    assert PartnerPage.objects.get(pk=partner.pk).logo_id is not None


def test_refusal_of_the_database_is_told_in_words(rf):
    article = builders.article()

    def take_logo_away():
        PartnerPage.objects.filter(pk=article.sponsor.pk).update(logo=None)
        connection.check_constraints()

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        take_logo_away()
    request = rf.post(reverse("wagtailadmin_home"), headers={"accept": "application/json"})
    middleware = RefusedPublicationMiddleware(lambda request: None)
    response = middleware.process_exception(request, refused.value)
    assert response.status_code == 400
    assert "needs its kind, words for its picture" in response.content.decode()
    assert middleware.process_exception(request, IntegrityError("another")) is None


# Copies and aliases


@pytest.mark.parametrize("keep_live", [True, False])
def test_copy_does_not_say_that_its_label_was_changed(keep_live):
    article = builders.article(first_published_at=timezone.now())
    PartnerArticlePage.objects.filter(pk=article.pk).update(label_changed_at=timezone.now())
    stored(article).save_revision().publish()
    assert stored(article).label_changed_at is not None
    copied = stored(article).copy(keep_live=keep_live, update_attrs={"slug": "copied"})
    copied.get_latest_revision().publish()
    assert stored(copied).label_changed_at is None
    assert entries(copied) == []


@pytest.mark.parametrize("live", [True, False])
def test_alias_in_its_own_language_never_comes_about(live):
    article, other = builders.article(live=live), builders.partner("Other")
    with pytest.raises(NotPublishable, match="alias"), transaction.atomic():
        article.create_alias(parent=other, update_slug="alias")
    # A draft that had one could not be published: its alias would be refused, with it.
    stored(article).save_revision().publish()
    assert stored(article).live


def test_a_copy_that_is_refused_leaves_nothing_of_it(admin_client):
    partner = builders.article().sponsor
    before = Page.objects.count()
    body = {"new_title": "Again", "new_slug": "again", "new_parent_page": partner.get_parent().pk}
    url = reverse("wagtailadmin_pages:copy", args=[partner.pk])
    # The partner's page can be an alias, its article cannot: Wagtail makes one after the other.
    response = admin_client.post(url, {**body, "copy_subpages": "on", "alias": "on"}, follow=True)
    assert "cannot be an alias in its own language" in told(response)
    assert Page.objects.count() == before
    response = admin_client.post(url, {**body, "copy_subpages": "on", "publish_copies": "on"}, follow=True)
    assert "copied" in told(response)
    assert Page.objects.count() == before + 2
    # What Wagtail itself refuses is shown as ever, with what was typed.
    response = admin_client.post(url, {**body, "copy_subpages": "on"})
    assert "already in use" in str(response.context["form"].errors["new_slug"])


def test_alias_follows_the_label_and_says_when():
    there = builders.partner("潮木", language=CHINESE)
    article = builders.article(live=False)
    alias = article.create_alias(parent=there, update_locale=Locale.objects.get(language_code=CHINESE))
    article.save_revision().publish()
    assert stored(alias).live
    assert stored(alias).label_changed_at is None
    changed = stored(article)
    changed.disclosure = "unpaid_contribution"
    changed.save_revision().publish()
    assert stored(alias).disclosure == "unpaid_contribution"
    assert stored(alias).label_changed_at is not None
    assert entries(alias) == ["partners.label.change"]


def test_article_whose_alias_could_not_go_live_is_not_published_by_half(admin_client):
    from tests.partners.articles.test_article_page import form_data

    there = builders.partner("潮木", language=CHINESE)
    article = builders.article(live=False)
    article.create_alias(parent=there, update_locale=Locale.objects.get(language_code=CHINESE))
    PartnerPage.objects.filter(pk=there.pk).update(logo=None)
    response = admin_client.post(
        reverse("wagtailadmin_pages:edit", args=[article.pk]),
        form_data(title="New words", slug=article.slug, **{"action-publish": "1"}),
    )
    assert "The partner “潮木” needs a name and a logo" in str(response.context["form"].non_field_errors())
    assert not stored(article).live


def test_alias_goes_live_with_its_original_and_not_before():
    article = builders.article(live=False)
    there = article.sponsor.copy_for_translation(Locale.objects.get(language_code=CHINESE))
    there.get_latest_revision().publish()
    alias = article.copy_for_translation(there.locale, alias=True)
    draft = stored(article)
    draft.go_live_at = timezone.now() + timedelta(hours=1)
    draft.save_revision().publish()
    assert [stored(page).live for page in (article, alias)] == [False, False]
    draft.go_live_at = None
    draft.save_revision().publish()
    assert [stored(page).live for page in (article, alias)] == [True, True]


# Translations


def test_translation_that_is_refused_says_what_is_missing(admin_client, django_capture_on_commit_callbacks):
    builders.partner(language=CHINESE)
    article = builders.article(live=False, disclosure="")
    target = translation_of(article).get_target_instance()
    url = reverse("wagtailadmin_pages:edit", args=[target.pk])
    # wagtail-localize publishes when its own transaction is over, and catches what comes of it.
    with patch("wagtail_localize.models.transaction.on_commit", lambda act: act()):
        response = admin_client.post(url, {"action": "publish"}, follow=True)
    assert "is not published. Say whether the article was paid for" in told(response)
    assert f'href="{url}"' in told(response)
    assert not Page.objects.get(pk=target.pk).live


def test_reason_of_a_refused_schedule_is_a_sentence():
    article = builders.article(live=False, go_live_at=timezone.now() + timedelta(hours=1))
    revision = article.save_revision()
    revision.publish()
    PartnerPage.objects.filter(pk=article.sponsor.pk).update(logo=None)
    past = timezone.now() - timedelta(minutes=1)
    revision.refresh_from_db()
    revision.approved_go_live_at = past
    revision.content["go_live_at"] = past.isoformat()
    revision.save()
    scheduled.publish_scheduled(timestamp=0)
    [entry] = PageLogEntry.objects.filter(page=article.pk, action=scheduled.REFUSED)
    assert entry.data["reason"].startswith("The partner “")
