"""What a process does once it has loaded everything that it needs."""

from __future__ import annotations

import gc

_NEW_OBJECTS = 10_000
_YOUNGER_ROUNDS = 20


def settle() -> None:
    """Have the garbage collector leave alone what is loaded by now, and come less often.

    A process of the bot has some 300,000 objects before its first row. Looking through all of them takes the
    event loop 100 to 400 ms each time, and a page of a pull, whose objects die with it without a collector,
    made that happen again and again: a quarter of the time of a pull (docs.python.org, ``gc.freeze``).
    For a process that serves: what is frozen is never collected.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNGER_ROUNDS, _YOUNGER_ROUNDS)
