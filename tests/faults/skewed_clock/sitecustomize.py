"""A machine whose clock is wrong by CLOCK_SKEW_SECONDS: Python imports this at its start if the folder is on its path.

Only the clock on the wall is moved. What measures spans (time.monotonic, timeouts) goes on as on such a machine.
"""

import datetime as calendar
import os
import time
from typing import Any

SKEW = float(os.environ.get("CLOCK_SKEW_SECONDS", "0"))
true_time, true_time_ns, true_localtime, true_gmtime = time.time, time.time_ns, time.localtime, time.gmtime
true_datetime = calendar.datetime


class _Kind(type):
    """Lets values that C code has made, which know nothing of the class below, count as its instances."""

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, true_datetime) if cls is datetime else super().__instancecheck__(value)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, true_datetime) if cls is datetime else super().__subclasscheck__(kind)


class datetime(true_datetime, metaclass=_Kind):  # noqa: N801  it stands in for that class
    """datetime.datetime, asked for the time by the wrong clock. (Its today() asks time.time().)

    Its values are of the true class, by which a database's driver knows how to write them.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return true_datetime(*args, **kwargs) if cls is datetime else super().__new__(cls, *args, **kwargs)

    @classmethod
    def now(cls, tz: calendar.tzinfo | None = None) -> Any:
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return cls.fromtimestamp(time.time(), calendar.UTC).replace(tzinfo=None)


if SKEW:
    calendar.datetime = datetime  # type: ignore[misc]
    time.time = lambda: true_time() + SKEW
    time.time_ns = lambda: true_time_ns() + int(SKEW * 10**9)
    time.localtime = lambda seconds=None: true_localtime(time.time() if seconds is None else seconds)
    time.gmtime = lambda seconds=None: true_gmtime(time.time() if seconds is None else seconds)
