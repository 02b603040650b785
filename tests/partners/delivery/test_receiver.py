"""Providers' webhooks, posted as the providers post them."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from partners.delivery import receiver
from partners.delivery.event import DeliveryEvent
from partners.delivery.message import State
from partners.delivery.receiver import LONGEST_BODY
from tests.partners.delivery.providers import basic, mailgun, postmark, sparkpost, use_provider
from tests.partners.delivery.test_record_event import in_state, state_of

STRANGER = "reports:not-the-secret-of-the-tests"


@pytest.fixture(autouse=True)
def addresses(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every provider its address, as `qianhai_site.urls` gives it to the one that is configured."""
    settings.ROOT_URLCONF = "tests.partners.delivery.event_urls"
    monkeypatch.setattr(receiver, "strangers", receiver._Strangers())


def post(body: Any, provider: str = "postmark", **headers: str) -> int:
    """Post `body` from outside, cookies and tokens unknown, and return the status."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = Client(enforce_csrf_checks=True).post(
        f"/mail-events/{provider}/", content, content_type="application/json", headers=headers
    )
    assert not answer.cookies
    return answer.status_code


@pytest.fixture
def by_postmark(settings: Any) -> None:
    use_provider(settings, "postmark")


@pytest.fixture
def by_mailgun(settings: Any) -> None:
    use_provider(settings, "mailgun")


@pytest.mark.django_db
@pytest.mark.usefixtures("by_postmark")
@pytest.mark.parametrize("key", ["ID", "MessageID", "Description", "Details", "Recipient"])
def test_half_a_character_is_no_reason_to_refuse_a_report(key: str) -> None:
    message = in_state(State.SENT)
    assert post({**postmark("bounced", message.message_id), key: "\ud800"}, **basic()) == 200
    assert state_of(message) == "bounced"


@pytest.mark.django_db
@pytest.mark.usefixtures("by_postmark")
@pytest.mark.parametrize("kind", ["delivered", "bounced", "complained"])
def test_postmark_reports(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    message = in_state(State.SENT)
    caplog.set_level(logging.DEBUG)
    assert post(postmark(kind, message.message_id), **basic()) == 200
    assert state_of(message) == kind
    event = message.events.get()
    assert event.provider == "Postmark"
    assert "reader@example.com" not in event.text
    assert "reader@example.com" not in caplog.text
    assert f"Message {message.pk}: {kind}" in caplog.text


@pytest.mark.django_db
@pytest.mark.usefixtures("by_postmark")
def test_the_time_and_the_words_are_the_providers() -> None:
    message = in_state(State.SENT)
    post(postmark("bounced", message.message_id), **basic())
    event = message.events.get()
    assert event.occurred_at == datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
    assert event.text == "smtp;550 5.1.1 <<address>>: user unknown"


@pytest.mark.django_db
@pytest.mark.usefixtures("by_mailgun")
@pytest.mark.parametrize(
    ("kind", "fields", "state"),
    [
        ("delivered", {}, State.DELIVERED),
        ("failed", {"severity": "permanent", "reason": "suppress-bounce"}, State.BOUNCED),
        ("failed", {"severity": "temporary", "reason": "generic"}, State.SENT),
        ("rejected", {"reject": {"reason": "Sandbox subdomains are for test purposes only."}}, State.BOUNCED),
        ("complained", {}, State.COMPLAINED),
    ],
)
def test_mailgun_reports(kind: str, fields: dict[str, Any], state: State) -> None:
    message = in_state(State.SENT)
    assert post(mailgun(kind, message.message_id, **fields), "mailgun") == 200
    assert state_of(message) == state
    assert message.events.get().provider == "Mailgun"


@pytest.mark.django_db
@pytest.mark.usefixtures("by_mailgun")
def test_mailgun_names_a_message_by_our_message_id_too() -> None:
    message = in_state(State.SENT)
    body = mailgun("delivered", message.message_id)
    body["event-data"]["user-variables"] = {}
    assert post(body, "mailgun") == 200
    assert state_of(message) == State.DELIVERED


@pytest.mark.django_db
@pytest.mark.usefixtures("by_postmark")
@pytest.mark.parametrize("kind", ["delivered", "bounced"])
def test_a_report_that_comes_twice_is_one_event(kind: str) -> None:
    message = in_state(State.SENT)
    assert [post(postmark(kind, message.message_id), **basic()) for _ in range(3)] == [200] * 3
    assert message.events.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("by_mailgun")
def test_a_signed_report_that_is_sent_again_with_another_body_is_not_believed() -> None:
    """Mailgun's signature covers its token, not the body: a token counts once."""
    first, second = in_state(State.SENT), in_state(State.SENT)
    assert post(mailgun("complained", first.message_id, token="a" * 50), "mailgun") == 200
    for kind in ("complained", "delivered"):
        assert post(mailgun(kind, second.message_id, token="a" * 50), "mailgun") == 200
    assert not second.events.exists()
    assert (state_of(first), state_of(second)) == (State.COMPLAINED, State.SENT)


@pytest.mark.django_db
@pytest.mark.usefixtures("by_postmark")
def test_reports_out_of_order() -> None:
    message = in_state(State.SENT)
    for kind in ("complained", "delivered", "bounced"):
        post(postmark(kind, message.message_id), **basic())
    assert state_of(message) == State.COMPLAINED
    assert list(message.events.values_list("kind", flat=True)) == ["delivered", "bounced", "complained"]


@pytest.mark.django_db
@pytest.mark.usefixtures("by_postmark")
@pytest.mark.parametrize(
    "body",
    [
        postmark("delivered"),
        postmark("bounced", "<0123456789abcdef0123456789abcdef@qianhai.example>"),
        postmark("delivered", MessageID=None),
        postmark("delivered", Metadata={"outgoing_message": {"not": "text"}}),
        postmark("delivered", Metadata={"outgoing_message": "\0'; DROP TABLE"}, MessageID="\0"),
    ],
)
def test_an_unknown_message_is_answered_and_no_more(body: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert post(body, **basic()) == 200
    assert not DeliveryEvent.objects.exists()
    assert caplog.records == []


@pytest.mark.django_db
@pytest.mark.usefixtures("by_postmark")
def test_nobody_learns_who_opened_a_letter() -> None:
    message = in_state(State.SENT)
    assert post(postmark("opened", message.message_id), **basic()) == 200
    assert not DeliveryEvent.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("by_postmark")
@pytest.mark.parametrize("headers", [{}, basic(STRANGER), basic(""), {"Authorization": "Basic \x80!"}])
def test_a_stranger_is_refused_and_mentioned_once(headers: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    message = in_state(State.SENT)
    caplog.set_level(logging.INFO)
    assert [post(postmark("bounced", message.message_id), **headers) for _ in range(5)] == [403] * 5
    assert state_of(message) == State.SENT
    assert not DeliveryEvent.objects.exists()
    [line] = caplog.records
    assert (line.levelno, line.name) == (logging.WARNING, "partners.delivery.receiver")
    assert line.exc_info is None


@pytest.mark.django_db
@pytest.mark.usefixtures("by_mailgun")
def test_a_signature_by_another_key_is_refused() -> None:
    message = in_state(State.SENT)
    assert post(mailgun("bounced", message.message_id, key="another"), "mailgun") == 403
    assert state_of(message) == State.SENT


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("postmark", b""),
        ("postmark", b"\xff\xfe"),
        ("postmark", b"[1, 2]"),
        ("postmark", b"[" * 200_000),
        ("postmark", b'{"RecordType": "Inbound"}'),
        ("postmark", b'{"RecordType": "Delivery", "DeliveredAt": 5}'),
        ("mailgun", b""),
        ("mailgun", b"[]"),
        ("mailgun", b'{"signature": []}'),
        ("mailgun", '{"signature": {"token": "前", "timestamp": "1", "signature": "x"}}'.encode()),
        ("mailgun", json.dumps({**mailgun("delivered"), "event-data": {"timestamp": 1e300, "event": "x"}}).encode()),
    ],
)
def test_what_cannot_be_read_is_refused_without_a_traceback(
    settings: Any, provider: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    use_provider(settings, provider)
    caplog.set_level(logging.INFO)
    assert post(body, provider, **basic()) in {400, 403}
    assert [record for record in caplog.records if record.exc_info or record.levelno > logging.WARNING] == []
    assert len(caplog.records) <= 1


@pytest.mark.django_db
@pytest.mark.usefixtures("by_postmark")
def test_a_long_body_is_not_read() -> None:
    assert post(postmark("delivered", Details="x" * LONGEST_BODY), **basic()) == 413


@pytest.mark.django_db
@pytest.mark.usefixtures("by_postmark")
def test_looking_at_the_address_does_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert [Client().generic(method, "/mail-events/postmark/").status_code for method in ("GET", "HEAD", "PUT")] == [
        405,
        200,
        405,
    ]
    assert caplog.records == []


@pytest.mark.django_db
def test_a_batch(settings: Any) -> None:
    use_provider(settings, "sparkpost")
    messages = [in_state(State.SENT) for _ in range(20)]
    kinds = ["delivery", "bounce", "spam_complaint", "click"]
    events = [sparkpost(kinds[n % 4], message.message_id, n) for n, message in enumerate(messages)]
    ping = {"msys": {}}
    assert post([*events, ping, *events], "sparkpost", **basic()) == 200
    expected = [State.DELIVERED, State.BOUNCED, State.COMPLAINED, State.SENT] * 5
    assert [state_of(message) for message in messages] == expected
    assert DeliveryEvent.objects.count() == 15


@pytest.mark.usefixtures("committed", "by_postmark")
def test_a_thousand_reports_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """250 messages, each delivered, then bounced, each told twice: in any order, from eight threads."""
    messages = [in_state(State.SENT) for _ in range(250)]
    bodies = [
        postmark(kind, message.message_id, **({"ID": number} if kind == "bounced" else {}))
        for kind in ("bounced", "delivered")
        for _ in range(2)
        for number, message in enumerate(messages)
    ]

    def post_some(some: list[Any]) -> list[int]:
        try:
            return [post(body, **basic()) for body in some]
        finally:
            connection.close()

    started = monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = [answer for some in pool.map(post_some, [bodies[n::8] for n in range(8)]) for answer in some]
    took = monotonic() - started
    with capsys.disabled():
        print(f"\n1000 reports from 8 threads: {took:.1f} s, {1000 / took:.0f}/s")
    assert answers == [200] * 1000
    assert {state_of(message) for message in messages} == {State.BOUNCED}
    assert DeliveryEvent.objects.count() == 500
    assert took < 60
