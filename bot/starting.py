"""What a process does first of all, before it imports the rest."""

from __future__ import annotations

import gc

_NEW_OBJECTS = 500_000
"""More than starting makes: with 100,000 it was interrupted three times, for a tenth of a second."""


def start_lightly() -> None:
    """Have the garbage collector not come before the process is ready, instead of after each 700 new objects.

    Importing makes some 350,000 that all stay; looking through them again and again took a sixth of the time
    of starting (docs.python.org, ``gc.set_threshold``). A process that serves settles then
    (``bot.app.settle``).
    """
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])
