"""home/letter_sender.py: who signs the letters, and where their privacy notice is."""

import pytest
from django.conf import settings
from wagtail.models import Locale

from home.letter_sender import letter_sender
from home.models import SiteDetails, StandardPage
from partners.letters.sender import Sender, register_sender, sender_in
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice():
    page = StandardPage(title="Privacy", slug="privacy-notice", body=[])
    builders.home().add_child(instance=page)
    details = SiteDetails.for_site(builders.default_site())
    details.organisation, details.privacy_page = "Qianhai Editorial", page
    details.save()
    return page


def test_organisation_and_notice(notice):
    assert letter_sender("en") == Sender("Qianhai Editorial", notice.full_url)
    assert letter_sender("en").privacy_url.startswith("http")


def test_notice_is_the_one_of_the_language_once_it_is_published(notice):
    translated = notice.copy_for_translation(Locale.objects.get(language_code="zh-hant"))
    assert letter_sender("zh-hant").privacy_url == notice.full_url
    translated.save_revision().publish()
    assert letter_sender("zh-hant").privacy_url == StandardPage.objects.get(pk=translated.pk).full_url
    assert "/zh-hant/" in letter_sender("zh-hant").privacy_url


def test_notice_that_was_taken_back_is_not_linked(notice):
    notice.unpublish()
    assert letter_sender("en").privacy_url == ""


def test_site_without_details_still_has_a_name():
    assert letter_sender("en") == Sender("")


def test_letters_ask_here(monkeypatch, notice):
    assert sender_in("en").organisation == "Qianhai Editorial"
    from partners.letters import sender

    monkeypatch.setattr(sender, "_look_up", [])
    assert sender_in("en") == Sender(settings.WAGTAIL_SITE_NAME)
    register_sender(lambda language: Sender(language))
    assert sender_in("zh-hans") == Sender("zh-hans")
