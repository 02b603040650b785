"""partners/brochures/brochure.py: which file a reader gets."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from partners.brochures.brochure import Brochure
from tests import builders

pytestmark = pytest.mark.django_db


def test_newest_file_of_the_language():
    brochure = builders.brochure()
    builders.add_file(brochure, builders.pdf_bytes(3), "zh-hant")
    newest = builders.add_file(brochure, builders.pdf_bytes(4), "zh-hant")
    assert brochure.file_for("zh-hant") == newest


def test_language_without_a_file_gets_english_then_any():
    brochure = Brochure.objects.create(title="Only in Chinese")
    assert brochure.file_for("en") is None
    chinese = builders.add_file(brochure, builders.pdf_bytes(), "zh-hans")
    assert brochure.file_for("zh-hant") == chinese
    english = builders.add_file(brochure, builders.pdf_bytes(), "en")
    assert brochure.file_for("zh-hant") == english


def test_file_that_may_have_been_sent_is_not_replaced():
    file = builders.brochure().files.get()
    file.file = ContentFile(builders.pdf_bytes(7), name="other.pdf")
    with pytest.raises(ValidationError, match="Add a new file"):
        file.clean()


def test_title_is_the_one_of_the_language():
    brochure = builders.brochure("Guide to the quay")
    chinese = builders.add_file(brochure, builders.pdf_bytes(), "zh-hant")
    assert chinese.get_title() == "Guide to the quay"
    chinese.title = "碼頭指南"
    assert chinese.get_title() == "碼頭指南"
