"""partners/articles/blocks.py: an offer is made only where a reader could take it."""

from copy import deepcopy

import pytest
from django.utils import translation
from wagtail.blocks import StructBlockValidationError
from wagtail.models import Locale, PageViewRestriction

from partners.articles.blocks import CallToActionBlock, openable_offer
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_form(rows_kept):
    return builders.request_page()


@pytest.fixture
def form(db, kept_form):
    return deepcopy(kept_form)


def translated(form, *, live):
    """Return the form's translation, below its partner's."""
    locale = Locale.objects.get(language_code="zh-hant")
    form.get_parent().copy_for_translation(locale)
    copy = form.copy_for_translation(locale)
    copy.live = live
    copy.save()
    return copy


def test_reader_gets_the_form_of_the_language(form):
    chinese = translated(form, live=True)
    with translation.override("zh-hant"):
        assert openable_offer(form) == chinese
        assert openable_offer(chinese) == chinese


def test_form_without_a_translation_is_offered_as_it_is(form):
    with translation.override("zh-hans"):
        assert openable_offer(form) == form


def test_withdrawn_form_is_not_replaced_by_another_language(form):
    chinese = translated(form, live=False)
    with translation.override("zh-hant"):
        assert openable_offer(form) is None
        assert openable_offer(chinese) is None


def test_private_form_is_not_offered(client, form):
    article = builders.article(
        form.get_parent().specific, body=[("call_to_action", {"heading": "Read on", "text": "", "offer": form})]
    )
    assert b"data-brochure-opener" in client.get(article.url).content
    PageViewRestriction.objects.create(page=form, restriction_type=PageViewRestriction.LOGIN)
    assert b"data-brochure-opener" not in client.get(article.url).content
    assert openable_offer(form) is None


def test_editor_is_told_of_a_form_that_nobody_can_open(form):
    block = CallToActionBlock()
    form.live = False
    form.save()
    with pytest.raises(StructBlockValidationError) as caught:
        block.clean(block.to_python({"heading": "Read on", "text": "", "offer": form.pk}))
    assert "Readers cannot open this form" in str(caught.value.block_errors["offer"])
