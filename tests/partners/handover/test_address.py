"""partners/handover/address.py and the address of an endpoint: nobody makes us knock inside our own network."""

import socket
import threading
import time
from ipaddress import ip_address

import pytest
from django.core.exceptions import ValidationError

from partners.handover.address import NoAddress, NotPublic, addresses_of, is_allowed
from partners.handover.endpoint import validate_endpoint_url

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::2",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
]
# Ways to write an address of this machine or network that resolvers understand.
DISGUISES = ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "[::1]", "localhost"]
OUTSIDE = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8"]


def resolving(monkeypatch, *addresses):
    """Let every name lead to `addresses`; return how often it was asked."""
    asked = []

    def look_up(host, port, **options):
        asked.append(host)
        return [(socket.AF_INET6 if ":" in it else socket.AF_INET, 1, 6, "", (it, port)) for it in addresses]

    monkeypatch.setattr("partners.handover.address.socket.getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_are_not_public_are_refused(address, monkeypatch):
    assert not is_allowed(ip_address(address))
    resolving(monkeypatch, address)
    with pytest.raises(NotPublic):
        addresses_of("crm.example", 443, 5)


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are_taken(address, monkeypatch):
    resolving(monkeypatch, address)
    assert addresses_of("crm.example", 443, 5) == [address]


@pytest.mark.parametrize("host", DISGUISES)
def test_disguises_of_this_machine_are_seen_through(host):
    # Resolved by the system's own resolver. One that does not know a way of writing refuses it as well.
    with pytest.raises((NotPublic, NoAddress)):
        addresses_of(host.strip("[]"), 443, 5)


def test_a_name_that_leads_inside_as_well_is_refused_altogether(monkeypatch):
    resolving(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(NotPublic):
        addresses_of("crm.example", 443, 5)


def test_a_setting_opens_one_network_and_no_other(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = ["10.1.0.0/16"]
    resolving(monkeypatch, "10.1.2.3")
    assert addresses_of("crm.internal", 443, 5) == ["10.1.2.3"]
    assert not is_allowed(ip_address("10.2.0.1"))
    assert not is_allowed(ip_address("127.0.0.1"))


def test_a_name_that_leads_nowhere_and_one_that_nobody_answers_for(monkeypatch):
    resolving(monkeypatch)
    with pytest.raises(NoAddress):
        addresses_of("nowhere.example", 443, 5)
    answering = threading.Event()

    def wait_for_ever(*args, **options):
        answering.wait(30)
        return []

    monkeypatch.setattr("partners.handover.address.socket.getaddrinfo", wait_for_ever)
    started = time.monotonic()
    with pytest.raises(NoAddress):
        addresses_of("slow.example", 443, 0.2)
    assert time.monotonic() - started < 2
    answering.set()


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://crm.example/hook?a=b", True),
        ("https://crm.example:8443/", True),
        ("https://例子.example/", True),
        ("https://crm.straße.example/häkchen?x=中", True),
        (f"https://{60 * 'ä'}.example/", False),
        ("http://crm.example/", False),
        ("http://127.0.0.1:9000/", "debug"),
        ("http://localhost:9000/", "debug"),
        ("http://127.0.0.1.crm.example/", False),
        ("http://10.0.0.1/", False),
        ("ftp://crm.example/", False),
        ("https://user:secret@crm.example/", False),
        ("https://crm.example/#part", False),
        ("https://crm.example/\r\nX: y", False),
        ("https://crm.example:99999/", False),
        ("//crm.example/", False),
        ("https://", False),
        ("javascript:alert(1)", False),
    ],
)
def test_which_addresses_can_be_entered(url, good, debug, settings):
    settings.DEBUG = debug
    if good is True or (good == "debug" and debug):
        validate_endpoint_url(url)
    else:
        with pytest.raises(ValidationError):
            validate_endpoint_url(url)
