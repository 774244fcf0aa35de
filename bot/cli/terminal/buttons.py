"""Numbers for what can be pressed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Final, Protocol

from bot.cli.terminal.harmless import harmless_line
from bot.dataclass import dataclass

CLOSE: Final = "close"
SUBMIT: Final = "submit"
"""What ends a dialog. Slack draws them below it; they are no blocks."""

PRESSABLE: Final = frozenset({"button", "file", CLOSE, SUBMIT})


class Element(Protocol):
    """Something pressable of a message or a dialog, as the simulator hands it out."""

    @property
    def label(self) -> str: ...
    @property
    def action_id(self) -> str: ...
    @property
    def value(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DialogEnd:
    """Close or Submit of a dialog."""

    kind: str
    label: str

    @property
    def action_id(self) -> str:
        return f"dialog.{self.kind}"

    @property
    def value(self) -> str | None:
        return None

    @property
    def url(self) -> str | None:
        return None

    def block(self) -> Mapping[str, Any]:
        """The same as a Block Kit button, to be drawn like one."""
        return {
            "type": "button",
            "action_id": self.action_id,
            "text": {"type": "plain_text", "text": self.label, "emoji": True},
            **({"style": "primary"} if self.kind == SUBMIT else {}),
        }


@dataclass(frozen=True, slots=True)
class ButtonKey:
    """What makes a button the same button when its message is drawn again."""

    place: str
    """Timestamp of the message, or the dialog's id."""
    action_id: str
    value: str
    url: str


class Numbers(Protocol):
    """Knows the number that a button carries on the screen."""

    def number(self, place: str, element: Mapping[str, Any]) -> int | None:
        """The number of that Block Kit element; None where nothing can be pressed."""


class NoNumbers:
    """For output that nobody can answer to."""

    def number(self, place: str, element: Mapping[str, Any]) -> int | None:
        return None


@dataclass(frozen=True, slots=True)
class Pressable:
    """A button on the screen."""

    number: int
    place: str
    element: Element


@dataclass(slots=True)
class ButtonNumbers:
    """Gives every button a number of its own, for good.

    A button keeps its number when its message is drawn again, so that what a person reads higher up on the
    screen never means something else by now. One that is gone keeps its number too, and so can be told from
    one that never was.
    """

    _numbers: dict[ButtonKey, int] = field(default_factory=dict)
    _current: dict[str, dict[int, Pressable]] = field(default_factory=dict)

    def place(self, place: str, elements: Iterable[Element]) -> None:
        """``elements`` are what can be pressed at that place now, and nothing else; no numbers for inputs."""
        here: dict[int, Pressable] = {}
        for element in elements:
            if element.kind not in PRESSABLE:
                continue
            key = ButtonKey(place, element.action_id, element.value or "", element.url or "")
            number = self._numbers.setdefault(key, len(self._numbers) + 1)
            here[number] = Pressable(number, place, element)
        self._current.pop(place, None)
        self._current[place] = here

    def remove(self, place: str) -> None:
        """Nothing can be pressed there any more."""
        self._current.pop(place, None)

    def clear(self) -> None:
        """Another person looks at another screen: all buttons are gone, their numbers stay given."""
        self._current.clear()

    def number(self, place: str, element: Mapping[str, Any]) -> int | None:
        number = self._numbers.get(_key(place, element))
        return number if number in self._current.get(place, {}) else None

    def pressable(self, number: int) -> Pressable | None:
        """What that number presses now."""
        return next((here[number] for here in self._current.values() if number in here), None)

    def was_given(self, number: int) -> bool:
        """Whether some button carries or carried that number."""
        return 1 <= number <= len(self._numbers)

    def called(self, label: str) -> list[Pressable]:
        """Buttons of that name at the place drawn last that has one."""
        wanted = label.casefold()
        for here in reversed(self._current.values()):
            found = [one for one in here.values() if harmless_line(one.element.label).casefold() == wanted]
            if found:
                return found
        return []

    def __bool__(self) -> bool:
        return any(self._current.values())


def _key(place: str, element: Mapping[str, Any]) -> ButtonKey:
    return ButtonKey(
        place,
        str(element.get("action_id") or ""),
        str(element.get("value") or ""),
        str(element.get("url") or ""),
    )
