"""partners/articles/moving.py, and copies: what is left behind with the partner that an article had."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page, PageLogEntry
from wagtail_localize.models import Translation, TranslationSource

from partners.articles.article_page import PartnerArticlePage
from tests import builders
from tests.partners.articles.test_article_page import form_data

pytestmark = pytest.mark.django_db

CHINESE, SIMPLIFIED = "zh-hant", "zh-hans"


def stored(article):
    return PartnerArticlePage.objects.get(pk=article.pk)


def locale(code):
    return Locale.objects.get(language_code=code)


def moves(article):
    return PageLogEntry.objects.filter(page=article.pk, action="partners.sponsor.change")


@pytest.fixture(scope="module")
def kept_partners(rows_kept):
    """Two partners, each in English and in Traditional Chinese."""
    made = {name: builders.partner(name, slug=name.lower()) for name in ("Alpha", "Beta")}
    for name, of in list(made.items()):
        made[f"{name} {CHINESE}"] = builders.partner(f"{name} 港", CHINESE, translation_key=of.translation_key)
    return made


@pytest.fixture
def partners(db, kept_partners):
    return {name: type(partner).objects.get(pk=partner.pk) for name, partner in kept_partners.items()}


@pytest.fixture
def article(partners):
    """A published article of Alpha, in a campaign of Alpha."""
    draft = builders.article(partners["Alpha"], live=False, partner_campaign=builders.campaign(partners["Alpha"]))
    draft.save_revision().publish()
    return stored(draft)


# The campaign stays with the partner that has booked it


@pytest.mark.parametrize("live", [True, False])
def test_article_that_is_moved_while_another_request_saves_it_stays_where_it_was_moved(live):
    article, other = builders.article(live=False), builders.partner("Other")
    PartnerArticlePage.objects.filter(pk=article.pk).update(partner_campaign=builders.campaign(article.sponsor))
    if live:
        stored(article).save_revision().publish()
    loaded_before = stored(article)
    assert loaded_before.sponsor == article.sponsor
    stored(article).move(other, pos="last-child")
    loaded_before.title = "New words"
    loaded_before.save()
    saved = stored(article)
    assert (saved.title, saved.sponsor, saved.partner_campaign) == ("New words", other, None)
    assert saved.url_path == f"{other.url_path}{article.slug}/"
    assert not any(Page.find_problems())


def test_moved_article_leaves_the_campaign_and_says_so(article, partners):
    article.move(partners["Beta"], pos="last-child")
    moved = stored(article)
    assert moved.partner_campaign is None
    assert moved.get_latest_revision_as_object().partner_campaign is None
    [entry] = moves(article)
    assert entry.message == "Sponsor changed from ‘Alpha’ to ‘Beta’. It left the campaign “Autumn at the quay”."


def test_scheduled_version_of_a_moved_article_does_not_bring_the_campaign_back(article, partners):
    article.go_live_at = timezone.now() + timedelta(days=1)
    revision = article.save_revision()
    revision.publish()
    stored(article).move(partners["Beta"], pos="last-child")
    revision.refresh_from_db()
    assert revision.as_object().partner_campaign is None


def test_translation_of_a_moved_article_that_is_made_anew_does_not_bring_the_campaign_back(article, partners):
    source = TranslationSource.get_or_create_from_instance(article)[0]
    article.move(partners["Beta"], pos="last-child")
    translation = Translation.objects.create(source=source, target_locale=locale(CHINESE), enabled=True)
    translation.save_target(publish=True)
    source.refresh_from_db()
    assert source.as_instance().partner_campaign is None


@pytest.mark.parametrize("keep_live", [True, False])
def test_copy_below_another_partner_is_in_no_campaign(article, partners, keep_live):
    copied = article.copy(to=partners["Beta"], keep_live=keep_live)
    assert stored(copied).partner_campaign is None
    for revision in copied.revisions.all():
        assert revision.as_object().partner_campaign is None
    stored(copied).get_latest_revision().publish()
    assert stored(copied).partner_campaign is None
    assert stored(article).partner_campaign is not None


def test_copy_below_the_same_partner_stays_in_the_campaign(article):
    copied = article.copy(update_attrs={"slug": "copied"})
    assert stored(copied).partner_campaign == article.partner_campaign
    assert copied.get_latest_revision_as_object().partner_campaign == article.partner_campaign


@pytest.mark.parametrize("act", [{}, {"action-publish": "1"}])
def test_another_partners_campaign_is_refused_in_the_editor(partners, admin_client, act):
    draft = builders.article(partners["Beta"], live=False)
    others = builders.campaign(partners["Alpha"])
    data = form_data(slug=draft.slug, partner_campaign=others.pk, **act)
    response = admin_client.post(reverse("wagtailadmin_pages:edit", args=[draft.pk]), data)
    assert response.context["form"].errors["partner_campaign"] == ["This is a campaign of another partner, “Alpha”."]
    assert stored(draft).partner_campaign is None


def test_campaign_does_not_reach_a_translation_below_another_partner(article, partners):
    elsewhere = builders.article(
        partners[f"Beta {CHINESE}"], translation_key=article.translation_key, partner_campaign=None
    )
    changed = stored(article)
    changed.partner_campaign = builders.campaign(partners["Alpha"], name="Winter")
    changed.save_revision().publish()
    assert stored(elsewhere).partner_campaign is None


# The sponsor is the same in every language


@pytest.fixture
def translation(article):
    """Its published translation, with unfinished work."""
    made = article.copy_for_translation(locale(CHINESE))
    made.get_latest_revision().publish()
    made = stored(made)
    made.title = "未完成"
    made.save_revision()
    return made


@pytest.fixture
def alias(article):
    """Its alias in a language in which the second partner has no page."""
    article.sponsor.copy_for_translation(locale(SIMPLIFIED)).get_latest_revision().publish()
    return article.copy_for_translation(locale(SIMPLIFIED), alias=True)


def told(response):
    return [str(message) for message in response.context["messages"]]


def test_translations_go_along_to_the_new_partner(article, translation, partners, client):
    old = stored(translation).url
    article.move(partners["Beta"], pos="last-child")
    moved = stored(translation)
    assert moved.sponsor.title == "Beta 港"
    assert moved.live
    assert moved.partner_campaign is None
    assert moved.label_changed_at is not None
    assert [entry.data["new"] for entry in moves(translation)] == ["Beta 港"]
    assert "Beta 港" in client.get(moved.url).content.decode()
    assert client.get(old).headers["Location"].endswith(moved.url)


def test_original_goes_along_with_a_translation_that_is_moved(article, translation, partners):
    translation.move(partners[f"Beta {CHINESE}"], pos="last-child")
    assert stored(article).sponsor.title == "Beta"
    assert moves(article).count() == moves(translation).count() == 1


def test_alias_goes_along(article, alias, partners):
    builders.partner("Beta 深", SIMPLIFIED, translation_key=partners["Beta"].translation_key)
    article.move(partners["Beta"], pos="last-child")
    assert stored(alias).sponsor.title == "Beta 深"


@pytest.mark.parametrize("way", ["one", "several"])
def test_editor_is_told_who_still_names_the_former_partner(article, translation, alias, partners, admin_client, way):
    if way == "one":
        url = reverse("wagtailadmin_pages:move_confirm", args=[article.pk, partners["Beta"].pk])
        response = admin_client.post(url, follow=True)
    else:
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"])
        response = admin_client.post(f"{url}?id={article.pk}", {"chooser": partners["Beta"].pk}, follow=True)
    assert stored(article).sponsor.title == "Beta"
    assert stored(translation).sponsor.title == "Beta 港"
    assert stored(alias).sponsor.title == "Alpha"
    [warning] = [message for message in told(response) if "still names" in message]
    assert f"“{alias.title}” (" in warning
    assert reverse("wagtailadmin_pages:move", args=[alias.pk]) in warning


def test_translation_whose_address_is_taken_stays_and_is_named(article, translation, partners, admin_client):
    builders.article(partners[f"Beta {CHINESE}"], slug=translation.slug)
    url = reverse("wagtailadmin_pages:move_confirm", args=[article.pk, partners["Beta"].pk])
    response = admin_client.post(url, follow=True)
    assert stored(translation).sponsor.title == "Alpha 港"
    assert "still names “Alpha 港”" in " ".join(told(response))


def test_article_that_changes_its_place_only_moves_nothing(article, translation, partners, admin_client):
    second = builders.article(partners["Alpha"])
    second.move(article, pos="left")
    assert stored(translation).sponsor.title == "Alpha 港"
    assert not moves(article).exists()
