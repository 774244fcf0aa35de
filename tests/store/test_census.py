"""A census against a naive recount: every entry looked at by itself, by the rule as a value."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store import Database, Pulls
from bot.store.census import Censuses
from bot.store.presence import Presence
from bot.store.resolution import Evidence, Resolution, has_case, resolution
from bot.store.synchronization import StoredCoupling, StoredJob, Synchronization
from bot.store.values import ErrorToStore, Scope, Verdict
from tests.store.pages_of_errors import READ_AT, START, error, page, problem

DAYS = 4
HOURS = timedelta(hours=1)
RECORDS = ("", "x" * 400, "Customer: 1", "Customer: 2", "Customer: 3", "Sales Line: Order,1,1")
TABLES = {"Sales Line: Order,1,1": 37}
DATAVERSE = "CRM Account: {00000000-0000-4000-8000-0000000000AB}"


@dataclass(frozen=True)
class World:
    """What happened, by chance."""

    errors: Sequence[ErrorToStore]
    gone: frozenset[int]
    couplings: Sequence[StoredCoupling]
    jobs: Sequence[StoredJob]


def by_chance(rng: random.Random) -> World:
    errors = []
    for number in range(1, rng.randint(2, 60)):
        record = rng.choice((*RECORDS, DATAVERSE))
        # Numbers rise with time, give or take: some come days late.
        late = timedelta(days=2) if rng.random() < 0.1 else timedelta()
        errors.append(
            error(
                number,
                problem(rng.choice("abc")),
                logged_at=START + timedelta(days=DAYS) * (number / 60) - late,
                source_record_id=record,
                source_table=5341 if record == DATAVERSE else TABLES.get(record, 18),
                destination_record_id="",
                mapping=rng.choice(("CUSTOMER", "CONTACT")),
            )
        )
    jobs = [
        StoredJob(f"job {hour}", START + hour * HOURS, None, "", "CUSTOMER", "", "", *([0] * 9))
        for hour in range(0, DAYS * 24, 6)
    ]
    return World(
        errors,
        frozenset(one.number for one in errors if rng.random() < 0.2),
        [
            coupling
            for index, record in enumerate((*RECORDS[2:], DATAVERSE))
            for coupling in [_coupling(rng, index, record, rng.choice(jobs).id)]
            if rng.random() < 0.8
        ],
        jobs,
    )


def _coupling(rng: random.Random, index: int, record: str, job: str) -> StoredCoupling:
    result = rng.choice(("", "Success", "Success", "Failure"))
    return StoredCoupling(
        id=f"coupling {index}",
        is_option=False,
        table_number=TABLES.get(record, 18),
        record_id="" if record == DATAVERSE else record,
        local_system_id=None,
        dataverse_id=DATAVERSE.partition("{")[2].rstrip("}").lower() if record == DATAVERSE else None,
        integration_table=5341,
        last_result=result,
        last_dataverse_result=result,
        last_job_id=job,
        last_dataverse_job_id=job,
        last_modified_on=None,
        last_dataverse_modified_on=None,
        skipped=rng.random() < 0.2,
        modified_at=READ_AT,
    )


def verdicts(world: World, evidence_until: datetime) -> dict[tuple[str, str], Resolution]:
    """By problem and record, with all that was ever logged."""
    started = {job.id: job.started_at for job in world.jobs}
    found = {}
    for key in {(one.problem.id, one.source_record_id) for one in world.errors}:
        same = [one for one in world.errors if (one.problem.id, one.source_record_id) == key]
        evidence = None
        for coupling in world.couplings:
            if (coupling.record_id or DATAVERSE) == key[1]:
                at = started[str(coupling.last_job_id)]
                counts = coupling.last_result == "Success" and at <= evidence_until
                fails = coupling.skipped or coupling.last_result == "Failure"
                evidence = Evidence(fails=fails, succeeded_at=at if counts else None)
        last = max(one.logged_at for one in same)
        known = resolution(same[-1].source_table, len(same), last, evidence)
        found[key] = known if has_case(key[1]) else Resolution.UNKNOWN
    return found


async def test_right_to_the_entry(database: Database) -> None:
    for seed in range(16):
        await check(database, Scope("T1", f"company {seed}"), random.Random(f"census {seed}"))  # noqa: S311


async def check(database: Database, scope: Scope, rng: random.Random) -> None:
    world = by_chance(rng)
    pulls = Pulls(database)
    half = len(world.errors) // 2
    for part in (world.errors[half:], world.errors[:half]):
        await pulls.store_page(scope, page(part), READ_AT)
    known = await Presence(database).known(scope, 0, 100, READ_AT)
    missing = tuple(row for row in known if row.number in world.gone)
    await Presence(database).judge(
        scope, Verdict(0, 100, len(known) - len(missing), missing, replaced=(), back=()), READ_AT
    )
    store = Synchronization(database)
    await store.store_couplings(scope, world.couplings)
    await store.store_jobs(scope, world.jobs)

    evidence_until = START + timedelta(days=3)
    moments = [START + timedelta(days=day, hours=rng.randrange(24)) for day in range(-3, DAYS + 2)]
    moments.append(world.errors[half].logged_at)
    told = verdicts(world, evidence_until)
    for only in ("", "problem-a"):
        censuses = await Censuses(database).take(scope, moments, evidence_until, only)
        for moment, census in zip(moments, censuses, strict=True):
            wanted = [
                one
                for one in world.errors
                if one.number not in world.gone and one.logged_at <= moment and only in ("", one.problem.id)
            ]
            kinds = Counter(told[one.problem.id, one.source_record_id] for one in wanted)
            assert census.entries == len(wanted)
            assert await Censuses(database).entries(scope, moment, only) == len(wanted)
            assert census.resolved == kinds[Resolution.RESOLVED]
            assert census.matters == kinds[Resolution.MATTERS]
            assert census.unknown == kinds[Resolution.UNKNOWN]
            assert {share.problem_id: share.entries for share in census.shares} == Counter(
                one.problem.id for one in wanted
            )
            times = [one.logged_at for one in wanted]
            assert (census.oldest, census.newest) == (min(times, default=None), max(times, default=None))
            assert census.highest_number >= max((one.number for one in wanted), default=0)
