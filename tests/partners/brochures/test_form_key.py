"""partners/brochures/form_key.py: whose key it is, and when the form was shown."""

import uuid

import pytest
from django.core.signing import Signer

from partners.brochures import form_key
from partners.brochures.form_key import KEY_LIFE, KeyRefused, new_key, read_key


def test_key_tells_to_the_millisecond_when_the_form_was_shown(monkeypatch):
    monkeypatch.setattr(form_key, "now", lambda: 1_800_000_000.123)
    key = new_key()
    monkeypatch.setattr(form_key, "now", lambda: 1_800_000_001.5)
    read = read_key(key)
    assert read.age == pytest.approx(1.377, abs=0.0011)
    assert read.id.version == 7
    assert read.id.variant == uuid.RFC_4122


def test_keys_differ():
    assert len({new_key() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "value",
    ["", "x", "00:11:22", uuid.uuid4().hex, Signer(salt="another").sign(uuid.uuid4().hex), "\x00", "ключ:ключ"],
    ids=["empty", "a letter", "numbers", "unsigned", "signed for another purpose", "NUL", "Cyrillic"],
)
def test_key_of_another_is_refused(value):
    with pytest.raises(KeyRefused):
        read_key(value)


def test_signed_text_that_is_no_key_is_refused():
    with pytest.raises(KeyRefused):
        read_key(form_key._signer.sign("not a key"))


def test_key_is_good_overnight_and_not_for_ever(monkeypatch):
    key, start = new_key(), form_key.now()
    monkeypatch.setattr(form_key, "now", lambda: start + KEY_LIFE.total_seconds() - 10)
    assert read_key(key).age > 6 * 86_400
    monkeypatch.setattr(form_key, "now", lambda: start + KEY_LIFE.total_seconds() + 10)
    with pytest.raises(KeyRefused):
        read_key(key)
