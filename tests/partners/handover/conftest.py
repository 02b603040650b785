"""Systems outside: receivers of webhooks, and bearers of tokens."""

import ssl
from copy import deepcopy
from datetime import timedelta

import pytest
import trustme
from django.utils import timezone

from partners.brochures.submission import Submission
from partners.handover.api_token import ApiToken, make_token
from partners.handover.endpoint import WebhookEndpoint
from partners.handover.recipient import DataKind
from tests import builders
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page
from tests.partners.delivery.provider_server import running_provider
from tests.partners.submissions.conftest import client_of, desk, desk_user, editor, editor_user, superuser

__all__ = ["client_of", "desk", "desk_user", "editor", "editor_user", "superuser"]


@pytest.fixture(scope="session")
def authority():
    """Return a certificate authority that nobody trusts."""
    return trustme.CA()


@pytest.fixture(scope="session")
def certificate(authority):
    """Return what a server on 127.0.0.1 speaks TLS with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "crm.example").configure_cert(context)
    return context


@pytest.fixture
def trusting(authority, tmp_path, monkeypatch, settings):
    """Let this machine trust the authority, and webhooks go to 127.0.0.1; return where the certificate lies."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    return file


@pytest.fixture
def receiver(trusting, certificate):
    """Return a CRM's server, which takes whatever comes."""
    with running_provider(tls=certificate) as server:
        yield server


@pytest.fixture(scope="module")
def kept_partner(rows_kept):
    return builders.partner()


@pytest.fixture
def partner(db, kept_partner):
    return deepcopy(kept_partner)


@pytest.fixture(scope="module")
def kept_page(kept_partner):
    """Return a form of the partner that asks for every consent."""
    return asking_page(kept_partner, **EVERYTHING)


@pytest.fixture
def page(db, kept_page):
    return deepcopy(kept_page)


@pytest.fixture
def make_request(page):
    """Return a maker of requests, with the boxes of `ticked`."""
    numbers = iter(range(1, 1000))

    def make(*ticked, of=page, **fields):
        return ask(of, *ticked, email=fields.pop("email", f"reader{next(numbers)}@example.com"))

    return make


def bound(page, fields):
    """Return the columns of a recipient tied to `page`, and to its partner where it is for a partner."""
    parent = page.get_parent()
    columns = {"form_key": page.translation_key, "form_title": page.title, "kinds": list(DataKind.values)}
    if fields.get("ground") == "partner":
        columns |= {"partner_key": parent.translation_key, "partner_name": parent.title}
    return columns | fields


@pytest.fixture
def make_endpoint(page):
    """Return a maker of endpoints of `page`."""

    def make(url="https://crm.example/hook", ground="own", of=page, **fields):
        return WebhookEndpoint.objects.create(name="CRM", url=url, **bound(of, {"ground": ground, **fields}))

    return make


@pytest.fixture
def make_bearer(page):
    """Return a maker of tokens: of every form, unless `of` names one; it returns the row and the token."""

    def make(ground="own", of=None, **fields):
        columns = bound(page, {"ground": ground, "form_key": None, "form_title": "", **fields})
        if of is not None:
            columns |= {"form_key": of.translation_key, "form_title": of.title}
        values = {"scopes": ["requests:read"], "expires_at": timezone.now() + timedelta(days=1), **columns}
        row = ApiToken.objects.create(name="CRM", **values)
        return row, make_token(row)

    return make


def erase(submission):
    """Empty a request as erasing does."""
    Submission.objects.filter(pk=submission.pk).update(email="", name="", company="", answers=[], campaign={})
