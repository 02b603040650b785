"""What the tests of the trade share."""

from tests.faults.committed import committed

__all__ = ["committed"]
