"""partners/letters/trial.py: a test goes the way that every mail goes, to the editor alone."""

import pytest
from django.contrib.auth.models import User

from partners.delivery.letters import LetterCannotBeBuilt, build_letter
from partners.delivery.message import OutgoingMessage
from partners.delivery.send import send_message
from partners.letters.kinds import LetterKind
from partners.letters.letter_text import shipped_text
from partners.letters.trial import NoAddress, build_trial, send_trial
from tests.partners.delivery.doubles import CarrierInMemory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return User.objects.create_user("mei", "mei@example.com")


@pytest.mark.parametrize("kind", list(LetterKind))
@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_every_letter_can_be_tried(kind, language, editor):
    trial = send_trial(kind, language, to=editor)
    letter = build_letter(OutgoingMessage.objects.get(pk=trial.pk))
    assert trial.to == "mei@example.com"
    assert letter.subject.startswith({"en": "[Test] ", "zh-hant": "[測試] ", "zh-hans": "[测试] "}[language])
    assert f'lang="{language}"' in letter.html


def test_trial_is_sent_by_the_worker_with_the_words_in_force(editor):
    text = shipped_text(LetterKind.BROCHURE, "en")
    text.heading = "Our own heading"
    text.save()
    trial = send_trial(LetterKind.BROCHURE, "en", to=editor)
    carrier = CarrierInMemory()
    assert send_message(trial.pk, carrier)
    [envelope] = carrier.carried
    assert envelope.to == "mei@example.com"
    assert "Our own heading" in envelope.letter.text
    trial.refresh_from_db()
    assert trial.state == "sent"


def test_account_without_an_address_gets_none():
    with pytest.raises(NoAddress):
        send_trial(LetterKind.BROCHURE, "en", to=User.objects.create_user("nobody"))
    assert not OutgoingMessage.objects.exists()


def test_trial_that_is_gone_fails_in_words():
    with pytest.raises(LetterCannotBeBuilt):
        build_trial(OutgoingMessage(pk=12345, kind="letter_test"))
