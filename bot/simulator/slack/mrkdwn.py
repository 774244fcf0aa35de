"""mrkdwn as a person reads it: tokens resolved, marks of formatting gone, entities decoded.

Only ``<...>`` is a token; ``&lt;`` is decoded last and never parsed again, as on Slack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.simulator.slack.dates import shown_date

_TOKEN: Final = re.compile(r"<([^<>\n]+)>")
_CODE: Final = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_PLACE: Final = "\ue000"
"""Stands for a token while marks are taken off, so that an address with underscores stays whole."""
_MARKS: Final = re.compile(r"(?<![\w*_~])([*_~])(\S|\S[^\n]*?\S)\1(?![\w*_~])")


@dataclass(frozen=True)
class Reader:
    """Who reads. ``name_of`` gives the name behind a user or channel id."""

    tz: str
    locale: str
    now: datetime
    name_of: Callable[[str], str]


@dataclass(frozen=True)
class Link:
    """A link in a text; ``label`` is empty for a bare address."""

    url: str
    label: str


def shown(text: str, reader: Reader) -> str:
    """The visible text; a link reads ``label <url>``."""
    tokens: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        tokens.append(_token(match[1], reader))
        return _PLACE

    parts = _CODE.split(_TOKEN.sub(set_aside, text.replace(_PLACE, "\ufffd")))
    visible = "".join(part.strip("`") if index % 2 else _unmarked(part) for index, part in enumerate(parts))
    pieces = shown_label(visible).split(_PLACE)
    return "".join(piece + token for piece, token in zip(pieces, [*tokens, ""], strict=True))


def shown_label(text: str) -> str:
    """The text of a plain object or a link label: entities decoded, nothing parsed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mentions(text: str) -> Iterator[str]:
    """What a text pings: ``channel``, ``here``, ``everyone``, or the id of a user or user group."""
    for token in _TOKEN.findall(text):
        target = token.partition("|")[0]
        if target.startswith("@"):
            yield target[1:]
        elif target.startswith("!subteam^"):
            yield target.removeprefix("!subteam^")
        elif target in {"!channel", "!here", "!everyone"}:
            yield target[1:]


def links(text: str) -> Iterator[Link]:
    """The links in a text."""
    for token in _TOKEN.findall(text):
        url, _, label = token.partition("|")
        if not url.startswith(("@", "#", "!")):
            yield Link(shown_label(url), shown_label(label))


def _unmarked(text: str) -> str:
    before = None
    while before != text:
        before, text = text, _MARKS.sub(r"\2", text)
    return text


def _token(token: str, reader: Reader) -> str:
    target, _, label = token.partition("|")
    label = shown_label(label)
    if target.startswith("@"):
        return f"@{label or reader.name_of(target[1:])}"
    if target.startswith("#"):
        return f"#{label or reader.name_of(target[1:])}"
    if target.startswith("!date^"):
        return _date(target, label, reader)
    if target.startswith("!subteam^"):
        return f"@{label or target.removeprefix('!subteam^')}"
    if target.startswith("!"):
        return f"@{target[1:]}"
    url = shown_label(target)
    return f"{label} <{url}>" if label else url


def _date(target: str, fallback: str, reader: Reader) -> str:
    _, stamp, *rest = target.split("^")
    if not rest or not re.fullmatch(r"-?\d{1,12}", stamp):
        return fallback
    when = shown_date(int(stamp), rest[0], tz=reader.tz, locale=reader.locale, now=reader.now)
    if when is None:
        return fallback
    return f"{when} <{rest[1]}>" if len(rest) > 1 else when
