"""partners/brochures/letters.py: what the letter holds."""

import pytest

from partners.brochures.intake import accept_request
from partners.brochures.letters import build_brochure_letter
from partners.brochures.sending import send_brochure
from partners.delivery.letters import LetterCannotBeBuilt
from partners.delivery.together import together
from partners.letters.kinds import LetterKind
from partners.letters.letter_text import shipped_text
from tests import builders
from tests.partners.brochures.test_intake import make_request

pytestmark = pytest.mark.django_db


def test_letter_carries_the_file_and_the_link():
    content = builders.pdf_bytes(2, "letter")
    page = builders.request_page(of=builders.brochure("Harbour & Co", content=content))
    message = accept_request(make_request(page)).messages.get()

    letter = build_brochure_letter(message)

    [attachment] = letter.attachments
    assert attachment.content == content
    assert attachment.mimetype == "application/pdf"
    assert message.link.url in letter.text
    assert message.link.url in letter.html
    assert "Harbour &amp; Co" in letter.html
    assert "Harbour & Co" in letter.text
    assert "\n" not in letter.subject
    assert len(letter.html.encode()) < 50_000


def test_paid_article_is_labelled_in_the_letter():
    page = builders.request_page()
    article = builders.article(page.get_parent().specific, title="Quay of the future")
    letter = build_brochure_letter(accept_request(make_request(page, article=article)).messages.get())
    for body in (letter.text, letter.html):
        assert body.index("Paid content") < body.index("Quay of the future")


@pytest.mark.parametrize(
    ("language", "label"), [("en", "Paid content"), ("zh-hant", "付費內容"), ("zh-hans", "付费内容")]
)
def test_no_word_of_a_letter_names_the_article_before_its_label(language, label):
    partner = builders.partner("Lanternbridge", language=language)
    page = builders.request_page(partner)
    text = shipped_text(LetterKind.BROCHURE, language)
    text.body = "<p>{article}</p>" + text.body
    text.save()
    article = builders.article(partner, title="Quay of the future")
    letter = build_brochure_letter(accept_request(make_request(page, article=article)).messages.get())
    assert "Quay of the future" not in letter.subject
    for part in (letter.text, letter.html):
        pieces = part.split("Quay of the future")
        assert len(pieces) > 2
        assert all(label in piece and "Lanternbridge" in piece for piece in pieces[:-1])


def test_letter_that_a_mail_server_finds_too_large_is_linked_alone():
    message = accept_request(make_request(builders.request_page())).messages.get()
    letter = build_brochure_letter(message)
    lighter = letter.lighter()
    assert letter.attachments
    assert lighter.attachments == ()
    assert lighter.subject == letter.subject
    assert message.link.url in lighter.text
    assert "The brochure is also attached" in letter.text
    assert "The brochure is too large for a mailbox" in lighter.text


def test_large_file_is_linked_alone(settings):
    settings.BROCHURE_ATTACH_MAX_BYTES = 10
    message = accept_request(make_request(builders.request_page())).messages.get()
    letter = build_brochure_letter(message)
    assert letter.attachments == ()
    assert letter.lighter is None
    assert message.link.url in letter.text


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_letter_is_in_the_language_of_the_form(language):
    page = builders.request_page(builders.partner(language=language))
    letter = build_brochure_letter(accept_request(make_request(page)).messages.get())
    assert f'lang="{language}"' in letter.html
    assert any("\u4e00" <= character <= "\u9fff" for character in letter.subject)


def test_missing_file_fails_in_words():
    page = builders.request_page()
    submission = accept_request(make_request(page))
    submission.brochure_file.file.storage.delete(submission.brochure_file.file.name)
    with pytest.raises(LetterCannotBeBuilt, match="missing from storage"):
        build_brochure_letter(submission.messages.get())


def test_brochure_without_a_file_fails_in_words():
    submission = accept_request(make_request(builders.request_page()))
    submission.brochure_file = None
    message = send_brochure(submission)
    with pytest.raises(LetterCannotBeBuilt, match="no file"):
        build_brochure_letter(message)


def test_markup_in_a_name_is_escaped():
    request = make_request(builders.request_page())
    request = type(request)(**{**request.__dict__, "name": "<script>alert(1)</script>"})
    letter = build_brochure_letter(accept_request(request).messages.get())
    assert "<script>" not in letter.html


def test_letters_that_leave_together_ask_for_what_is_their_own_alone(django_assert_num_queries):
    page = builders.request_page()
    article = builders.article(page.get_parent().specific, title="Quay of the future")
    messages = [
        accept_request(make_request(page, article=article, email=f"{name}@example.com")).messages.get()
        for name in ("anna", "bo")
    ]
    alone = [build_brochure_letter(message) for message in messages]

    with together():
        first = build_brochure_letter(messages[0])
        with django_assert_num_queries(1):
            second = build_brochure_letter(messages[1])

    assert [first, second] == alone
    assert "Quay of the future" in second.text


def test_letters_that_leave_together_name_each_its_own_article():
    page = builders.request_page()
    titles = ["Quay of the future", "Seven kinds of light"]
    messages = [
        accept_request(
            make_request(page, article=builders.article(page.get_parent().specific, title=title), email=f"{n}@x.org")
        ).messages.get()
        for n, title in enumerate(titles)
    ]
    with together():
        texts = [build_brochure_letter(message).text for message in messages]
    assert [[title in text for title in titles] for text in texts] == [[True, False], [False, True]]
