"""Retention policies: which rows of table 5339 have had their time.

Business Central installs the policy of that table enabled, with one month, on its Date/Time (microsoft/
BCApps, ``OtherCapabilities/RetentionPolicy/RetenPolInstallBaseApp.Codeunit.al``). Periods are those of the
enum "Retention Period Enum" of the System Application.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_DAYS = {"1 Week": 7, "28 Days": 28}
_MONTHS = {"1 Month": 1, "3 Months": 3, "6 Months": 6, "1 Year": 12, "3 Years": 36, "5 Years": 60}
NEVER = "Never Delete"
OWN_RULES = frozenset({"Custom", ""})
"""An administrator's formula; and none, where each kind of rows has a period of its own. Here they take
nothing."""


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """Retention policy of table 5339; one that was deleted is not enabled and has no period."""

    enabled: bool = True
    period: str = "1 Month"

    def __post_init__(self) -> None:
        if self.period not in {*_DAYS, *_MONTHS, NEVER, *OWN_RULES}:
            raise ValueError(f"Business Central has no retention period {self.period!r}")

    def expires_before(self, now: datetime) -> datetime | None:
        """Rows logged before this moment have had their time; None where none ever has.

        Whole days count: a run deletes what is older than the day that lies one period back.
        """
        if not self.enabled or self.period in {NEVER, *OWN_RULES}:
            return None
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if self.period in _DAYS:
            return today - timedelta(days=_DAYS[self.period])
        years, month = divmod(today.year * 12 + today.month - 1 - _MONTHS[self.period], 12)
        last_day = calendar.monthrange(years, month + 1)[1]
        return today.replace(year=years, month=month + 1, day=min(today.day, last_day))


STANDARD_RETENTION = RetentionPolicy()
