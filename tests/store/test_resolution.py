"""The verdict on an error: the rule as a value and the rule in SQL are one rule."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.store import Database, Pulls
from bot.store.census import Censuses
from bot.store.resolution import CHILD_TABLES, Evidence, Resolution, cases, resolution
from bot.store.synchronization import StoredCoupling, StoredJob, Synchronization
from bot.store.values import Scope
from tests.store.pages_of_errors import READ_AT, error, page

BEFORE, AFTER = timedelta(hours=-1), timedelta(hours=1)
RESULTS = ("", "Success", "Failure")


def coupling(
    index: int, record: str, result: str, job: str | None, *, skipped: bool, dataverse: bool
) -> StoredCoupling:
    return StoredCoupling(
        id=f"00000000-0000-4000-8000-{index:012d}",
        is_option=False,
        table_number=18,
        record_id="" if dataverse else record,
        local_system_id=None,
        dataverse_id=record.partition("{")[2].rstrip("}").lower() if dataverse else None,
        integration_table=5341,
        last_result=result if dataverse else "Failure",
        last_dataverse_result="Failure" if dataverse else result,
        last_job_id=job if dataverse else None,
        last_dataverse_job_id=None if dataverse else job,
        last_modified_on=None,
        last_dataverse_modified_on=None,
        skipped=skipped,
        modified_at=READ_AT,
    )


def job(name: str, moment: timedelta, first: timedelta = timedelta()) -> StoredJob:
    return StoredJob(name, error(1).logged_at + moment, None, "", "CUSTOMER", "", "", *([0] * 9))


async def test_every_case_in_sql_as_in_the_rule(database: Database, scope: Scope) -> None:
    """Every kind of coupling, with one error or two, on both sides."""
    expected: dict[str, Resolution] = {}
    errors, couplings = [], []
    jobs = {"before": BEFORE, "after": timedelta(days=1), "late": timedelta(days=30)}
    number = 0
    kinds = itertools.product(
        (None, *RESULTS), (*jobs, None), (False, True), (1, 2), (False, True), (18, min(CHILD_TABLES))
    )
    for result, job_id, skipped, count, dataverse, table in kinds:
        index = len(expected) + 1
        record = (
            f"CRM Account: {{00000000-0000-4000-8000-{index:012X}}}" if dataverse else f"Customer: {index}"
        )
        table = 5341 if dataverse else table
        for _ in range(count):
            number += 1
            errors.append(
                error(number)._replace(
                    source_record_id=record,
                    source_table=table,
                    problem=replace(error(1).problem, id="p"),
                )
            )
        last_seen = errors[-1].logged_at
        evidence = None
        if result is not None:
            couplings.append(coupling(index, record, result, job_id, skipped=skipped, dataverse=dataverse))
            started = error(1).logged_at + jobs[job_id] if job_id in ("before", "after") else None
            evidence = Evidence(
                fails=skipped or result == "Failure", succeeded_at=started if result == "Success" else None
            )
        expected[record] = resolution(table, count, last_seen, evidence)
    await Pulls(database).store_page(scope, page(errors), READ_AT)
    store = Synchronization(database)
    await store.store_couplings(scope, couplings)
    await store.store_jobs(scope, [job(name, moment) for name, moment in jobs.items()])

    known = cases(scope, error(1).logged_at + timedelta(days=29))
    async with database.reading() as connection:
        rows = await connection.execute(select(known.c.record_id, known.c.verdict))
        found = {record: Resolution(verdict) for record, verdict in rows}

    assert found == expected
    assert set(expected.values()) == set(Resolution)


async def test_a_census_counts_what_counting_one_by_one_gives(database: Database, scope: Scope) -> None:
    errors = [
        error(number)._replace(
            logged_at=error(1).logged_at + timedelta(hours=number),
            source_record_id=f"Customer: {number % 5}" if number % 4 else "",
            destination_record_id="",
            problem=replace(error(1).problem, id=f"p{number % 3}"),
        )
        for number in range(1, 41)
    ]
    await Pulls(database).store_page(scope, page(errors), READ_AT)
    store = Synchronization(database)
    await store.store_couplings(
        scope, [coupling(1, "Customer: 1", "Success", "after", skipped=False, dataverse=False)]
    )
    await store.store_jobs(scope, [job("after", timedelta(days=9))])
    moments = [error(1).logged_at + timedelta(hours=hours) for hours in (0, 3, 20, 38, 99)]

    found = await Censuses(database).take(scope, moments, READ_AT + timedelta(days=99))

    for moment, census in zip(moments, found, strict=True):
        wanted = [one for one in errors if one.logged_at <= moment]
        assert census.entries == len(wanted)
        assert census.resolved == sum(one.source_record_id == "Customer: 1" for one in wanted)
        once = Counter((one.problem.id, one.source_record_id) for one in errors)
        assert census.unknown == sum(
            one.source_record_id == "" or once[one.problem.id, one.source_record_id] == 1 for one in wanted
        )
        assert {share.problem_id: share.entries for share in census.shares} == {
            problem: count
            for problem in ("p0", "p1", "p2")
            if (count := sum(one.problem.id == problem for one in wanted))
        }
        assert census.oldest == (wanted[0].logged_at if wanted else None)
        assert census.newest == (wanted[-1].logged_at if wanted else None)
