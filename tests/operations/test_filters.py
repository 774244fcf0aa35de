"""What filters mean."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.failures import FilterValueUnknown
from bot.operations.filters import since_day

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("7d", date(2026, 2, 25)),
        ("24h", date(2026, 3, 3)),
        ("1h", date(2026, 3, 4)),
        ("10h", date(2026, 3, 3)),
        ("36u", date(2026, 3, 2)),
        ("2w", date(2026, 2, 18)),
        (" 2 W ", date(2026, 2, 18)),
        ("1m", date(2026, 2, 2)),
        ("2026-03-01", date(2026, 3, 1)),
        ("2026-3-1", date(2026, 3, 1)),
        ("today", date(2026, 3, 4)),
        ("gisteren", date(2026, 3, 3)),
        ("9999w", date(1834, 7, 16)),
    ],
)
def test_since(typed: str, day: date) -> None:
    assert since_day(typed, NOW) == day


@pytest.mark.parametrize(
    "typed", ["", "7", "d", "7x", "-7d", "2026-13-01", "2026-02-30", "0000-01-01", "soon"]
)
def test_a_day_that_is_none(typed: str) -> None:
    with pytest.raises(FilterValueUnknown):
        since_day(typed, NOW)


moments = st.datetimes(timezones=st.just(UTC))


@given(st.text())
def test_any_other_text_says_what_there_is(typed: str) -> None:
    with pytest.raises(FilterValueUnknown) as failure:
        since_day(f"x{typed}", NOW)
    assert failure.value.facts["known"]


@given(st.integers(0, 9999), st.sampled_from("hudwm"), moments)
def test_any_age_reaches_back_and_not_beyond_the_calendar(n: int, unit: str, now: datetime) -> None:
    assert date.min <= since_day(f"{n}{unit}", now) <= now.date()
