"""How much of a busy processor does the worker take from whoever serves visitors?"""

import contextlib
import os
from pathlib import Path

# Where the web server runs on the same machine, visitors come first: a letter may wait for a processor, they may not.
# It still gets a tenth of what a visitor gets of a busy one (sched(7), weights of nice values), by which some twenty
# letters leave in a second, hardly fewer than by a third (decision 40).
POLITENESS = 10


def give_way() -> None:
    """Let this process have less of a busy processor than others: POLITENESS, as a nice value.

    Linux shares a processor between sessions first, each service being one, and by nice values only within them
    (autogroup, sched(7)). A session of our own gives way as a whole; where systemd shares by units, theirs says so.
    """
    os.nice(POLITENESS)
    if os.getsid(0) == os.getpid():
        # Not every kernel has it.
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(POLITENESS), encoding="ascii")
