"""partners/handover/api_token.py and api_access.py: which tokens open the API, how often, and what the others learn."""

import statistics
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from partners.handover.api_token import ApiToken, find_token, make_token, revoke_token
from partners.submissions.access_log import AccessRecord, Way
from tests.partners.handover.calling import LIST, get

pytestmark = pytest.mark.django_db


def wrong_tokens(make_bearer):
    """Return a token for each way of being wrong."""
    expired_row, expired = make_bearer()
    ApiToken.objects.filter(pk=expired_row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    revoked_row, revoked = make_bearer()
    revoke_token(revoked_row)
    row, good = make_bearer()
    return {
        "none": "",
        "expired": expired,
        "revoked": revoked,
        "cut short": good[:-1],
        "longer": good + "x" * 500,
        "prefix alone": row.prefix,
        "digest": ApiToken.objects.get(pk=row.pk).digest,
        "never made": f"{row.prefix}_None",
        "Chinese": "令牌",
        "nonsense": "x",
    }


def test_wrong_tokens_are_all_answered_alike(make_bearer, make_request):
    make_request()
    for name, token in wrong_tokens(make_bearer).items():
        answer = get(token)
        assert answer.status_code == 401, name
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="api"'), name
        assert answer.json()["detail"] == get("another").json()["detail"]
    for header in ("Basic YTpi", "Bearer", "bearer", "Token x"):
        assert Client().get(LIST, headers={"Authorization": header}).status_code == 401
    assert AccessRecord.objects.filter(way=Way.API).count() == 0


def test_wrong_tokens_take_alike_time(make_bearer):
    """The same statements for all: neither a comparison that ends early nor a look-up that some are spared."""
    tokens = wrong_tokens(make_bearer)
    del tokens["none"]
    client, times = Client(), {name: [] for name in tokens}
    for _ in range(30):
        for name, token in tokens.items():
            started = time.perf_counter()
            client.get(LIST, headers={"Authorization": f"Bearer {token}"})
            times[name].append(time.perf_counter() - started)
    medians = [statistics.median(taken) for taken in times.values()]
    assert max(medians) < 3 * min(medians)


def test_a_wrong_token_costs_one_query(make_bearer, django_assert_num_queries):
    for token in wrong_tokens(make_bearer).values():
        if token:
            with django_assert_num_queries(1):
                assert find_token(token) is None


def test_a_token_without_the_scope_is_forbidden(make_bearer):
    _, token = make_bearer(scopes=[])
    answer = get(token)
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_of_a_token_a_hash_is_kept_and_it_is_made_once(make_bearer):
    row, token = make_bearer()
    stored = ApiToken.objects.values().get(pk=row.pk)
    secret = token.removeprefix(row.prefix + "_")
    assert len(secret) >= 43
    assert not [value for value in stored.values() if secret in str(value)]
    assert make_token(row) is None
    assert find_token(token) == row


def test_a_token_that_is_used_says_so(make_bearer):
    row, token = make_bearer()
    get(token)
    first = ApiToken.objects.get(pk=row.pk).last_used_at
    assert first is not None
    get(token)
    assert ApiToken.objects.get(pk=row.pk).last_used_at == first


def test_too_many_reads_within_a_minute(make_bearer, settings):
    settings.API_READS_PER_MINUTE = 3
    _, token = make_bearer()
    _, other = make_bearer()
    assert [get(token).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = get(token)
    assert answer.headers["Retry-After"] == "60"
    assert get(other).status_code == 200
