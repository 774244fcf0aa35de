"""Telling a double click from a second wish.

Slack sends a payload for each click and repeats none. The same person pressing the same button of the same
message twice in a row, while the first press is still worked on or within half a second of it, wants it once.
With several processes the two clicks may reach two of them: what changes anything must therefore be safe to
do twice by itself (reading is: both follow the same pull).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bot.clock import Clock
from bot.dataclass import dataclass

DOUBLE_CLICK_SECONDS = 0.5
_PLACES_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed what where: a button by its id and what it points at, in a message or a view."""

    user: str
    place: str
    action_id: str
    value: str


def press_of(body: Mapping[str, Any]) -> Press | None:
    """What was pressed; None where the payload does not tell in which message or view."""
    user, container = body.get("user"), body.get("container")
    actions = body.get("actions")
    if not (isinstance(user, Mapping) and isinstance(container, Mapping) and isinstance(actions, list)):
        return None
    place = container.get("message_ts") or container.get("view_id")
    if not place or not actions or not isinstance(actions[0], Mapping):
        return None
    action = actions[0]
    return Press(str(user.get("id")), str(place), str(action.get("action_id")), str(value_of(action)))


def value_of(action: Mapping[str, Any]) -> object:
    """What a button or the chosen option of a menu carries."""
    option = action.get("selected_option")
    return option.get("value") if isinstance(option, Mapping) else action.get("value")


class Presses:
    """The presses that are worked on, and the last one of each person in each message."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._working: set[Press] = set()
        self._last: dict[tuple[str, str], tuple[Press, float]] = {}

    @contextmanager
    def once(self, press: Press | None) -> Iterator[bool]:
        """Around the work for a press: True for the first of several, False for those that say the same."""
        if press is None:
            yield True
            return
        if press in self._working or self._is_double(press):
            yield False
            return
        self._working.add(press)
        try:
            yield True
        finally:
            self._working.discard(press)

    def is_last(self, press: Press | None) -> bool:
        """Whether that person has pressed nothing else in that message since."""
        last = None if press is None else self._last.get((press.user, press.place))
        return last is None or last[0] == press

    def _is_double(self, press: Press) -> bool:
        key, now = (press.user, press.place), self._clock.monotonic()
        before = self._last.pop(key, None)
        self._last[key] = (press, now)
        if len(self._last) > _PLACES_REMEMBERED:
            self._last.pop(next(iter(self._last)))
        return before is not None and before[0] == press and now - before[1] < DOUBLE_CLICK_SECONDS
