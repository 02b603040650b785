"""partners/brochures/consent_letters.py, and the link that every letter carries."""

import html

import pytest

from partners.brochures.confirming import LETTER_KIND
from partners.brochures.consent_letters import build_confirmation_letter
from partners.brochures.consent_links import consent_url, submission_to_confirm
from partners.brochures.consent_message import ConsentConfirmation
from partners.delivery.letters import LetterCannotBeBuilt, build_letter
from partners.delivery.message import OutgoingMessage
from tests import builders
from tests.partners.brochures.asking import ask, asking_page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_letter_says_what_was_ticked_and_leads_to_the_button(language, settings):
    submission = ask(asking_page(builders.partner(language=language)), "news")
    letter = build_letter(OutgoingMessage.objects.get(kind=LETTER_KIND))
    sentence = submission.consents.get().text
    for body in (letter.text, letter.html):
        # Wrapped in the plain part; Chinese is wrapped where no space stands.
        assert "".join(sentence.split()) in "".join(html.unescape(body).split())
        assert consent_url(submission) in body
        [token] = {part.split("/")[0] for part in body.split(f"{settings.SITE_URL}/consent/confirm/")[1:]}
        assert submission_to_confirm(token) == submission
    assert f'lang="{language}"' in letter.html
    assert "\n" not in letter.subject
    assert len(letter.html.encode()) < 50_000


def test_neither_letter_pretends_to_be_a_mailing():
    submission = ask(asking_page(), "news")
    for message in (submission.messages.get(), ConsentConfirmation.objects.get()):
        letter = build_letter(OutgoingMessage.objects.get(pk=message.pk))
        assert not [name for name in letter.headers if name.lower().startswith("list-")]


def test_the_brochure_s_letter_leads_to_what_was_agreed():
    submission = ask(builders.request_page())
    letter = build_letter(OutgoingMessage.objects.get(pk=submission.messages.get().pk))
    assert consent_url(submission) in letter.text
    assert consent_url(submission) in letter.html


def test_letter_whose_request_is_gone_fails_in_words():
    with pytest.raises(LetterCannotBeBuilt, match="is gone"):
        build_confirmation_letter(OutgoingMessage(pk=0, kind=LETTER_KIND))


def test_thank_you_announces_the_second_letter_only_where_one_comes(client):
    page = asking_page()
    for ticked, announced in (("news", True), ("", False)):
        from tests.partners.brochures.asking import shown_form

        body = {**shown_form(page), "name": "Reader", "email": f"{announced}@example.com"}
        answer = client.post(page.url, {**body, **({"consent_news": "yes"} if ticked else {})})
        thanks = client.get(answer.headers["Location"]).content.decode()
        assert ("a second letter asks you to confirm" in thanks) is announced
