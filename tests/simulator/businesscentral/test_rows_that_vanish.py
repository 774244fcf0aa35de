"""Rows vanish in Business Central: retention, somebody who deletes, an environment that is restored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import ManualClock
from bot.simulator.businesscentral import RetentionPolicy, SimulatedCompany
from tests.simulator.businesscentral.wire import Wire


def log(company: SimulatedCompany, at: datetime, number: int | None = None) -> int:
    row = company.log_error(message="x", source="Customer: 1", logged_at=at, number=number)
    return row.number


def numbers(company: SimulatedCompany, clock: ManualClock) -> list[int]:
    return [row.number for row in company.rows(clock.now())]


@pytest.mark.parametrize(
    ("period", "now", "expired"),
    [
        ("1 Month", datetime(2026, 11, 20, 2, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC)),
        ("1 Month", datetime(2026, 3, 31, 2, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC)),
        ("1 Month", datetime(2026, 1, 5, 2, tzinfo=UTC), datetime(2025, 12, 5, tzinfo=UTC)),
        ("1 Year", datetime(2024, 2, 29, 2, tzinfo=UTC), datetime(2023, 2, 28, tzinfo=UTC)),
        ("28 Days", datetime(2026, 11, 20, 2, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)),
        ("Never Delete", datetime(2026, 11, 20, 2, tzinfo=UTC), None),
    ],
)
def test_what_a_period_lets_expire(period: str, now: datetime, expired: datetime | None) -> None:
    assert RetentionPolicy(period=period).expires_before(now) == expired
    assert RetentionPolicy(enabled=False, period=period).expires_before(now) is None


def test_a_period_that_business_central_does_not_offer() -> None:
    with pytest.raises(ValueError, match="fortnight"):
        RetentionPolicy(period="1 fortnight")
    assert RetentionPolicy(period="").expires_before(datetime(2026, 3, 4, tzinfo=UTC)) is None, (
        "each kind of rows has its own"
    )


async def test_retention_takes_the_oldest_whole_days(
    company: SimulatedCompany, clock: ManualClock, wire: Wire
) -> None:
    limit = datetime(2026, 10, 20, tzinfo=UTC)
    for at in (limit - timedelta(days=3), limit - timedelta(milliseconds=1), limit, clock.now()):
        log(company, at)
    assert company.apply_retention(clock.now()) == 2
    clock.advance(1)
    assert numbers(company, clock) == [3, 4]
    assert company.apply_retention(clock.now()) == 0
    assert await wire.numbers() == [3, 4]


def test_somebody_deletes_up_to_this_clock_time_days_ago(
    company: SimulatedCompany, clock: ManualClock
) -> None:
    week_ago = clock.now() - timedelta(days=7)
    for at in (week_ago, week_ago + timedelta(milliseconds=1), clock.now()):
        log(company, at)
    assert company.delete_entries(7) == 1
    assert numbers(company, clock) == [2, 3]
    assert company.delete_entries(0) == 2
    assert numbers(company, clock) == []


def test_a_restored_environment_gives_numbers_again(company: SimulatedCompany, clock: ManualClock) -> None:
    for _ in range(3):
        log(company, clock.now())
    deleted, kept = company.errors[0], company.errors[1]
    clock.advance(60)
    backup = clock.now()
    clock.advance(60)
    company.delete(deleted.id)
    log(company, clock.now())
    lost = company.errors[3]
    clock.advance(60)

    company.restore(backup)

    assert numbers(company, clock) == [1, 2, 3]
    assert company.find(deleted.id, clock.now()) is deleted, "what was deleted since is there again"
    assert company.find(kept.id, clock.now()) is kept
    assert company.find(lost.id, clock.now()) is None
    assert log(company, clock.now()) == 4
    again = next(row for row in company.rows(clock.now(), above=3))
    assert again.id != lost.id
    with pytest.raises(ValueError, match="taken"):
        log(company, clock.now(), number=4)
    with pytest.raises(ValueError, match="future"):
        company.restore(clock.now() + timedelta(seconds=1))


def test_a_replica_that_lags_still_shows_what_was_there(
    company: SimulatedCompany, clock: ManualClock
) -> None:
    log(company, clock.now())
    clock.advance(60)
    company.delete_entries(0)
    assert [row.number for row in company.rows(clock.now() - timedelta(seconds=5))] == [1]
