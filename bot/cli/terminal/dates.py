"""Slack's date tokens, as the client replaces them.

Tokens and their meaning: https://docs.slack.dev/reference/block-kit/block-elements/date-element and
https://docs.slack.dev/messaging/formatting-message-text#date-formatting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from babel.dates import format_datetime, format_timedelta

from bot.cli.terminal.screen import Screen, Surface
from bot.dataclass import dataclass

_TOKEN: Final = re.compile(r"\{([a-z_]{1,30})\}")
_RECENT_DAYS: Final = 182
"""``{date}`` leaves the year out when it is less than six months away."""


def slack_date(timestamp: object, pattern: str, fallback: str, screen: Screen) -> str:
    """What Slack shows for a date: ``pattern`` with its tokens replaced, or ``fallback`` if that cannot be.

    ``timestamp`` is in seconds since 1970 (UTC), as number or digits. A pattern that begins with a token
    gives a text that begins with a capital letter ("Today at 10:19").
    """
    moment = _moment(timestamp, screen)
    if moment is None:
        return fallback
    tokens = _tokens(moment, screen)
    if not set(_TOKEN.findall(pattern)) <= tokens.keys():
        return fallback
    kept_whole = "\xa0" if screen.surface is Surface.TERMINAL else " "
    shown = _TOKEN.sub(lambda token: tokens[token[1]]().replace(" ", kept_whole), pattern)
    return shown[:1].upper() + shown[1:] if pattern.startswith("{") else shown


def clock_time(timestamp: object, screen: Screen) -> str:
    """Time of day as in ``{time}``; empty when ``timestamp`` is none."""
    return slack_date(timestamp, "{time}", "", screen)


def _moment(timestamp: object, screen: Screen) -> datetime | None:
    if isinstance(timestamp, bool) or not isinstance(timestamp, (int, float, str)):
        return None
    try:
        return datetime.fromtimestamp(float(timestamp), UTC).astimezone(screen.zone)
    except (ValueError, OverflowError, OSError):
        return None


def _tokens(moment: datetime, screen: Screen) -> Mapping[str, Callable[[], str]]:
    dialect = dialect_of(screen.locale)
    now = screen.now.astimezone(screen.zone)
    days = (moment.date() - now.date()).days
    words = screen.words
    near = {0: words.today, -1: words.yesterday, 1: words.tomorrow}.get(days)

    def written(pattern: str) -> str:
        filled = pattern.replace("TH", _ordinal(moment.day))
        return str(format_datetime(moment, filled, locale=dialect.babel))

    def recent() -> str:
        return written(dialect.day if abs(days) < _RECENT_DAYS else dialect.full)

    def divider() -> str:
        return near or written(dialect.weekday if moment.year == now.year else dialect.long)

    return {
        "date_num": lambda: written("yyyy-MM-dd"),
        "date_slash": lambda: written(dialect.slash),
        "date_long": lambda: written(dialect.long),
        "date_long_full": lambda: written(dialect.full),
        "date_long_pretty": lambda: near or written(dialect.long),
        "date": recent,
        "date_pretty": lambda: near or recent(),
        "date_short": lambda: written(dialect.short),
        "date_short_pretty": lambda: near or written(dialect.short),
        "day_divider_pretty": divider,
        "time": lambda: written(dialect.time),
        "time_secs": lambda: written(dialect.time.replace("mm", "mm:ss")),
        "ago": lambda: format_timedelta(moment - now, add_direction=True, locale=dialect.babel),
    }


@dataclass(frozen=True, slots=True)
class Dialect:
    """How people of one region write dates: patterns of Unicode TR 35, ``TH`` stands for st, nd, rd, th."""

    babel: str
    day: str
    weekday: str
    full: str
    long: str
    short: str
    slash: str
    time: str


_AMERICAN: Final = Dialect(
    babel="en_US",
    day="MMMM d'TH'",
    weekday="EEEE, MMMM d'TH'",
    full="MMMM d'TH', y",
    long="EEEE, MMMM d'TH', y",
    short="MMM d, y",
    slash="MM/dd/y",
    time="h:mm a",
)
_BRITISH: Final = Dialect(
    babel="en_GB",
    day="d MMMM",
    weekday="EEEE, d MMMM",
    full="d MMMM y",
    long="EEEE, d MMMM y",
    short="d MMM y",
    slash="dd/MM/y",
    time="HH:mm",
)
_DUTCH: Final = Dialect(
    babel="nl_NL",
    day="d MMMM",
    weekday="EEEE d MMMM",
    full="d MMMM y",
    long="EEEE d MMMM y",
    short="d MMM y",
    slash="dd-MM-y",
    time="HH:mm",
)


def dialect_of(locale: str) -> Dialect:
    """Dutch for ``nl…``, British for ``en-GB``, otherwise American, like the terminal's own words."""
    language, _, region = locale.lower().replace("_", "-").partition("-")
    if language == "nl":
        return _DUTCH
    return _BRITISH if region == "gb" else _AMERICAN


def _ordinal(day: int) -> str:
    if day in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
