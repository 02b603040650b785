"""A person to whom everything has happened that may, and whoever else was there."""

from copy import deepcopy

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from partners.brochures.brochure import Brochure
from partners.brochures.confirming import confirm_news
from partners.brochures.consent_record import Means
from partners.brochures.consent_suppression import Suppression
from partners.brochures.downloads import BrochureDownload
from partners.brochures.forgetting_run import ForgettingRun
from partners.brochures.limits import Allowance
from partners.brochures.request_fields import RequestField, standard_fields
from partners.brochures.submission import Submission
from partners.delivery.attempt import Outcome
from partners.delivery.event import EventKind
from partners.delivery.message import OutgoingMessage, in_seconds
from partners.delivery.outside import NotAccepted, Receipt
from partners.delivery.record_event import Report, message_key, record_event
from partners.delivery.send import send_message
from partners.submissions.access_log import Way, record_access
from partners.submissions.audit import RESEND
from partners.submissions.saved_filter import SavedFilter
from tests import builders
from tests.faults.committed import empty_queue
from tests.partners.brochures.asking import EVERYTHING, shown_form
from tests.partners.brochures.dump import found_in
from tests.partners.delivery.doubles import CarrierInMemory

ADDRESS = "Ada.Leserin@bücher-turm.example"

ALIAS = "ada.leserin+port@XN--BCHER-TURM-9DB.EXAMPLE"

NAME = "Ada 陳 Leserin"

COMPANY = "Turmuhren & Söhne"

WISH = "Bitte nach sechs anrufen – 請在六點後來電"

OTHER = "friend@example.com"


def form_page():
    """Return a form that asks for everything: consents, and a wish in the person's own words."""
    wish = RequestField(sort_order=9, label="Your wish", field_type="multiline", required=False)
    wish.locale_id = builders.home().locale_id
    return builders.request_page(questions=[*standard_fields("en"), wish], **{**EVERYTHING})


def ask(page, email, *ticked, name=NAME, company=COMPANY, wish=WISH, **more):
    body = {**shown_form(page), "name": name, "company": company, "your_wish": wish, "email": email, **more}
    answer = Client().post(page.url, {**body, **{f"consent_{purpose}": "yes" for purpose in ticked}})
    assert answer.status_code == 303, answer.content.decode()
    return Submission.objects.latest("pk")


def live(page, by):
    """Let a person ask twice, and everything happen to it that may; return the two requests, and a stranger's."""
    campaign = "utm_source=letter&utm_campaign=spring&utm_content=ada.leserin"
    first = ask(page, ADDRESS, "news", "handover", campaign=campaign)
    second = ask(page, ALIAS, name=NAME.upper())
    stranger = ask(page, OTHER, "news", name="Friend", company="Other Works", wish="Nothing at all.")
    confirm_news(first, Means.LETTER)
    confirm_news(stranger, Means.LETTER)
    letter = first.messages.get()
    send_message(letter.pk, CarrierInMemory(failures=[NotAccepted(Outcome.DEFERRED, 451, f"{NAME} is away")]))
    OutgoingMessage.objects.filter(pk=letter.pk).update(due_at=in_seconds(-1))
    send_message(letter.pk, lambda envelope, talk: Receipt(250, f"Ok for {NAME}", provider_id=f"for-{COMPANY}"))
    key = message_key(letter.message_id)
    record_event(Report("postmark", f"{NAME}-1", EventKind.BOUNCED, timezone.now(), key=key, text=f"{NAME} unknown"))
    link = letter.link
    BrochureDownload.objects.create(
        link=link, day=timezone.localdate(), who="person", count=3, first_at=timezone.now(), last_at=timezone.now()
    )
    log(instance=first, action=RESEND, user=by, data={"message": letter.pk, "corrected_to": ADDRESS, "for": [NAME]})
    record_access(Way.SEARCH, user=by, filters={"q": [f"  {NAME.lower()} "], "language": ["en"]}, count=1)
    record_access(Way.EXPORT, user=by, filters={"q": [ADDRESS.upper()]}, count=2)
    record_access(Way.SEARCH, user=by, filters={"q": ["ada.leserin"]}, count=2)
    record_access(Way.SEARCH, user=by, filters={"q": ["somebody else"]}, count=0)
    record_access(Way.DETAIL, user=by, submission=first)
    for name, filters in (
        ("By address", {"q": [ADDRESS.upper()]}),
        (f"All of {NAME}", {"language": ["en"]}),
        ("Failed", {"mail_state": ["failed"], "q": ["somebody else"]}),
    ):
        SavedFilter.objects.create(owner=by, name=name, filters=filters, is_shared=True)
    return first, second, stranger


def tells(dump):
    return found_in(dump, ADDRESS, ALIAS, NAME, COMPANY, WISH, "ada.leserin@", "ada.leserin")


@pytest.fixture(scope="module")
def kept_whole_form(rows_kept):
    return form_page()


@pytest.fixture
def whole_form(db, kept_whole_form):
    return deepcopy(kept_whole_form)


@pytest.fixture
def lived(whole_form, desk_user):
    return live(whole_form, desk_user)


@pytest.fixture
def committed_page(committed):
    """A form whose requests other programs see, removed afterwards with all that came of it."""
    page = form_page()
    user = User.objects.create_user("desk-that-commits", password=None)
    yield page, user
    connection.close()
    Submission.objects.all().delete()
    for rows in (ForgettingRun, Suppression, Allowance):
        rows.objects.all().delete()
    with connection.cursor() as cursor:
        # The log of access lets nobody delete what is young.
        cursor.execute("TRUNCATE partners_accessrecord")
    ModelLogEntry.objects.filter(user=user).delete()
    logo = page.get_parent().specific.logo
    page.get_parent().specific.delete()
    Brochure.objects.filter(pk=page.brochure_id).delete()
    logo.delete()
    user.delete()
    empty_queue()
