"""Does everybody get the coding that he prefers of those that there are, and nobody one that he refuses?"""

import pytest

from qianhai_site.accepting import best_encoding, best_of


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", "identity"),
        ("gzip, deflate, br, zstd", "brotli"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0, br;q=0", "identity"),
        ("*", "brotli"),
        ("*;q=0", "identity"),
        ("identity", "identity"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip;q=much", "identity"),
        ("evil", "identity"),
    ],
)
def test_the_best_encoding_that_is_accepted(accepted, chosen):
    assert [best_encoding(accepted), best_encoding(accepted)] == [chosen, chosen]


@pytest.mark.parametrize(
    ("offered", "accepted", "chosen"),
    [
        (["gzip"], "gzip, br", "gzip"),
        (["gzip"], "br", "identity"),
        (["gzip"], "foo-gzip", "identity"),
        (["gzip", "brotli"], "gzip, br", "gzip"),
        ([], "gzip, br", "identity"),
    ],
)
def test_only_what_is_offered_is_chosen(offered, accepted, chosen):
    assert best_of(offered, accepted) == chosen
