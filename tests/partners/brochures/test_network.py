"""partners/brochures/network.py: the visitor's network, and nothing that a visitor may claim about it."""

import logging

import pytest
from django.test import RequestFactory

from partners.brochures.network import network_of


def network(remote, forwarded=None):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return network_of(RequestFactory().get("/", REMOTE_ADDR=remote, **headers))


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix:", ""),
        ("not an address", ""),
    ],
)
def test_network_without_a_proxy(remote, expected):
    assert network(remote) == expected


def test_header_is_not_looked_at_without_a_proxy():
    assert network("8.8.4.4", "1.2.3.4") == "8.8.4.0/24"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "9.9.9.9", "9.9.9.0/24"),
        (1, "1.1.1.1, 9.9.9.9", "9.9.9.0/24"),
        (2, "1.1.1.1, 9.9.9.9, 10.0.0.2", "9.9.9.0/24"),
        (1, "9.9.9.9:4711", "9.9.9.0/24"),
        (1, "[2001:db8:5::1]:443", "2001:db8:5::/48"),
        (1, "nonsense", ""),
        (1, None, ""),
        (2, "9.9.9.9", ""),
    ],
)
def test_behind_proxies_what_the_outermost_wrote_counts(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    assert network("10.0.0.1", forwarded) == expected


def test_who_comes_around_the_proxies_counts_as_what_they_are(settings):
    settings.TRUSTED_PROXIES = 2
    assert network("8.8.4.4") == "8.8.4.0/24"
    assert network("8.8.4.4", "1.2.3.4") == "8.8.4.0/24"


def test_proxy_that_the_site_was_not_told_of_makes_no_network_of_all_visitors(caplog):
    with caplog.at_level(logging.WARNING):
        assert network("127.0.0.1", "198.51.100.7") == ""
    assert "TRUSTED_PROXIES" in caplog.text
    assert "198.51.100" not in caplog.text
