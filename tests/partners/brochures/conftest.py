"""A request whose letter carried a link, and how it is opened."""

import uuid
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from partners.brochures import form_write
from partners.brochures.intake import accept_request
from partners.brochures.limits import Allowance
from partners.brochures.link import BrochureLink
from partners.brochures.sending import send_brochure
from partners.brochures.submission import Submission
from partners.delivery.message import OutgoingMessage
from tests import builders
from tests.faults.committed import empty_queue
from tests.partners.brochures.test_intake import make_request

# As a person's browser asks.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Accept-Language": "en-GB,en;q=0.8",
}


@pytest.fixture(scope="module")
def content():
    return builders.pdf_bytes(3, "for the link")


@pytest.fixture(scope="module")
def kept_link(rows_kept, content):
    """Return the link of a request that is a day old, whose letter was accepted at once."""
    page = builders.request_page(of=builders.brochure(content=content))
    made = accept_request(make_request(page)).links.get()
    age(made, days=1)
    return made


@pytest.fixture
def link(db, kept_link, content):
    """Give the link, whose file the test may do anything to."""
    yield deepcopy(kept_link)
    Path(kept_link.brochure_file.file.path).write_bytes(content)


def age(link, *, days):
    """Put the link, its letter and their times `days` back; the letter counts as accepted then."""
    then = timezone.now() - timedelta(days=days)
    BrochureLink.objects.filter(pk=link.pk).update(created_at=then)
    OutgoingMessage.objects.filter(brochuremessage__link=link).update(
        state="sent", attempts_count=1, due_at=None, created_at=then, sent_at=then, closed_at=then
    )


def expire(link):
    BrochureLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def path(link):
    return link.url.removeprefix("http://127.0.0.1:8000")


def fetch(client, address, **headers):
    """Return the answer to a browser's GET with its whole body read, which closes the file."""
    response = client.get(address, headers={**BROWSER, **headers})
    response.body = b"".join(response.streaming_content) if response.streaming else response.content
    return response


@pytest.fixture
def committed_link(committed):
    """Return the link of a request that other connections see too; all of it is gone afterwards."""
    brochure = builders.brochure()
    submission = Submission.objects.create(
        reference="QH-AT-ONCE",
        key=uuid.uuid4(),
        form_title="Form",
        brochure=brochure,
        brochure_file=brochure.files.first(),
        brochure_title=brochure.title,
        language="en",
        email="at-once@example.com",
        name="Reader",
    )
    made = send_brochure(submission).link
    age(made, days=1)
    yield made
    submission.messages.all().delete()
    submission.delete()
    brochure.delete()


@pytest.fixture
def committed_page(django_db_setup, django_db_blocker):
    """A form that other connections see, removed afterwards with all that came of it.

    Not pytest-django's transactional_db: that empties every table, the first pages of the site included.
    """
    with django_db_blocker.unblock():
        page = builders.request_page()
        logo = page.get_parent().specific.logo
        yield page
        Submission.objects.all().delete()
        page.get_parent().specific.delete()
        page.brochure.delete()
        logo.delete()
        Allowance.objects.all().delete()
        empty_queue()
        connection.close()


@pytest.fixture
def forgotten(monkeypatch):
    """Nobody is known to have asked a moment ago, as where one process has taken one form and another the next."""
    monkeypatch.setattr(form_write, "LATELY_SECONDS", 0.0)
    form_write._asked.clear()
