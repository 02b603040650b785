"""partners/brochures/proof_of_work.py: a puzzle that is quick to check."""

import itertools

import pytest

from partners.brochures.form_key import new_key
from partners.brochures.proof_of_work import is_solved


def solution(key, bits):
    return next(str(number) for number in itertools.count() if is_solved(key, str(number), bits))


def test_answer_fits_its_key_alone():
    answer = solution("one", 12)
    assert is_solved("one", answer, 12)
    assert not is_solved("another", answer, 12)


@pytest.mark.parametrize("answer", ["", "-1", "1.0", " 1", "٣", "1" * 40, "\x00", "0x10", "1\n"])
def test_what_is_no_number_is_no_answer(answer):
    assert not is_solved("key", answer, 0)


def test_harder_puzzles_refuse_what_easier_ones_take(settings):
    key = new_key()
    settings.FORM_PROOF_BITS = 4
    answer = solution(key, 4)
    assert is_solved(key, answer)
    settings.FORM_PROOF_BITS = 60
    assert not is_solved(key, answer)
