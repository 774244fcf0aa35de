"""A believable past: a mid-size trading company in the Netherlands whose synchronization has troubles.

Rhythm: integration jobs recur every 30 minutes; the same failure twice in a row makes Business Central skip
a coupled record (microsoft/BCApps, ``Integration/Dataverse/CRMIntegrationRecord.Table.al``); lines are never
skipped; inserts that failed are not repeated; nothing of it runs much at night or at the weekend.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.simulator.businesscentral import causes_in_business_central, causes_in_chains, causes_in_dataverse
from bot.simulator.businesscentral.causes import Cause, Pace, SimulatedFailure
from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.past_states import PastStates, Written
from bot.simulator.businesscentral.population import Population

CAUSES: tuple[Cause, ...] = (
    causes_in_dataverse.CAUSES + causes_in_business_central.CAUSES + causes_in_chains.CAUSES
)
RUN_EVERY = timedelta(minutes=30)
_FIRST_HOUR, _LAST_HOUR = 6, 17
"""Working hours, UTC."""
_RETRY_ALL_HOUR = 7
"""When somebody presses *Retry All*, on the days on which somebody does."""
_ORPHANED_JOBS = 0.01


@dataclass(frozen=True, slots=True)
class _Moment:
    """A row with its time, before it has a number."""

    at: datetime
    run: datetime
    failure: SimulatedFailure
    cause: Cause


def believable_company(
    clock: Clock,
    *,
    seed: int = 1,
    days: int = 30,
    errors: int = 4000,
    causes: int | None = None,
    name: str = "Kleiweg & Zonen B.V.",
    dataverse_url: str = "https://kleiweg.crm4.dynamics.com",
) -> SimulatedCompany:
    """A company with exactly ``errors`` rows in the last ``days`` days before ``clock.now()``.

    The same seed and the same present give the same company, id by id. Some 4,000 rows have every cause of
    ``CAUSES``; very few rows cannot have them all, and a small company has only some: ``causes`` of them.
    Raises ValueError for fewer than one day or a negative count.
    """
    if days < 1 or errors < 0:
        raise ValueError("a history needs at least one day and no negative number of errors")
    rng = random.Random(f"history {seed}")
    company = SimulatedCompany(
        clock=clock, name=name, dataverse_url=dataverse_url, rng=random.Random(f"company {seed}")
    )
    calendar = _Calendar(clock.now(), days)
    people = Population(seed)
    moments = [
        moment
        for cause, count in _counts(errors, _causes_of(causes, seed))
        for moment in _rows_of(cause, count, calendar, people, random.Random(f"{seed} {cause.key}"))
    ]
    moments.sort(key=lambda moment: moment.at)
    written = _write(company, moments, rng)
    company.remember(PastStates(company, written, calendar.runs, seed).fill)
    return company


def _causes_of(count: int | None, seed: int) -> Sequence[Cause]:
    return CAUSES if count is None else random.Random(f"causes {seed}").sample(CAUSES, count)


def _counts(errors: int, causes: Sequence[Cause]) -> Iterator[tuple[Cause, int]]:
    """How many rows each cause gets: its share, at least two, together exactly ``errors``."""
    total = sum(cause.share for cause in causes)
    left = errors
    most_frequent = max(causes, key=lambda cause: cause.share)
    for cause in sorted(causes, key=lambda cause: cause.share):
        count = min(left, max(2, round(errors * cause.share / total)))
        if cause is most_frequent:
            count = left
        left -= count
        yield cause, count


class _Calendar:
    """The runs of the integration jobs in the span of the history."""

    def __init__(self, now: datetime, days: int) -> None:
        self.now = now
        self.begin = now - timedelta(days=days)
        self.runs: Sequence[datetime] = tuple(self._runs()) or (now - timedelta(minutes=5),)

    def _runs(self) -> Iterator[datetime]:
        """A run takes up to five minutes, so none may begin later than that before now."""
        run = self.begin.replace(minute=0, second=0, microsecond=0) + RUN_EVERY
        while run < self.now - timedelta(minutes=5):
            if run > self.begin and _is_working(run):
                yield run
            run += RUN_EVERY

    def pick(self, window: tuple[float, float], rng: random.Random) -> int:
        """Index of a run in that part of the history."""
        fraction = rng.uniform(*window)
        moment = self.begin + (self.now - self.begin) * fraction
        return min(bisect_left(self.runs, moment), len(self.runs) - 1)

    def mornings_after(self, index: int) -> Iterator[int]:
        """Indices of the first run after each *Retry All*, on working days behind the run at ``index``."""
        for later in range(index + 2, len(self.runs)):
            run = self.runs[later]
            if run.hour == _RETRY_ALL_HOUR and run.minute == 0 and run.weekday() < 5:
                yield later


def _is_working(run: datetime) -> bool:
    """All half hours of a working day; four runs a day at the weekend."""
    if run.weekday() < 5:
        return _FIRST_HOUR <= run.hour <= _LAST_HOUR
    return run.hour in {8, 11, 14, 17} and run.minute == 0


def _rows_of(
    cause: Cause, count: int, calendar: _Calendar, people: Population, rng: random.Random
) -> Iterator[_Moment]:
    """Exactly ``count`` rows of one cause."""
    index = 0
    while count > 0:
        failures = cause.make(people, rng, index)
        index += 1
        offset = timedelta(seconds=rng.uniform(2, 240))
        for run in _runs_of(cause, calendar, rng):
            for step, failure in enumerate(failures):
                if count == 0:
                    return
                at = run + offset + timedelta(milliseconds=400 * step + rng.randrange(300))
                yield _Moment(at, run, failure, cause)
                count -= 1


def _runs_of(cause: Cause, calendar: _Calendar, rng: random.Random) -> Iterable[datetime]:
    """When one record fails, from its first failure on."""
    if cause.pace is Pace.AT_NIGHT:
        return _night_runs(cause, calendar, rng)
    if cause.pace is Pace.IN_A_BURST:
        return [_burst_run(cause, calendar, rng)]
    first = calendar.pick(cause.window, rng)
    if cause.pace is Pace.ONCE:
        return [calendar.runs[first]]
    if cause.pace is Pace.EVERY_RUN:
        return calendar.runs[first : first + 2 + int(rng.expovariate(1 / 8))]
    retried = [later for later in calendar.mornings_after(first) if rng.random() < 0.12]
    return [*calendar.runs[first : first + 2], *(calendar.runs[later] for later in retried[:6])]


def _night_runs(cause: Cause, calendar: _Calendar, rng: random.Random) -> list[datetime]:
    """One of the runs between 22:00 and midnight of the night in which the cause lies."""
    day = calendar.begin + (calendar.now - calendar.begin) * cause.window[0]
    night = day.replace(hour=22, minute=0, second=0, microsecond=0)
    if night + timedelta(hours=2) > calendar.now:
        night -= timedelta(days=1)
    return [max(night + RUN_EVERY * rng.randrange(4), calendar.begin)]


def _burst_run(cause: Cause, calendar: _Calendar, rng: random.Random) -> datetime:
    """One of three mornings: the first at the beginning of the window, the last at its end."""
    start, end = cause.window
    fraction = start + (end - start) * rng.choice((0.0, 0.4, 1.0))
    return calendar.runs[calendar.pick((fraction, fraction), rng)]


def _write(company: SimulatedCompany, moments: Sequence[_Moment], rng: random.Random) -> Sequence[Written]:
    """Log the rows in the order of their time. Rolled back transactions leave gaps in the numbers."""
    written: list[Written] = []
    company.skip_numbers(1200 + rng.randrange(300))
    for moment in moments:
        if rng.random() < 0.08:
            company.skip_numbers(1 + int(rng.expovariate(0.4)))
        failure = moment.failure
        job = company.begin_job(failure.mapping, failure.direction, moment.run, failure.job_type)
        row = company.log_error(
            message=failure.message,
            source=failure.source,
            destination=failure.destination,
            call_stack=failure.call_stack,
            logged_at=moment.at,
            job=job,
            written_by=failure.written_by,
        )
        written.append(Written(row, failure, moment.cause))
    for job_id in [job_id for job_id in company.jobs if rng.random() < _ORPHANED_JOBS]:
        company.delete_job(job_id)
    return written
