"""What the tests of the trade share."""

import pytest

from tests.faults import letters
from tests.faults.committed import committed

__all__ = ["committed"]


@pytest.fixture(scope="session", autouse=True)
def _registered_letters() -> None:
    letters.register()
