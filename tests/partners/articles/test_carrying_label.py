"""partners/articles/carrying_label.py: no language says that nothing was paid while another one says by whom."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, PageLogEntry
from wagtail_localize.models import Translation, TranslationSource

from partners.articles.article_page import PartnerArticlePage
from partners.articles.publishing import NotPublishable
from tests import builders
from tests.partners.articles.test_article_page import form_data

pytestmark = pytest.mark.django_db

UNPAID, PAID = "unpaid_contribution", "partner_controlled"


def stored(article):
    return PartnerArticlePage.objects.get(pk=article.pk)


def chinese(code="zh-hant"):
    return Locale.objects.get(language_code=code)


@pytest.fixture(scope="module")
def kept_article(rows_kept):
    """A published article that is said to be unpaid, below a partner that stands in every language."""
    made = builders.article(disclosure=UNPAID, live=False)
    made.save_revision().publish()
    for code in ("zh-hant", "zh-hans"):
        made.sponsor.copy_for_translation(chinese(code)).get_latest_revision().publish()
    return stored(made)


@pytest.fixture
def article(db, kept_article):
    return deepcopy(kept_article)


def translated(article, code="zh-hant"):
    """Return a published translation of `article`."""
    made = article.copy_for_translation(chinese(code))
    made.get_latest_revision().publish()
    return stored(made)


def relabel(article, kind=PAID):
    article = stored(article)
    article.disclosure = kind
    article.save_revision().publish()


def test_published_translations_follow_with_an_entry_of_their_own(article, client):
    others = [translated(article), translated(article, "zh-hans")]
    relabel(article)
    for other in map(stored, others):
        assert other.disclosure == PAID
        assert other.label_changed_at is not None
        assert not other.has_unpublished_changes
        assert PageLogEntry.objects.filter(page=other.pk, action="partners.label.change").count() == 1
    assert "付費內容" in client.get(stored(others[0]).url).content.decode()


def test_a_translation_corrects_its_original(article):
    other = translated(article)
    relabel(other)
    assert stored(article).disclosure == PAID


def test_unfinished_work_stays_unpublished_and_does_not_bring_the_old_kind_back(article):
    other = translated(article)
    other.title = "未完成"
    other.save_revision()
    relabel(article)
    assert stored(other).disclosure == PAID
    assert stored(other).title != "未完成"
    stored(other).get_latest_revision().publish()
    assert (stored(other).title, stored(other).disclosure) == ("未完成", PAID)


def test_alias_of_a_translation_with_unfinished_work_follows(article, client):
    other = translated(article)
    alias = other.copy_for_translation(chinese("zh-hans"), alias=True)
    assert stored(alias).live
    other.title = "未完成"
    other.save_revision()
    relabel(article)
    assert (stored(alias).disclosure, stored(alias).title) == (PAID, stored(other).title)
    assert stored(alias).title != "未完成"
    assert PageLogEntry.objects.filter(page=alias.pk, action="partners.label.change").count() == 1
    assert "付费内容" in client.get(stored(alias).url).content.decode()


def test_scheduled_version_does_not_bring_the_old_kind_back(article):
    other = translated(article)
    other.go_live_at = timezone.now() + timedelta(days=1)
    scheduled = other.save_revision()
    scheduled.publish()
    relabel(article)
    scheduled.refresh_from_db()
    assert scheduled.content["disclosure"] == PAID
    assert scheduled.approved_go_live_at is not None


def test_translation_that_is_made_again_does_not_bring_the_old_kind_back(article):
    source = TranslationSource.get_or_create_from_instance(article)[0]
    translation = Translation.objects.create(source=source, target_locale=chinese(), enabled=True)
    translation.save_target(publish=False)
    relabel(article)
    translation = Translation.objects.get(pk=translation.pk)
    translation.save_target(publish=False)
    assert translation.get_target_instance().get_latest_revision_as_object().disclosure == PAID


def test_kind_that_readers_of_another_language_are_told_otherwise_gives_way_to_a_stricter_one(article):
    other = translated(article)
    PartnerArticlePage.objects.filter(pk=other.pk).update(disclosure="paid_by_partner")
    relabel(article)
    assert stored(other).disclosure == PAID


def test_kind_that_readers_of_another_language_are_told_otherwise_is_not_made_milder(article):
    other = translated(article)
    PartnerArticlePage.objects.filter(pk=other.pk).update(disclosure=PAID)
    with pytest.raises(NotPublishable, match="in another language"):
        relabel(article, "paid_by_partner")
    assert [stored(page).disclosure for page in (article, other)] == [UNPAID, PAID]


def test_draft_that_nobody_has_seen_changes_nothing_elsewhere(article):
    draft = article.copy_for_translation(chinese())
    draft.disclosure = PAID
    draft.save_revision()
    assert stored(article).disclosure == UNPAID


# The first publication


def draft_says(draft, kind):
    """Save the draft as the editor does with a page that is not live: on its row, and as a revision."""
    draft = stored(draft)
    draft.disclosure = kind
    draft.save()
    draft.save_revision()


def publish_draft(draft):
    stored(draft).get_latest_revision().publish()


@pytest.mark.parametrize(("before", "after"), [(UNPAID, PAID), (PAID, UNPAID)])
def test_translation_that_is_corrected_before_its_first_publication_corrects_its_original(article, before, after):
    relabel(article, before)
    draft = stored(article).copy_for_translation(chinese())
    draft_says(draft, after)
    assert stored(article).disclosure == before
    publish_draft(draft)
    assert (stored(article).disclosure, stored(article).live) == (after, True)
    assert PageLogEntry.objects.filter(page=article.pk, action="partners.label.change").exists()
    assert stored(draft).label_changed_at is None


def test_original_that_is_published_last_corrects_its_translation(article):
    original = builders.article(stored(article).sponsor, disclosure=UNPAID, live=False)
    original.save_revision()
    other = translated(original)
    draft_says(original, PAID)
    publish_draft(original)
    assert stored(other).disclosure == PAID


def test_first_publication_in_the_editor_is_carried(article, admin_client):
    draft = article.copy_for_translation(chinese())
    response = admin_client.post(
        reverse("wagtailadmin_pages:edit", args=[draft.pk]),
        form_data(title=draft.title, slug=draft.slug, disclosure=PAID, **{"action-publish": "1"}),
    )
    assert response.status_code == 302
    assert [stored(page).disclosure for page in (draft, article)] == [PAID, PAID]


@pytest.mark.parametrize("last", ["en", "zh-hant"])
def test_draft_that_was_translated_meanwhile_does_not_bring_back_what_was_corrected(article, last):
    original = builders.article(stored(article).sponsor, disclosure="", live=False)
    original.save_revision()
    draft_says(original, UNPAID)
    early = stored(original).copy_for_translation(chinese())
    draft_says(original, PAID)
    late = stored(original).copy_for_translation(chinese("zh-hans"))
    pages = [late, original, early] if last == "zh-hant" else [late, early, original]
    for page in pages:
        publish_draft(page)
    assert {stored(page).disclosure for page in pages} == {PAID}


def test_draft_that_was_given_another_kind_keeps_it_until_it_is_published(article):
    draft = article.copy_for_translation(chinese())
    draft_says(draft, "paid_by_partner")
    third = article.copy_for_translation(chinese("zh-hans"))
    relabel(article)
    assert [stored(page).disclosure for page in (draft, third)] == ["paid_by_partner", PAID]


def test_draft_without_a_kind_takes_that_of_its_original(article):
    draft = article.copy_for_translation(chinese())
    draft_says(draft, "")
    relabel(article)
    assert stored(draft).disclosure == PAID
    assert stored(draft).get_latest_revision_as_object().disclosure == PAID


# Whoever may not publish


def test_editor_who_may_not_publish_relabels_nothing_that_readers_see(article, client, django_user_model):
    other = translated(article)
    stored(article).unpublish()
    editor = django_user_model.objects.create_user("editor", "editor@example.com", "password")
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(editor)
    response = client.post(
        reverse("wagtailadmin_pages:edit", args=[article.pk]),
        form_data(title=article.title, slug=article.slug, disclosure=PAID),
    )
    assert response.status_code == 302
    assert stored(article).disclosure == PAID
    assert stored(other).disclosure == UNPAID
    assert not PageLogEntry.objects.filter(page=other.pk, action="partners.label.change").exists()
    publish_draft(article)
    assert stored(other).disclosure == PAID


def test_draft_that_goes_back_to_the_old_kind_corrects_nothing(article):
    draft = article.copy_for_translation(chinese())
    draft_says(draft, PAID)
    draft_says(draft, UNPAID)
    publish_draft(draft)
    assert [stored(page).disclosure for page in (draft, article)] == [UNPAID, UNPAID]
    assert stored(article).label_changed_at is None
