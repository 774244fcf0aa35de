"""How long to wait before asking again, and when to stop."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.dataclass import dataclass

ATTEMPTS = 5
BUDGET_SECONDS = 180.0
"""All waiting for one request together; the schedule comes back in minutes anyway."""

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 30.0


@dataclass
class Patience:
    """The waits of one request. ``attempts`` and ``budget`` (seconds) bound it."""

    attempts: int = ATTEMPTS
    budget: float = BUDGET_SECONDS
    _used: int = 0
    _waited: float = 0.0

    def next_wait(self, asked: float | None, jitter: float) -> float | None:
        """Seconds until the next attempt, or None where it is time to give up.

        ``asked`` is what ``Retry-After`` says, in seconds: it is waited in full or, where the budget does not
        allow that, not at all, for asking earlier prolongs the throttling. Without it the waits double, each
        between half and all of its size by ``jitter`` (0 to 1), so that several workers spread out.
        """
        self._used += 1
        if self._used >= self.attempts:
            return None
        backoff = min(FIRST_WAIT_SECONDS * 2 ** (self._used - 1), LONGEST_WAIT_SECONDS)
        wait = backoff * (0.5 + jitter / 2) if asked is None else asked
        if self._waited + wait > self.budget:
            return None
        self._waited += wait
        return wait


def seconds_asked(retry_after: str | None, now: datetime) -> float | None:
    """``Retry-After`` in seconds from ``now``; None if unreadable.

    RFC 9110, 10.2.3 allows seconds or an HTTP date.
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 10 else float("inf")
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
