"""What can be typed behind ``/syncerrors``: the one list that both understands and explains itself."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from bot.cards.help import CommandHelp
from bot.cards.texts import msgid

COMMAND = "/syncerrors"

GRAMMAR: tuple[CommandHelp, ...] = (
    CommandHelp(usage=COMMAND, summary=msgid("Show what is wrong, most pressing first")),
    CommandHelp(
        usage=f"{COMMAND} 4711",
        summary=msgid("Show one error by its No. from the page Integration Synchronization Errors"),
    ),
    CommandHelp(usage=f"{COMMAND} help", summary=msgid("Show this list")),
)

OF_SEVERAL: tuple[CommandHelp, ...] = (
    CommandHelp(
        usage=f"{COMMAND} connections",
        summary=msgid("Show how all connections stand, most pressing first"),
    ),
    CommandHelp(
        usage=f"{COMMAND} connection:NAME",
        summary=msgid("Ask about another connection than the one you chose; goes with everything above"),
        examples=(f"{COMMAND} 4711 connection:NAME",),
    ),
)
"""What there is besides where there are several connections."""

_CONNECTIONS = frozenset({"connections", "verbindingen"})
_WORDS = {"help": "help", "hulp": "help", "?": "help", **dict.fromkeys(sorted(_CONNECTIONS), "connections")}
_NUMBER = re.compile(r"(?:no\.?|nr\.?|#)?\s*([0-9]{1,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AskForOverview:
    """Nothing behind the command."""


@dataclass(frozen=True, slots=True)
class AskForError:
    """A number, also written ``#4711`` or ``No. 4711``."""

    number: int


@dataclass(frozen=True, slots=True)
class AskForConnections:
    """How all connections stand."""


@dataclass(frozen=True, slots=True)
class AskForHelp:
    """``help``, or something that the bot does not know, with the nearest command where there is one."""

    unknown: str | None = None
    nearest: str | None = None


Request = AskForOverview | AskForError | AskForConnections | AskForHelp


def understand(text: str) -> Request:
    """Read what stands behind the command; never raises."""
    words = text.strip()
    if not words:
        return AskForOverview()
    number = _NUMBER.fullmatch(words)
    if number is not None:
        return AskForError(int(number[1]))
    if words.lower() in _CONNECTIONS:
        return AskForConnections()
    if words.lower() in _WORDS:
        return AskForHelp()
    near = difflib.get_close_matches(words.lower()[:40], list(_WORDS), n=1, cutoff=0.6)
    return AskForHelp(unknown=words, nearest=f"{COMMAND} {_WORDS[near[0]]}" if near else None)
