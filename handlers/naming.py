"""``connection:NAME`` behind the command: one answer about another connection than the chosen one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.dataclass import dataclass

_WORD = re.compile(r"(?:^|(?<=\s))(?:connection|verbinding):", re.IGNORECASE)
_QUOTED = re.compile(r"""["“”„]([^"“”„]*)["“”]?""")
"""Keyboards put typographic quotes in place of the typed ones."""


@dataclass(frozen=True, slots=True)
class Named:
    """What was typed, parted."""

    name: str | None
    """None where no connection was named; empty where its name was left out."""
    rest: str
    """Everything else."""


def take_connection(text: str, names: Iterable[str]) -> Named:
    """Part the connection from the rest. One of ``names`` is taken whole, blanks included, quoted or not."""
    word = _WORD.search(text)
    if word is None:
        return Named(None, text)
    before, behind = text[: word.start()], text[word.end() :].lstrip()
    quoted = _QUOTED.match(behind)
    if quoted is not None:
        return Named(quoted[1].strip(), _rest(before, behind[quoted.end() :]))
    for name in sorted(names, key=len, reverse=True):
        end = len(name)
        if behind[:end].casefold() == name.casefold() and not behind[end : end + 1].strip():
            return Named(name, _rest(before, behind[end:]))
    typed, _, after = behind.partition(" ")
    return Named(typed.strip(), _rest(before, after))


def _rest(before: str, after: str) -> str:
    return f"{before.strip()} {after.strip()}".strip()
