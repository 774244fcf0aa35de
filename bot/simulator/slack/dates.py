"""Slack's date tokens, as the client shows them.

Source: docs.slack.dev, messaging/formatting-message-text, "Date formatting".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta

_NEAR_DAYS: Final = {
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
    "nl": {-1: "gisteren", 0: "vandaag", 1: "morgen"},
}
_TOKEN: Final = re.compile(r"\{(\w+)\}")


def shown_date(timestamp: int, pattern: str, *, tz: str, locale: str, now: datetime) -> str | None:
    """A moment by a pattern such as ``{date_short_pretty} {time}``; None when Slack would show the fallback.

    ``timestamp`` is in seconds since 1970; ``tz`` is an IANA name; ``locale`` like ``nl-NL``.
    """
    try:
        moment = datetime.fromtimestamp(timestamp, UTC).astimezone(ZoneInfo(tz))
    except (ValueError, OverflowError, OSError):
        return None
    formats = _formats(moment, locale.replace("-", "_"), now.astimezone(ZoneInfo(tz)))
    if any(name not in formats for name in _TOKEN.findall(pattern)):
        return None
    return _TOKEN.sub(lambda match: formats[match[1]](), pattern)


def _formats(moment: datetime, locale: str, now: datetime) -> dict[str, Callable[[], str]]:
    def date(style: str) -> Callable[[], str]:
        return lambda: format_date(moment, style, locale=locale)

    def pretty(style: str) -> Callable[[], str]:
        words = _NEAR_DAYS.get(locale.split("_")[0], {})
        near = words.get((moment.date() - now.date()) // timedelta(days=1))
        return lambda: near or format_date(moment, style, locale=locale)

    return {
        "date_num": lambda: moment.strftime("%Y-%m-%d"),
        "date_slash": lambda: moment.strftime("%Y/%m/%d"),
        "date": date("long"),
        "date_short": date("medium"),
        "date_long": date("full"),
        "date_pretty": pretty("long"),
        "date_short_pretty": pretty("medium"),
        "date_long_pretty": pretty("full"),
        "day_divider_pretty": pretty("full"),
        "time": lambda: format_time(moment, "short", locale=locale),
        "time_secs": lambda: format_datetime(moment, _seconds_pattern(locale), locale=locale),
        "ago": lambda: format_timedelta(moment - now, add_direction=True, locale=locale),
    }


def _seconds_pattern(locale: str) -> str:
    return "h:mm:ss a" if locale in {"en_US", "en"} else "HH:mm:ss"
