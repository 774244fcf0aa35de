"""Moments as Slack shows them: in the reader's own zone and clock, as "today" or "yesterday" where that is
shorter.

Slack fills a token on the client (docs.slack.dev/messaging/formatting-message-text, "Date formatting");
what cannot do that, such as a terminal or a notification, shows the text that comes with it, which is in
UTC and says so.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from bot.cards.markup import Grain, Markup, Span

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Tokens count seconds from here; an empty DateTime of AL can come as the year 1."""


def moment(at: datetime) -> Markup:
    """Date and time of ``at``, which must have a zone."""
    in_utc = _in_utc(at)
    return _shown(in_utc, f"{in_utc.isoformat(' ', 'minutes').removesuffix('+00:00')} UTC", Grain.MINUTE)


def day(at: datetime) -> Markup:
    """Date of ``at``, which must have a zone."""
    in_utc = _in_utc(at)
    return _shown(in_utc, in_utc.date().isoformat(), Grain.DAY)


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment on a card needs a zone")
    return at.astimezone(UTC)


def _shown(in_utc: datetime, text: str, grain: Grain) -> Markup:
    return Markup((Span(text, moment=in_utc if in_utc >= _EPOCH else None, grain=grain),))
