"""What the desk sees of the consents that a person gave."""

import pytest
from bs4 import BeautifulSoup

from partners.brochures.confirming import confirm_news
from partners.brochures.consent_record import Means
from partners.brochures.withdrawing import withdraw
from partners.submissions.access import visible_to
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page
from tests.partners.submissions.test_detail import detail, titles

pytestmark = pytest.mark.django_db


def test_consents_stand_with_wording_version_events_and_what_counts(desk):
    submission = ask(asking_page(**EVERYTHING), "news", "handover")
    confirm_news(submission, Means.LETTER)
    withdraw(submission, ["handover"], Means.SELF_SERVICE)
    html = detail(desk, submission)
    panel = " ".join(BeautifulSoup(html, "html.parser").find(id="consent-section").get_text(" ").split())
    for record in submission.consents.all():
        assert record.text in panel
    for part in (
        *(
            "Version 1, English",
            "In force",
            "Withdrawn on the page behind a letter's link",
            "Box left empty on the form",
        ),
        *("Confirmed by the button behind the second letter", "Not agreed"),
    ):
        assert part in panel
    assert titles(submission) == [
        "Asked for the brochure",
        "News from us: Agreed",
        "Data handed to the partner: Agreed",
        "Data taken out of mainland China: Box left empty",
        "Letter queued",
        "Waiting for the mail worker",
        "Asked to confirm the news",
        "Waiting for the mail worker",
        "News from us: Confirmed",
        "Data handed to the partner: Withdrawn",
        "Saw the request: desk",
    ]


def test_news_agreed_to_with_another_request_is_said_so(desk):
    page = asking_page()
    confirm_news(ask(page, "news"), Means.LETTER)
    assert "agreed to it with another request" in detail(desk, ask(page))


def test_request_without_boxes_says_so(desk, submission):
    assert "The form asked for none" in detail(desk, submission)


def test_desk_narrows_by_what_people_agreed_to(superuser):
    given, other = ask(asking_page(**EVERYTHING), "handover"), ask(asking_page(**EVERYTHING))
    assert list(visible_to(superuser).with_mail().consenting_to("handover")) == [given]
    assert other in visible_to(superuser)
