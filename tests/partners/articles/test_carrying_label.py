"""partners/articles/carrying_label.py: no language says that nothing was paid while another one says by whom."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Locale, PageLogEntry
from wagtail_localize.models import Translation, TranslationSource

from partners.articles.article_page import PartnerArticlePage
from tests import builders

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


def test_kind_that_an_editor_has_chosen_otherwise_stays(article):
    other = translated(article)
    PartnerArticlePage.objects.filter(pk=other.pk).update(disclosure="paid_by_partner")
    relabel(article)
    assert stored(other).disclosure == "paid_by_partner"


def test_draft_that_nobody_has_seen_changes_nothing_elsewhere(article):
    draft = article.copy_for_translation(chinese())
    draft.disclosure = PAID
    draft.save_revision()
    assert stored(article).disclosure == UNPAID
