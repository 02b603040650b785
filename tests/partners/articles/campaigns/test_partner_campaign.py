"""partners/articles/partner_campaign.py, carrying_campaign.py: what a campaign may be, and whose it is."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.utils import timezone
from wagtail.models import Locale
from wagtail_localize.models import Translation, TranslationSource

from partners.articles.article_page import PartnerArticlePage
from partners.articles.publishing import NotPublishable
from tests import builders

pytestmark = pytest.mark.django_db


def test_all_languages_of_an_article_have_one_campaign(campaign):
    source = builders.article(campaign.partner)
    builders.partner("潮水", "zh-hant", translation_key=campaign.partner.translation_key)
    early = source.copy_for_translation(Locale.objects.get(language_code="zh-hant"))
    early.save_revision(clean=False)
    source.partner_campaign = campaign
    source.save_revision().publish()
    early.refresh_from_db()
    assert early.partner_campaign == campaign
    assert early.get_latest_revision_as_object().partner_campaign == campaign
    builders.partner("潮水", "zh-hans", translation_key=campaign.partner.translation_key)
    late = source.copy_for_translation(Locale.objects.get(language_code="zh-hans"))
    assert late.partner_campaign == campaign


@pytest.mark.parametrize("chosen_in", ["en", "zh-hant"])
def test_campaign_of_a_draft_counts_for_the_other_languages_when_it_is_published(campaign, chosen_in):
    source = builders.article(campaign.partner, live=False)
    builders.partner("潮水", "zh-hant", translation_key=campaign.partner.translation_key)
    other = source.copy_for_translation(Locale.objects.get(language_code="zh-hant"))
    draft, live = (source, other) if chosen_in == "en" else (other, source)
    live.save_revision().publish()
    draft = PartnerArticlePage.objects.get(pk=draft.pk)
    draft.partner_campaign = campaign
    draft.save()
    draft.save_revision()
    assert PartnerArticlePage.objects.get(pk=live.pk).partner_campaign is None
    # What is published meanwhile takes nothing from the draft.
    PartnerArticlePage.objects.get(pk=live.pk).save_revision().publish()
    PartnerArticlePage.objects.get(pk=draft.pk).get_latest_revision().publish()
    articles = PartnerArticlePage.objects.filter(translation_key=source.translation_key)
    assert [article.partner_campaign for article in articles] == [campaign, campaign]


def test_translation_that_is_made_anew_does_not_take_the_campaign_away(campaign):
    source = builders.article(campaign.partner)
    builders.partner("潮水", "zh-hant", translation_key=campaign.partner.translation_key)
    stored = TranslationSource.get_or_create_from_instance(source)[0]
    chinese = Locale.objects.get(language_code="zh-hant")
    translation = Translation.objects.create(source=stored, target_locale=chinese, enabled=True)
    translation.save_target(publish=True)
    source = PartnerArticlePage.objects.get(pk=source.pk)
    source.partner_campaign = campaign
    source.save_revision().publish()
    Translation.objects.get(pk=translation.pk).save_target(publish=True)
    articles = PartnerArticlePage.objects.filter(translation_key=source.translation_key)
    assert [article.partner_campaign for article in articles] == [campaign, campaign]
    source = PartnerArticlePage.objects.get(pk=source.pk)
    source.partner_campaign = None
    source.save_revision().publish()
    assert [article.partner_campaign for article in articles.all()] == [None, None]


def test_article_waits_for_its_campaign(partner):
    campaign = builders.campaign(
        partner, starts_at=timezone.now() + timedelta(days=3), ends_at=timezone.now() + timedelta(days=9)
    )
    draft = builders.article(partner, live=False, partner_campaign=campaign)
    with pytest.raises(NotPublishable, match="Schedule the article for then or later"):
        draft.save_revision().publish()
    draft.go_live_at = timezone.now() + timedelta(days=4)
    draft.save_revision().publish()
    draft.refresh_from_db()
    assert draft.approved_schedule
    assert not draft.live


def test_what_readers_see_can_be_mended_whenever_the_campaign_begins(article, campaign):
    campaign.starts_at = timezone.now() + timedelta(hours=3)
    campaign.save(update_fields=["starts_at"])
    article.title = "Mended"
    article.save_revision().publish()
    assert PartnerArticlePage.objects.get(pk=article.pk).title == "Mended"


@pytest.mark.parametrize(
    "address", ["//elsewhere.example/", "/\\elsewhere.example/", "https://elsewhere.example/", "elsewhere", " /x"]
)
def test_no_campaign_leads_to_another_site(campaign, address):
    campaign.redirect_address = address
    with pytest.raises(ValidationError):
        campaign.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        campaign.save()


def test_address_with_what_browsers_drop_is_refused(campaign):
    campaign.redirect_address = "/\t/elsewhere.example/"
    with pytest.raises(ValidationError):
        campaign.full_clean()


def test_end_comes_after_the_beginning(campaign):
    campaign.ends_at = campaign.starts_at
    with pytest.raises(ValidationError):
        campaign.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        campaign.save()


@pytest.mark.parametrize(("field", "year"), [("starts_at", 1), ("starts_at", 26), ("ends_at", 9999)])
def test_a_mistyped_year_is_refused(campaign, field, year):
    # In another time zone than it was typed in, such a moment is in no year that Python knows, and no list shows it.
    setattr(campaign, field, getattr(campaign, field).replace(year=year, month=1, day=1))
    with pytest.raises(ValidationError, match="Check the year") as refusal:
        campaign.full_clean()
    assert field in refusal.value.message_dict


def test_campaign_with_articles_stays_and_a_deleted_partner_takes_none_along(article, campaign, partner):
    with pytest.raises(RestrictedError):
        campaign.delete()
    partner.delete()
    campaign.refresh_from_db()
    assert campaign.partner is None
    campaign.delete()
