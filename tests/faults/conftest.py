"""A real worker, a real database and a real mail server, with something broken between them."""

import pytest

from tests.faults import letters
from tests.faults.committed import committed, emptied_again, empty_tables
from tests.faults.database import own_server, server_with_tables

__all__ = ["committed", "emptied_again", "empty_tables", "own_server", "server_with_tables"]


@pytest.fixture(scope="session", autouse=True)
def _registered_letters() -> None:
    letters.register()
