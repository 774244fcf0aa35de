"""Moments as Slack shows them: in the reader's own zone and clock, as "today" or "yesterday" where that is
shorter.

Slack fills a token on the client (docs.slack.dev/messaging/formatting-message-text, "Date formatting");
what cannot do that, such as a terminal or a notification, shows the text that comes with it, which is in
UTC and says so.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from bot.cards.markup import Markup, Span

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Tokens count seconds from here; an empty DateTime of AL can come as the year 1."""


def moment(at: datetime) -> Markup:
    """Date and time of ``at``, which must have a zone."""
    if at.tzinfo is None:
        raise ValueError("a moment on a card needs a zone")
    in_utc = at.astimezone(UTC)
    text = f"{in_utc.isoformat(' ', 'minutes').removesuffix('+00:00')} UTC"
    return Markup((Span(text, moment=in_utc if in_utc >= _EPOCH else None),))
