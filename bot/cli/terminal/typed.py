"""What a line typed at the prompt asks for."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from bot.dataclass import dataclass

_NUMBER: Final = re.compile(r"\[?([0-9]{1,6})\]?")
_LEAVING: Final = frozenset({"/quit", "/exit", "quit", "exit"})
_ASKING: Final = frozenset({"help", "?", "/help"})


@dataclass(frozen=True, slots=True)
class Nothing:
    """An empty line."""


@dataclass(frozen=True, slots=True)
class Leave:
    """End the conversation."""


@dataclass(frozen=True, slots=True)
class Help:
    """List what can be typed."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Be another person; ``key`` is as typed, may be empty."""

    key: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Mend, in the simulated world, what has these words in its text; without words, everything."""

    words: str


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command for Slack, whole."""

    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """Press the button with that number."""

    number: int


@dataclass(frozen=True, slots=True)
class Words:
    """Anything else: the name of a button, or a mistake."""

    text: str


Typed: TypeAlias = Nothing | Leave | Help | Switch | Fix | Command | Press | Words


def understood(line: str) -> Typed:
    """What ``line`` asks for; surrounding spaces do not matter."""
    text = line.strip()
    word, _, rest = text.partition(" ")
    number = _NUMBER.fullmatch(text)
    if not text:
        return Nothing()
    if text.lower() in _LEAVING:
        return Leave()
    if text.lower() in _ASKING:
        return Help()
    if word.lower() == "/as":
        return Switch(rest.strip().lower())
    if word.lower() == "/fix":
        return Fix(rest.strip())
    if number:
        return Press(int(number[1]))
    return Command(text) if text.startswith("/") else Words(text)
