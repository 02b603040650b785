"""partners/handover/post.py: what receivers do, and what is made of it."""

import socket
import time

import pytest

from partners.delivery.outside import Conversation
from partners.handover.address import NoAddress
from partners.handover.post import NotTaken, post
from partners.handover.webhook_delivery import Outcome
from qianhai_site.local.ports import free as free_port
from tests.partners.delivery.provider_server import Answer, Drip, FallSilent, HangUp, running_provider


def send(url, seconds=5.0, **options):
    return post(url, b'{"a":1}', {"Content-Type": "application/json"}, Conversation(seconds), **options)


def refused(url, **options):
    with pytest.raises(NotTaken) as caught:
        send(url, **options)
    return caught.value


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_taken(receiver, status):
    receiver.says = Answer(status)
    assert send(receiver.url + "hook?a=b") == status
    [call] = receiver.calls
    assert (call.path, call.body) == ("/hook?a=b", b'{"a":1}')
    assert call.headers["Host"] == receiver.url.split("/")[2]


def test_what_is_not_ascii_is_asked_for_as_browsers_do(receiver):
    assert send(receiver.url + "häkchen?x=中 文") == 200
    assert [call.path for call in receiver.calls] == ["/h%C3%A4kchen?x=%E4%B8%AD%20%E6%96%87"]


@pytest.mark.parametrize(
    ("host", "looked_up"),
    [
        ("crm.straße.example", "crm.xn--strae-oqa.example"),
        ("例子.example", "xn--fsqu00a.example"),
        ("CRM.example", "crm.example"),
    ],
)
def test_a_host_is_looked_up_as_the_one_that_was_typed(monkeypatch, host, looked_up):
    """By IDNA 2003 'straße' would be 'strasse', which may be somebody else's."""
    asked = []

    def look_up(name, *_more, **_options):
        asked.append(name)
        raise NoAddress

    monkeypatch.setattr("partners.handover.post.addresses_of", look_up)
    assert refused(f"https://{host}/").outcome is Outcome.UNREACHABLE
    assert asked == [looked_up]


def test_a_host_that_there_cannot_be_is_told_as_such():
    """Addresses were not looked at for it at first."""
    assert refused(f"https://{60 * 'ä'}.example/").outcome is Outcome.UNREACHABLE


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (500, Outcome.REFUSED),
        (503, Outcome.REFUSED),
        (429, Outcome.REFUSED),
        (404, Outcome.REFUSED),
        (410, Outcome.GONE),
    ],
)
def test_other_answers_are_not(receiver, status, outcome):
    receiver.says = Answer(status)
    failure = refused(receiver.url)
    assert (failure.outcome, failure.status) == (outcome, status)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(receiver, status):
    receiver.says = Answer(status, headers=(("Location", receiver.url + "elsewhere"),))
    assert refused(receiver.url).status == status
    assert [call.path for call in receiver.calls] == ["/"]


def test_who_hangs_is_left_at_the_deadline(receiver):
    receiver.says = FallSilent()
    started = time.monotonic()
    assert refused(receiver.url, seconds=0.5).outcome is Outcome.TIMEOUT
    assert time.monotonic() - started < 3


def test_a_dripping_body_holds_nobody_up(receiver):
    receiver.says = Drip()
    started = time.monotonic()
    assert send(receiver.url, seconds=2) == 200
    assert time.monotonic() - started < 2


def test_a_huge_body_is_not_read(receiver):
    receiver.says = Answer(200, body="x" * 5_000_000)
    assert send(receiver.url) == 200


def test_who_hangs_up_has_not_taken_it(receiver):
    receiver.says = HangUp()
    assert refused(receiver.url).outcome is Outcome.DISCONNECTED


def test_nobody_there(trusting):
    assert refused(f"https://127.0.0.1:{free_port()}/").outcome is Outcome.UNREACHABLE


def test_a_certificate_that_nobody_vouches_for(certificate, settings):
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with running_provider(tls=certificate) as server:
        assert refused(server.url).outcome is Outcome.CERTIFICATE
        assert server.calls == []


def test_a_certificate_of_another_name(receiver):
    # Issued for 127.0.0.1, reached by another address of the same machine.
    assert refused(receiver.url.replace("127.0.0.1", "127.0.0.2")).outcome in {Outcome.CERTIFICATE, Outcome.UNREACHABLE}
    assert refused(receiver.url.replace("127.0.0.1", "localhost"), seconds=5).outcome in {
        Outcome.CERTIFICATE,
        Outcome.FORBIDDEN,
    }
    assert receiver.calls == []


def test_nothing_is_said_to_an_address_inside(receiver, settings):
    settings.WEBHOOK_NETWORKS = []
    assert refused(receiver.url).outcome is Outcome.FORBIDDEN
    assert receiver.calls == []


def test_what_was_checked_is_what_is_connected_to(receiver, monkeypatch):
    """A name server that says something else the second time is not asked a second time."""
    asked = []

    known = socket.getaddrinfo

    def look_up(host, *args, **options):
        if host != "crm.example":
            return known(host, *args, **options)
        asked.append(host)
        port = args[0]
        return [(2, 1, 6, "", ("127.0.0.1" if len(asked) == 1 else "127.0.0.9", port))]

    monkeypatch.setattr("partners.handover.address.socket.getaddrinfo", look_up)
    assert send(receiver.url.replace("127.0.0.1", "crm.example")) == 200
    assert asked == ["crm.example"]
    [call] = receiver.calls
    assert call.headers["Host"].startswith("crm.example:")


def test_unencrypted_goes_to_this_machine_of_a_developer_alone(settings):
    settings.WEBHOOK_NETWORKS = []
    with running_provider() as server:
        assert refused(server.url).outcome is Outcome.FORBIDDEN
        settings.DEBUG = True
        assert send(server.url) == 200


def test_an_error_before_anything_is_said_goes_through(receiver):
    def fail():
        raise RuntimeError("cannot be written down")

    with pytest.raises(RuntimeError):
        send(receiver.url, on_connected=fail)
    assert receiver.calls == []
