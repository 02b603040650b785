"""partners/delivery/recipient_domain.py: a letter goes to the domain that was typed, and to no other."""

import pytest

from partners.delivery.message import OutgoingMessage, State
from partners.delivery.outside import Conversation
from partners.delivery.recipient_domain import as_sent
from partners.delivery.send import send_message
from partners.delivery.smtp import carry
from tests.faults.mail_server import MailServer
from tests.partners.delivery.conftest import queued
from tests.partners.delivery.doubles import CarrierInMemory
from tests.partners.delivery.test_smtp import envelope

# What stands in rows that are older than the rule of the form.
SENT = {
    "reader@straße.example": "reader@xn--strae-oqa.example",
    "Reader@STRAẞE.example": "Reader@xn--strae-oqa.example",
    "reader@ＳＴＲＡßE。example": "reader@xn--strae-oqa.example",
    "reader@faß.über.example": "reader@xn--fa-hia.xn--ber-goa.example",
    "reader@βόλος.example": "reader@xn--nxasmm1c.example",
    "reader@نامه\u200cای.example": "reader@xn--mgba3gch31f060k.example",
    "straße@strasse.example": "straße@strasse.example",
}


@pytest.mark.parametrize("typed", SENT)
def test_deviations_of_idna_2003_go_to_the_domain_of_idna_2008(typed):
    assert as_sent(typed) == SENT[typed]


@pytest.mark.parametrize(
    "address", ["Reader@Example.COM", "reader@例子.测试", "reader@bücher.example", "reader@localhost"]
)
def test_what_the_two_agree_on_is_left_to_the_carrier(address):
    assert as_sent(address) == address


@pytest.mark.django_db
def test_an_old_row_is_sent_to_its_own_domain_and_stays_as_it_was_typed():
    message, carrier = queued(to="reader@straße.example"), CarrierInMemory()
    assert send_message(message.pk, carrier)
    assert [sent.to for sent in carrier.carried] == ["reader@xn--strae-oqa.example"]
    message.refresh_from_db()
    assert (message.state, message.to) == (State.SENT, "reader@straße.example")


@pytest.mark.django_db
@pytest.mark.parametrize("domain", ["exam\u200dple.com", "a_ß.example", "-ß.example"])
def test_what_is_no_domain_goes_to_none_and_ends_at_once(domain):
    message, carrier = queued(to=f"reader@{domain}"), CarrierInMemory()
    send_message(message.pk, carrier)
    assert carrier.carried == []
    message = OutgoingMessage.objects.get(pk=message.pk)
    assert message.state == State.FAILED
    assert message.attempts.get().outcome == "bad address"


def test_envelope_and_header_name_the_same_domain(mail_server: MailServer):
    carry(envelope(to=as_sent("reader@straße.example")), Conversation(5))
    [received] = mail_server.wait_for(1, 1)
    assert received.recipient == "reader@xn--strae-oqa.example"
    assert received.message["To"] == "reader@xn--strae-oqa.example"
