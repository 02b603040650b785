"""What the tests of the trade share."""

import pytest

from tests.faults import letters
from tests.faults.committed import committed, emptied_again, empty_tables

__all__ = ["committed", "emptied_again", "empty_tables"]


@pytest.fixture(scope="session", autouse=True)
def _registered_letters() -> None:
    letters.register()
