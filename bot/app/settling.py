"""How a process that serves deals with its memory."""

from __future__ import annotations

import ctypes
import gc
import sys

_NEW_OBJECTS = 10_000
"""With 100,000 a pull is a twentieth faster, and one look takes the event loop 200 ms."""
_YOUNGER_ROUNDS = 20
_TURN = 0.000_5
"""Seconds (docs.python.org, ``sys.setswitchinterval``)."""

_ARENA_MAX = -8
"""``M_ARENA_MAX`` of glibc's malloc.h."""
_TRIM_THRESHOLD = -1
"""``M_TRIM_THRESHOLD``; setting it also ends that glibc raises its thresholds by itself."""
_TRIMMED_FROM = 128 * 1024


def share_memory() -> None:
    """Have all threads take memory from one place, and give back what is free; before there are threads.

    glibc gives each thread an arena of its own (man 3 mallopt), and DBOS does each step in whatever thread is
    free: what one page left behind in an arena is no use to the next page. A worker that read 50,000 rows had
    201 MB, and 151 MB this way. Threads seldom meet in malloc: most of Python's own objects do not come from
    it. Elsewhere than on glibc nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_TRIM_THRESHOLD, _TRIMMED_FROM)


def settle() -> None:
    """Have the garbage collector leave alone what is loaded by now, and come less often.

    A process of the bot has some 300,000 objects before its first row. Looking through all of them takes the
    event loop 100 to 400 ms each time, and a page of a pull, whose objects die with it without a collector,
    made that happen again and again: a quarter of the time of a pull (docs.python.org, ``gc.freeze``).
    For a process that serves: what is frozen is never collected.

    The interpreter changes threads more often, too: while a page is diagnosed in one thread, the event loop
    got its turn after 5 ms each time, some thirty times for each page that it hands to PostgreSQL.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNGER_ROUNDS, _YOUNGER_ROUNDS)
    sys.setswitchinterval(_TURN)
