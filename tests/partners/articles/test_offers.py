"""partners/articles/offers.py: what may be offered, without naming it."""

import pytest

from partners.articles.offers import OfferChooserBlock, OfferPage
from partners.brochures.request_page import BrochureRequestPage


def test_chooser_finds_every_concrete_kind_and_nothing_else():
    assert OfferChooserBlock().target_models == [BrochureRequestPage]


def test_new_kind_of_offer_needs_no_migration_of_bodies():
    path, args, options = OfferChooserBlock(required=False).deconstruct()
    assert (path, args, options) == ("wagtail.blocks.PageChooserBlock", [], {"required": False})


@pytest.mark.parametrize("words", ["get_opener_label", "get_close_label", "get_dialog_error"])
def test_kind_of_offer_gives_its_own_words(words):
    assert getattr(BrochureRequestPage, words) is not getattr(OfferPage, words)
    assert getattr(BrochureRequestPage(), words)()
