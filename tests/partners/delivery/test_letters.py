"""Who builds which letter."""

import pytest

from partners.delivery.letters import Letter, LetterCannotBeBuilt, build_letter, register_letter
from partners.delivery.message import OutgoingMessage
from tests.faults import letters


def another_builder(message: OutgoingMessage) -> Letter:
    """Build something else."""
    raise NotImplementedError


def test_each_kind_has_its_builder() -> None:
    assert build_letter(OutgoingMessage(pk=7, kind=letters.KIND)).subject == "Note 7: 前海 & more"


def test_a_kind_that_nobody_builds() -> None:
    with pytest.raises(LetterCannotBeBuilt, match="'unheard of'"):
        build_letter(OutgoingMessage(kind="unheard of"))


def test_a_builder_is_not_replaced_by_accident() -> None:
    register_letter(letters.KIND, letters.build_note)
    with pytest.raises(ValueError, match="another function"):
        register_letter(letters.KIND, another_builder)
