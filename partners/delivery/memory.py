"""How does a worker give back the memory that a picture or an export took?

Such jobs take some hundred MB for a second, in whichever thread has them. The C library (glibc) keeps a pool of memory
for each thread and gives hardly any of it back: a worker that had drawn the demo's pictures held 1 GB for good.
"""

import ctypes
import gc

# Two threads that allocate at once, and no more, do not wait for each other: pools for as many.
_POOLS = 2
# mallopt(3): M_ARENA_MAX.
_MOST_POOLS = -8


def share_pools() -> None:
    """Have the threads of this process share a few pools; must be called before there are any. What is loaded by now is
    there for good, and is not looked at by the garbage collector any more.
    """
    gc.collect()
    gc.freeze()
    # Not every C library has it.
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_MOST_POOLS, _POOLS)


def give_back() -> None:
    """Give back to the machine what nothing of this process needs any more; some hundredths of a second."""
    gc.collect()
    if malloc_trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        malloc_trim(0)
