"""Which modal a press has opened: while it still says *One moment*, what went wrong belongs into it.

A message behind an open modal is seen by nobody, who waits for the modal instead.
"""

from __future__ import annotations

from collections import OrderedDict

_MOST = 1_000
"""Presses remembered; the oldest go first: nobody asks about those that went well."""


class Opened:
    """Ids of modals by the trigger that opened them; a press is worked on in the process where it came in."""

    def __init__(self) -> None:
        self._views: OrderedDict[str, str] = OrderedDict()

    def note(self, trigger: str, view_id: str) -> None:
        """Told that a press has opened a modal."""
        if trigger and view_id:
            self._views[trigger] = view_id
            while len(self._views) > _MOST:
                self._views.popitem(last=False)

    def take(self, trigger: str) -> str:
        """The modal that a press has opened, once; empty where it has opened none."""
        return self._views.pop(trigger, "")
