"""partners/handover/signing.py against the text of the Standard Webhooks specification."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from partners.handover.endpoint import WebhookEndpoint, rotate_secret, take_secret_to_show
from partners.handover.signing import signed_headers, written_secret

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BODY = '{"type":"request.accepted","data":{"name":"陳大文"}}'.encode()


def verifies(secret: str, headers: dict[str, str], body: bytes, now: datetime = NOW) -> bool:
    """Say whether a receiver who knows `secret` accepts: written from the specification, not from our code."""
    if abs(now.timestamp() - int(headers["webhook-timestamp"])) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
    offered = [part.partition(",") for part in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(given.encode(), expected) for version, _, given in offered)


def sign(endpoint, body=BODY, now=NOW):
    endpoint.refresh_from_db()
    return signed_headers(endpoint, "evt_1", body, now)


@pytest.fixture
def endpoint(make_endpoint):
    return make_endpoint()


def test_a_receiver_accepts_what_we_sign_and_nothing_else(endpoint, make_endpoint):
    secret, headers = written_secret(endpoint), sign(endpoint)
    assert verifies(secret, headers, BODY)
    assert not verifies(secret, headers, BODY + b" ")
    assert not verifies(secret, {**headers, "webhook-id": "evt_2"}, BODY)
    assert not verifies(secret, headers, BODY, NOW + timedelta(minutes=6))
    assert not verifies(written_secret(make_endpoint()), headers, BODY)


def test_the_secret_has_the_form_and_length_of_the_specification(endpoint):
    secret = written_secret(endpoint)
    assert secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64


def test_after_a_change_both_secrets_are_good_for_a_day(endpoint):
    former = written_secret(endpoint)
    assert rotate_secret(endpoint)
    endpoint.refresh_from_db()
    newest, now = written_secret(endpoint), endpoint.former_until - timedelta(minutes=1)
    assert newest != former
    headers = sign(endpoint, now=now)
    assert verifies(newest, headers, BODY, now)
    assert verifies(former, headers, BODY, now)
    later = endpoint.former_until + timedelta(minutes=1)
    assert verifies(newest, sign(endpoint, now=later), BODY, later)
    assert not verifies(former, sign(endpoint, now=later), BODY, later)


def test_a_second_change_within_the_day_ends_no_secret_before_its_time(endpoint):
    """One that was shown and lost is changed again; the receiver has the first one all the while."""
    secrets, ends = [written_secret(endpoint)], []
    for _ in range(3):
        assert rotate_secret(WebhookEndpoint.objects.get(pk=endpoint.pk))
        endpoint.refresh_from_db()
        secrets.append(written_secret(endpoint))
        ends.append(endpoint.former_until)
    for over, end in enumerate(ends):
        before, after = end - timedelta(microseconds=1), end
        assert [verifies(it, sign(endpoint, now=before), BODY, before) for it in secrets] == [
            number >= over for number in range(4)
        ]
        assert [verifies(it, sign(endpoint, now=after), BODY, after) for it in secrets] == [
            number > over for number in range(4)
        ]


def test_a_change_forgets_what_is_over(endpoint):
    long_ago = datetime.now(UTC) - timedelta(days=2)
    WebhookEndpoint.objects.update(secret_version=3, former_until=long_ago, earlier_until=[long_ago])
    endpoint.refresh_from_db()
    assert rotate_secret(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.earlier_until == []
    assert len(sign(endpoint, now=datetime.now(UTC))["webhook-signature"].split(" ")) == 2


def test_two_clicks_change_it_once(endpoint):
    seen = WebhookEndpoint.objects.get(pk=endpoint.pk)
    assert [rotate_secret(endpoint), rotate_secret(seen)] == [True, False]


def test_a_new_key_of_the_site_breaks_no_receiver(endpoint, settings):
    secret = written_secret(endpoint)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-the-site" * 3
    assert written_secret(endpoint) != secret
    assert verifies(secret, sign(endpoint), BODY)
    assert verifies(written_secret(endpoint), sign(endpoint), BODY)
    settings.SECRET_KEY_FALLBACKS = []
    assert not verifies(secret, sign(endpoint), BODY)


def test_a_secret_is_shown_once_and_a_new_one_once_more(endpoint):
    assert take_secret_to_show(endpoint)
    assert not take_secret_to_show(endpoint)
    rotate_secret(endpoint)
    endpoint.refresh_from_db()
    assert [take_secret_to_show(endpoint), take_secret_to_show(endpoint)] == [True, False]


def test_the_example_for_integrators_does_what_it_says(endpoint):
    text = Path(settings.BASE_DIR, "docs/handover.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names = {}
    exec(example, names)  # the documentation's own code
    now = datetime.now(UTC)
    headers = sign(endpoint, now=now)
    assert names["is_ours"](written_secret(endpoint), headers, BODY)
    assert not names["is_ours"](written_secret(endpoint), headers, BODY + b" ")
    old = sign(endpoint, now=now - timedelta(minutes=6))
    assert not names["is_ours"](written_secret(endpoint), old, BODY)
