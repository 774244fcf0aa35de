"""What the bot's own store and Business Central's numbers say together: retention, last pull, restored."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from typing import Final

from bot.businesscentral.records import Maintenance
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.operations.doctor.looking import broken, good, note
from bot.operations.doctor.values import Check, Fact, Finding, Outcome, Verdict
from bot.store import Database, Pulls
from bot.store.values import Finding as NumbersFinding
from bot.store.values import Scope

_DAYS: Final = {"1 Week": 7, "28 Days": 28}
_MONTHS: Final = {"1 Month": 1, "3 Months": 3, "6 Months": 6, "1 Year": 12, "3 Years": 36, "5 Years": 60}
"""Periods of the enum "Retention Period Enum" (microsoft/BCApps, System Application)."""
PERIODS: Final = frozenset({*_DAYS, *_MONTHS})
_NEVER: Final = "Never Delete"
SHORT_DAYS: Final = 14
"""Who is away for two weeks finds nothing left."""
MISSED_PULLS: Final = 3


@dataclass(frozen=True, slots=True)
class Past:
    """One connection. ``kept_days`` is how long the bot keeps what Business Central no longer has."""

    scope: Scope
    database: Database
    clock: Clock
    pull_interval: timedelta
    kept_days: int

    async def retention(self, there: Maintenance) -> Finding:
        """Whether Business Central's own retention policy takes rows, and rows that nobody has read."""
        if not there.retention_enabled or there.retention_period == _NEVER:
            return good(Check.RETENTION, Outcome.RETENTION_OFF, entries=there.error_count)
        end = ends_at(there.retention_period, self.clock.now())
        if end is None:
            return note(Check.RETENTION, Outcome.RETENTION_UNTOLD)
        facts: dict[str, Fact] = {"period": there.retention_period, "kept": self.kept_days}
        if there.oldest_logged_at is not None:
            facts["oldest"] = there.oldest_logged_at
        read_at = (await Pulls(self.database).state(self.scope)).succeeded_at
        if read_at is not None and read_at < end:
            return broken(Check.RETENTION, Outcome.RETENTION_EATS, **facts, read_at=read_at)
        if self.clock.now() - end < timedelta(days=SHORT_DAYS):
            return note(Check.RETENTION, Outcome.RETENTION_SHORT, **facts)
        return good(Check.RETENTION, Outcome.RETENTION_ON, **facts)

    async def pull(self) -> Finding:
        """Whether Business Central was read lately, and if not, why not."""
        state = await Pulls(self.database).state(self.scope)
        now = self.clock.now()
        late = now - (MISSED_PULLS * self.pull_interval + timedelta(minutes=5))
        if state.failure_key is not None:
            facts: dict[str, Fact] = {"key": state.failure_key, **(state.failure_facts or {})}
            if state.attempted_at is not None:
                facts["attempted_at"] = state.attempted_at
            return Finding(Check.PULL, Verdict.BROKEN, Outcome.FAILURE, facts)
        if state.started_at is not None and state.started_at > late:
            return good(Check.PULL, Outcome.PULL_UNDER_WAY, rows=state.rows_read)
        if state.succeeded_at is None:
            return note(Check.PULL, Outcome.PULL_NEVER)
        if state.succeeded_at < late:
            minutes = int(self.pull_interval.total_seconds() // 60)
            return broken(Check.PULL, Outcome.PULL_LATE, read_at=state.succeeded_at, minutes=minutes)
        return good(Check.PULL, Outcome.PULL_FINE, read_at=state.succeeded_at)

    async def numbers(self, there: Maintenance) -> Finding:
        """Numbers rise and are given once: a highest one below what was read means another past."""
        state = await Pulls(self.database).state(self.scope)
        if state.finding is NumbersFinding.RESTORED:
            return note(Check.NUMBERS, Outcome.NUMBERS_RESTORED)
        if 0 < there.highest_number < state.cursor:
            return note(Check.NUMBERS, Outcome.NUMBERS_BELOW, there=there.highest_number, known=state.cursor)
        return good(Check.NUMBERS, Outcome.NUMBERS_FINE, there=there.highest_number)


def ends_at(period: str, now: datetime) -> datetime | None:
    """What was logged before is taken. None for a period that is not known: an administrator's own formula,
    or several for several kinds of rows."""
    if period in _DAYS:
        return now - timedelta(days=_DAYS[period])
    if period not in _MONTHS:
        return None
    years, month = divmod(now.year * 12 + now.month - 1 - _MONTHS[period], 12)
    return now.replace(
        year=years, month=month + 1, day=min(now.day, calendar.monthrange(years, month + 1)[1])
    )
