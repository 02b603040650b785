"""partners/articles/in_step.py: whatever drafts say, readers are told the same in every language, and the stricter."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, PageLogEntry

from partners.articles import scheduled
from partners.articles.article_page import PartnerArticlePage
from partners.articles.publishing import NotPublishable
from tests import builders
from tests.partners.articles.test_article_page import form_data

pytestmark = pytest.mark.django_db

UNPAID, OURS, PAID = "unpaid_contribution", "paid_by_partner", "partner_controlled"


def stored(article):
    return PartnerArticlePage.objects.get(pk=article.pk)


def locale(code):
    return Locale.objects.get(language_code=code)


@pytest.fixture(scope="module")
def kept_draft(rows_kept):
    """A draft that is said to be unpaid, below a partner that stands in Chinese as well."""
    made = builders.article(disclosure=UNPAID, live=False)
    made.save_revision()
    made.sponsor.copy_for_translation(locale("zh-hant")).get_latest_revision().publish()
    return stored(made)


@pytest.fixture
def english(db, kept_draft):
    return deepcopy(kept_draft)


@pytest.fixture
def chinese(english):
    return english.copy_for_translation(locale("zh-hant"))


def send(client, article, action="", **changes):
    """Save the article's form as an editor does, with what the form holds when it is opened now or was before."""
    article = stored(article)
    told = {"title": article.title, "slug": article.slug, **changes, **({action: "1"} if action else {})}
    url = reverse("wagtailadmin_pages:edit", args=[article.pk])
    return client.post(url, form_data(**told))


def opened(article):
    """Return what the editing form says of the version that it shows."""
    newest = stored(article).latest_revision
    return {"loaded_revision_id": str(newest.pk), "loaded_revision_created_at": newest.created_at.isoformat()}


def live_kinds(article):
    family = PartnerArticlePage.objects.filter(translation_key=article.translation_key, live=True)
    return set(family.values_list("disclosure", flat=True))


# Two drafts disagree before either is published


def test_a_draft_that_is_milder_than_what_was_published_meanwhile_is_refused_and_says_why(
    admin_client, english, chinese
):
    send(admin_client, english, disclosure=PAID)
    send(admin_client, chinese, disclosure=OURS)
    assert send(admin_client, english, "action-publish", disclosure=PAID).status_code == 302
    refused = send(admin_client, chinese, "action-publish", disclosure=OURS)
    (sentence,) = refused.context["form"].errors["disclosure"]
    assert "“Paid, and controlled by the partner” in another language (English)" in sentence
    assert live_kinds(english) == {PAID}
    assert not stored(chinese).live
    # As the message says.
    assert send(admin_client, chinese, "action-publish", disclosure=PAID).status_code == 302
    assert live_kinds(english) == {PAID}
    assert stored(chinese).live


def test_a_refused_kind_is_published_once_the_other_language_says_it(admin_client, english, chinese):
    send(admin_client, english, disclosure=PAID)
    send(admin_client, chinese, disclosure=OURS)
    send(admin_client, english, "action-publish", disclosure=PAID)
    send(admin_client, english, "action-publish", disclosure=OURS)
    assert send(admin_client, chinese, "action-publish", disclosure=OURS).status_code == 302
    assert live_kinds(english) == {OURS}
    assert stored(chinese).live


def test_a_draft_that_is_stricter_than_what_was_published_meanwhile_counts_in_all_languages(
    admin_client, english, chinese, client
):
    send(admin_client, english, disclosure=OURS)
    send(admin_client, chinese, disclosure=PAID)
    send(admin_client, english, "action-publish", disclosure=OURS)
    assert send(admin_client, chinese, "action-publish", disclosure=PAID).status_code == 302
    assert live_kinds(english) == {PAID}
    assert stored(chinese).live
    assert PageLogEntry.objects.filter(page=english.pk, action="partners.label.change").count() == 1


def test_drafts_that_disagree_with_what_is_live_in_a_third_language_end_in_step(admin_client, english, chinese):
    english.sponsor.copy_for_translation(locale("zh-hans")).get_latest_revision().publish()
    third = english.copy_for_translation(locale("zh-hans"))
    stored(third).get_latest_revision().publish()
    send(admin_client, english, disclosure=OURS)
    send(admin_client, chinese, disclosure=PAID)
    for article, kind in ((english, OURS), (chinese, PAID)):
        assert send(admin_client, article, "action-publish", disclosure=kind).status_code == 302
    assert live_kinds(english) == {PAID}
    assert PartnerArticlePage.objects.filter(translation_key=english.translation_key, live=True).count() == 3


def due(article):
    """Let the scheduled version of the article be due."""
    past = timezone.now() - timedelta(minutes=1)
    revision = stored(article).revisions.get(approved_go_live_at__isnull=False)
    revision.approved_go_live_at = past
    revision.content = {**revision.content, "go_live_at": past.isoformat()}
    revision.save()


def test_a_milder_draft_that_was_scheduled_is_refused_in_its_history(admin_client, english, chinese):
    send(admin_client, chinese, disclosure=OURS)
    draft = stored(chinese).get_latest_revision_as_object()
    draft.go_live_at = timezone.now() + timedelta(hours=1)
    draft.save_revision().publish()
    send(admin_client, english, disclosure=PAID)
    send(admin_client, english, "action-publish", disclosure=PAID)
    due(chinese)
    scheduled.publish_scheduled(0)
    assert live_kinds(english) == {PAID}
    assert not stored(chinese).live
    (entry,) = PageLogEntry.objects.filter(page=chinese.pk, action=scheduled.REFUSED)
    assert "Disclosure: It was published as “Paid, and controlled by the partner”" in entry.data["reason"]
    # Whoever schedules it again is told at once.
    with pytest.raises(NotPublishable, match="Choose the same here"):
        draft.save_revision().publish()


def test_a_stricter_draft_that_was_scheduled_counts_in_all_languages(admin_client, english, chinese):
    send(admin_client, chinese, disclosure=PAID)
    draft = stored(chinese).get_latest_revision_as_object()
    draft.go_live_at = timezone.now() + timedelta(hours=1)
    draft.save_revision().publish()
    send(admin_client, english, "action-publish", disclosure=OURS)
    due(chinese)
    scheduled.publish_scheduled(0)
    assert stored(chinese).live
    assert live_kinds(english) == {PAID}


def test_campaigns_that_drafts_have_chosen_otherwise_end_in_step(admin_client, english, chinese):
    first, second = (builders.campaign(english.sponsor, name=name) for name in ("First", "Second"))
    send(admin_client, english, partner_campaign=first.pk)
    send(admin_client, chinese, partner_campaign=second.pk)
    for article, campaign in ((english, first), (chinese, second)):
        assert send(admin_client, article, "action-publish", partner_campaign=campaign.pk).status_code == 302
    family = PartnerArticlePage.objects.filter(translation_key=english.translation_key, live=True)
    assert [article.partner_campaign for article in family] == [second, second]


# What was opened, or made, before


@pytest.mark.parametrize("is_live", [True, False])
def test_a_form_that_was_opened_before_takes_no_label_back(admin_client, english, chinese, is_live):
    if is_live:
        stored(chinese).get_latest_revision().publish()
    before = opened(chinese)
    send(admin_client, english, "action-publish", disclosure=PAID)
    assert stored(chinese).disclosure == PAID
    refused = send(admin_client, chinese, "action-publish", disclosure=UNPAID, **before)
    (sentence,) = refused.context["form"].errors["disclosure"]
    assert "this is “Paid, and controlled by the partner” by now" in sentence
    assert live_kinds(english) == {PAID}
    # Whoever has seen it may correct it.
    assert send(admin_client, chinese, "action-publish", disclosure=UNPAID, **opened(chinese)).status_code == 302
    assert live_kinds(english) == {UNPAID}


def test_a_form_that_was_opened_before_takes_no_campaign_back(admin_client, english, chinese):
    campaign = builders.campaign(english.sponsor, name="First")
    before = opened(chinese)
    send(admin_client, english, "action-publish", disclosure=UNPAID, partner_campaign=campaign.pk)
    refused = send(admin_client, chinese, "action-publish", disclosure=UNPAID, partner_campaign="", **before)
    assert "this is “First" in refused.context["form"].errors["partner_campaign"][0]
    assert stored(english).partner_campaign == campaign


def test_a_form_that_nobody_overtook_is_saved(admin_client, english):
    before = opened(english)
    assert send(admin_client, english, "action-publish", disclosure=PAID, **before).status_code == 302
    assert live_kinds(english) == {PAID}


@pytest.mark.parametrize("is_written_over", [False, True])
def test_a_form_that_has_saved_itself_meanwhile_is_saved(admin_client, admin_user, english, is_written_over):
    """The answer to what it saved has not come when the button is pressed."""
    before, first = opened(english), stored(english).latest_revision
    first.user = admin_user
    first.save()
    page = first.as_object()
    page.save_revision(user=admin_user, overwrite_revision=first if is_written_over else None)
    assert opened(english) != before
    assert send(admin_client, english, "action-publish", disclosure=PAID, **before).status_code == 302
    assert live_kinds(english) == {PAID}


@pytest.mark.parametrize("way", ["publish", "revert"])
def test_an_older_version_brings_no_milder_kind_back(admin_client, english, way):
    stored(english).get_latest_revision().publish()
    old = stored(english).latest_revision
    send(admin_client, english, "action-publish", disclosure=PAID)
    if way == "publish":
        old.publish()
    else:
        url = reverse("wagtailadmin_pages:revisions_revert", args=[english.pk, old.pk])
        form = admin_client.get(url).context["form"]
        assert form["disclosure"].value() == PAID
    assert live_kinds(english) == {PAID}


def test_a_kind_can_still_be_corrected_to_a_milder_one(admin_client, english, chinese):
    for article in (english, chinese):
        send(admin_client, article, "action-publish", disclosure=PAID)
    for kind in (OURS, UNPAID, PAID, UNPAID):
        send(admin_client, english, "action-publish", disclosure=kind)
        assert live_kinds(english) == {kind}
