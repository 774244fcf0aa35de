"""What is typed to search: words and filters. Understands anything and never raises."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from bot.operations.filters import NO_FILTERS, Filters, Query, nearest

LONGEST: Final = 200
"""Characters of a query; it goes into the values of buttons."""
_FIELDS: Final = {
    "class": "class_code",
    "klasse": "class_code",
    "fixer": "fixer",
    "oplosser": "fixer",
    "mapping": "mapping",
    "toewijzing": "mapping",
    "since": "since",
    "sinds": "since",
}
"""Names of the filters, English and Dutch, and their field in ``Filters``."""
_PIECE: Final = re.compile(
    r"""
    (?P<name>[^\W\d_]{2,20}):(?P<value>"[^"]*"|[^\s"]*)   # name:value, name:"a value"
    | "(?P<quoted>[^"]*)"?                                # "text as it is"
    | (?P<word>[^\s"]+)
    """,
    re.VERBOSE,
)
_QUOTES: Final = str.maketrans("“”„«»", '"""""')
"""Keyboards put typographic quotes in place of the typed ones."""


def query_of(typed: str) -> Query:
    """Part words from filters: ``prvRead class:permission since:7d``.

    What stands in quotes is text, whatever it looks like; so is ``Customer:10000``. A name before a colon
    that is no filter but looks like one makes the query ``strange``.
    """
    typed = _cleaned(typed)
    words: list[str] = []
    filters: Filters = NO_FILTERS
    strange: str | None = None
    waiting: str | None = None
    for piece in _PIECE.finditer(typed):
        name, value = piece["name"], (piece["value"] or "").strip('"')
        if waiting is not None:
            behind = piece["quoted"] if piece["quoted"] is not None else piece[0]
            filters, waiting = _with(filters, waiting, behind), None
        elif name is None:
            words.append(piece["quoted"] if piece["quoted"] is not None else piece["word"])
        elif name.casefold() in _FIELDS:
            if piece["value"]:
                filters = _with(filters, name, value)
            else:
                waiting = name
        elif _looks_like_a_filter(name, value):
            strange = strange or name
        else:
            words.append(piece[0])
    if waiting is not None:
        filters = _with(filters, waiting, "")
    return Query(typed=typed, text=" ".join(" ".join(words).split()), filters=filters, strange=strange)


def without_filters(query: Query) -> str:
    """The text of a query, such that it is nothing else when it is typed again."""
    return f'"{query.text}"'[: LONGEST + 2] if ":" in query.text else query.text


def _cleaned(typed: str) -> str:
    """On one line, with straight quotes, not too long, and nothing that UTF-8 cannot hold."""
    straight = typed[: 4 * LONGEST].encode("utf-8", "replace").decode().translate(_QUOTES)
    return " ".join("".join(one if one.isprintable() else " " for one in straight).split())[:LONGEST].strip()


def _with(filters: Filters, name: str, value: str) -> Filters:
    return replace(filters, **{_FIELDS[name.casefold()]: value})


def _looks_like_a_filter(name: str, value: str) -> bool:
    """``sinse:7d`` and ``colour:red`` do; ``Customer:10000``, ``https://...`` and ``Note: it`` do not."""
    if not value or value.startswith("/"):
        return False
    return bool(nearest(name, _FIELDS)) or (name.islower() and not value[0].isdigit())
