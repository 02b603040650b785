"""People at the desk, and requests in every state."""

import uuid
from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from partners.brochures.sending import send_brochure
from partners.brochures.submission import Submission
from partners.delivery.message import OutgoingMessage
from tests import builders
from tests.partners.submissions.lived import committed_page, kept_whole_form, lived, whole_form

__all__ = ["committed_page", "kept_whole_form", "lived", "whole_form"]


def user_in(*groups, username, **fields):
    user = User.objects.create_user(username, password=None, **fields)
    user.groups.set(Group.objects.get(name=name) for name in groups)
    return user


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk_user(db):
    return user_in("Submission admins", username="desk", first_name="Mei", last_name="Lam")


@pytest.fixture
def desk(desk_user):
    return client_of(desk_user)


@pytest.fixture
def editor_user(db):
    return user_in("Editors", username="editor")


@pytest.fixture
def editor(editor_user):
    return client_of(editor_user)


@pytest.fixture
def superuser(db):
    return User.objects.create_superuser("root", password=None)


@pytest.fixture(scope="module")
def kept_offer(rows_kept):
    """Return a form, with its brochure, below a partner."""
    return builders.request_page()


@pytest.fixture
def offer(db, kept_offer):
    return deepcopy(kept_offer)


def maker_of_submissions(offer):
    """Return a maker of requests to `offer`; `sent=True` queues the letter as the form does."""
    numbers = iter(range(1, 1000))

    def make(*, sent=True, **fields):
        number = next(numbers)
        values = {
            "reference": f"QH-TEST-{number:04d}",
            "key": uuid.uuid4(),
            "form_page": offer,
            "form_title": offer.title,
            "brochure": offer.brochure,
            "brochure_file": offer.brochure.files.first(),
            "brochure_title": offer.brochure.title,
            "language": "en",
            "email": f"reader{number}@example.com",
            "name": f"Reader {number}",
            "company": "Harbour Works",
            **fields,
        }
        values.setdefault(
            "answers", [{"key": "name", "label": "Your name", "kind": "CharField", "value": values["name"]}]
        )
        submission = Submission.objects.create(**values)
        if sent:
            send_brochure(submission)
        return submission

    return make


@pytest.fixture
def make_submission(offer):
    return maker_of_submissions(offer)


@pytest.fixture
def submission(make_submission):
    return make_submission(name="Ada Reader", email="ada@example.com", company="Tidewater Robotics")


def set_state(submission, state):
    """Put the newest letter of `submission` into `state`, with the columns that the table asks for then."""
    now = timezone.now()
    released = {"claim_token": None, "claimed_at": None, "lease_until": None, "worker": "", "due_at": None}
    columns = {
        "queued": {"due_at": now, "sent_at": None, "closed_at": None},
        "sending": {
            "claim_token": uuid.uuid4(),
            "claimed_at": now,
            "lease_until": now + timedelta(minutes=1),
            "worker": "worker",
            "attempts_count": 1,
            "sent_at": None,
            "closed_at": None,
        },
        "failed": {"closed_at": now, "sent_at": None},
        "cancelled": {"closed_at": now, "sent_at": None},
    }.get(state, {"sent_at": now, "closed_at": now, "attempts_count": 1})
    newest = submission.messages.order_by("-pk").first()
    OutgoingMessage.objects.filter(pk=newest.pk).update(state=state, **{**released, **columns})
    return newest
