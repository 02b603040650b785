"""What translations that are kept in step with their source bring to readers, and who may bring it there."""

from datetime import timedelta
from importlib import import_module
from unittest.mock import patch

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, Locale, Page
from wagtail_localize.models import OverridableSegment, SegmentOverride, Translation
from wagtail_localize.segments import OverridableSegmentValue

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
from partners.articles.topics import Topic
from tests import builders
from tests.partners.articles.test_article_page import form_data

pytestmark = pytest.mark.django_db

UNPAID, PAID = "unpaid_contribution", "partner_controlled"


def stored(article):
    return PartnerArticlePage.objects.get(pk=article.pk)


def locale(code):
    return Locale.objects.get(language_code=code)


def edit(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


@pytest.fixture(autouse=True)
def committed_at_once():
    # wagtail-localize publishes when its own transaction is over.
    with patch("wagtail_localize.models.transaction.on_commit", lambda act: act()):
        yield


@pytest.fixture
def english(db):
    made = builders.article(disclosure=PAID, live=False)
    made.save_revision().publish()
    for code in ("zh-hant", "zh-hans"):
        made.sponsor.copy_for_translation(locale(code)).get_latest_revision().publish()
    return stored(made)


def translated(client, article, code="zh-hant"):
    """Translate `article` as its editor does, into a draft that follows it."""
    body = {"locales": [locale(code).pk]}
    client.post(reverse("wagtail_localize:submit_page_translation", args=[article.pk]), body)
    return PartnerArticlePage.objects.get(translation_key=article.translation_key, locale=locale(code))


def translation_of(page):
    return Translation.objects.get(source__object_id=page.translation_key, target_locale=page.locale)


def synchronise(client, page, **body):
    url = reverse("wagtail_localize:update_translations", args=[translation_of(page).source_id])
    return client.post(url, body, follow=True)


def publish(client, page):
    return client.post(edit(page), {"action": "publish"}, follow=True)


@pytest.fixture
def editor(client, django_user_model):
    """A browser whose user may translate, and write drafts, but not publish."""
    user = django_user_model.objects.create_user("editor", password="a-long-password")
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)
    return client


# What a translation says of who paid, and of its campaign


def make_milder_in_a_draft(article):
    stored(article).unpublish()
    draft = stored(article)
    draft.disclosure = UNPAID
    draft.save()
    draft.save_revision()


def test_a_kind_of_a_draft_reaches_no_reader_of_a_translation(admin_client, english):
    chinese = translated(admin_client, english)
    publish(admin_client, chinese)
    make_milder_in_a_draft(english)
    synchronise(admin_client, chinese, publish_translations="on")
    publish(admin_client, chinese)
    assert stored(chinese).live
    assert stored(chinese).disclosure == PAID
    # Its own publication is what tells it.
    stored(english).get_latest_revision().publish()
    assert stored(chinese).disclosure == UNPAID


def test_a_language_that_is_translated_from_a_draft_says_what_readers_are_told(admin_client, english):
    chinese = translated(admin_client, english)
    publish(admin_client, chinese)
    make_milder_in_a_draft(english)
    synchronise(admin_client, chinese)
    third = translated(admin_client, english, "zh-hans")
    publish(admin_client, third)
    assert stored(third).live
    assert {stored(page).disclosure for page in (chinese, third)} == {PAID}
    stored(english).get_latest_revision().publish()
    assert {stored(page).disclosure for page in (chinese, third)} == {UNPAID}


def test_a_campaign_that_a_translator_has_chosen_does_not_come_back(admin_client, english):
    first, second = (builders.campaign(english.sponsor, name=name) for name in ("First", "Second"))
    draft = stored(english)
    draft.partner_campaign = first
    draft.save_revision().publish()
    chinese = translated(admin_client, english)
    assert not OverridableSegment.objects.filter(context__path="partner_campaign").exists()
    publish(admin_client, chinese)
    draft = stored(english)
    draft.partner_campaign = second
    draft.save_revision().publish()
    publish(admin_client, chinese)
    assert {stored(page).partner_campaign for page in (english, chinese)} == {second}


def test_topics_follow_their_source(admin_client, english):
    chinese = translated(admin_client, english)
    draft = stored(english)
    draft.topics = [Topic.objects.create(name="Ports", slug="ports", locale=english.locale)]
    draft.save_revision().publish()
    synchronise(admin_client, chinese, publish_translations="on")
    assert [topic.name for topic in stored(chinese).topics.all()] == ["Ports"]


# Who may publish


def test_whoever_may_not_publish_does_not_do_it_by_synchronising(admin_client, editor, english):
    chinese = translated(admin_client, english)
    response = synchronise(editor, chinese, publish_translations="on")
    assert "You may not publish “A port that drives itself” (繁體中文)" in told(response)
    assert not stored(chinese).live
    assert "Successfully updated" in told(synchronise(editor, chinese))
    assert not stored(chinese).live
    assert "Successfully updated" in told(synchronise(admin_client, chinese, publish_translations="on"))
    assert stored(chinese).live


def test_whoever_may_not_publish_makes_no_translation_an_alias(admin_client, editor, english):
    chinese = translated(admin_client, english)
    url = reverse("wagtail_localize:convert_to_alias", args=[chinese.pk])
    editor.post(url)
    assert (stored(chinese).live, stored(chinese).alias_of_id) == (False, None)
    admin_client.post(url)
    assert (stored(chinese).live, stored(chinese).alias_of_id) == (True, english.pk)


def test_a_translation_that_is_locked_is_not_published(admin_client, admin_user, english, django_user_model):
    chinese = translated(admin_client, english)
    other = django_user_model.objects.create_user("other", password="a-long-password")
    Page.objects.filter(pk=chinese.pk).update(locked=True, locked_by=other, locked_at=timezone.now())
    assert "locked" in told(publish(admin_client, chinese))
    assert "You may not publish" in told(synchronise(admin_client, chinese, publish_translations="on"))
    assert not stored(chinese).live


def test_whoever_may_not_edit_a_page_does_not_translate_it(admin_client, client, django_user_model, english):
    chinese = translated(admin_client, english)
    group = Group.objects.create(name="Another partner's")
    for right in ("access_admin", "submit_translation"):
        group.permissions.add(Permission.objects.get(codename=right))
    other = builders.partner("Other")
    right = Permission.objects.get(codename="change_page")
    GroupPagePermission.objects.create(group=group, page=other, permission=right)
    user = django_user_model.objects.create_user("guest", password="a-long-password")
    user.groups.add(group)
    client.force_login(user)
    submit = reverse("wagtail_localize:submit_page_translation", args=[english.pk])
    client.post(submit, {"locales": [locale("zh-hans").pk]})
    assert not PartnerArticlePage.objects.filter(locale=locale("zh-hans")).exists()
    assert "you do not have permission" in told(synchronise(client, chinese))
    own = reverse("wagtail_localize:submit_page_translation", args=[other.pk])
    client.post(own, {"locales": [locale("zh-hans").pk]})
    assert PartnerPage.objects.filter(translation_key=other.translation_key, locale=locale("zh-hans")).exists()


# What has changed since a form was opened


@pytest.mark.parametrize("meanwhile", ["stopped", "source deleted"])
def test_a_translation_s_form_that_is_no_longer_one_is_answered_in_words(admin_client, english, meanwhile):
    chinese = translated(admin_client, english)
    if meanwhile == "stopped":
        admin_client.post(reverse("wagtail_localize:stop_translation", args=[translation_of(chinese).pk]))
    else:
        english.delete()
    response = publish(admin_client, chinese)
    assert response.status_code == 200
    assert "is no longer synchronised" in told(response)
    assert not stored(chinese).live
    assert admin_client.post(edit(chinese), form_data(title="字", slug=chinese.slug)).status_code == 302


def test_a_translation_that_is_scheduled_becomes_no_alias(admin_client, english):
    chinese = translated(admin_client, english)
    publish(admin_client, chinese)
    draft = stored(chinese).get_latest_revision_as_object()
    draft.go_live_at = timezone.now() + timedelta(days=1)
    draft.save_revision().publish()
    url = reverse("wagtail_localize:convert_to_alias", args=[chinese.pk])
    assert "You may not publish" in told(admin_client.post(url, follow=True))
    assert stored(chinese).alias_of_id is None


def test_the_search_hears_of_a_published_translation_that_became_an_alias(admin_client, english):
    chinese = translated(admin_client, english)
    publish(admin_client, chinese)
    with patch("partners.search.jobs.job") as job:
        admin_client.post(reverse("wagtail_localize:convert_to_alias", args=[chinese.pk]))
    job.return_value.defer.assert_called_once_with(page_id=chinese.pk)


def test_a_campaign_that_was_overridden_before_the_update_is_forgotten(admin_client, english):
    campaign = builders.campaign(english.sponsor)
    draft = stored(english)
    draft.partner_campaign = campaign
    draft.save_revision().publish()
    chinese = translated(admin_client, english)
    source = translation_of(chinese).source
    segment = OverridableSegment.from_value(source, OverridableSegmentValue("partner_campaign", campaign.pk))
    SegmentOverride.objects.create(locale=chinese.locale, context=segment.context, data_json=str(campaign.pk))
    draft = stored(english)
    draft.partner_campaign = None
    draft.save_revision().publish()
    import_module("partners.migrations.0046_no_overridden_campaigns").forget_overrides(apps, None)
    publish(admin_client, chinese)
    assert {stored(page).partner_campaign for page in (english, chinese)} == {None}
