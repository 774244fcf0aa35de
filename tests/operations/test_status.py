"""In which order mappings stand, and what is said of their numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.businesscentral.records import Direction
from bot.operations.status import JobNote, Remark
from bot.operations.status.judging import its_own, remarks, still_watermarks
from bot.operations.status.order import STANDARD, in_order, needed_by
from bot.simulator.businesscentral.mappings import STANDARD as SIMULATED
from bot.store.synchronization import StoredJob, StoredMapping

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

CUSTOMER = StoredMapping(
    name="CUSTOMER",
    id="1",
    table_number=18,
    table_name="Customer",
    integration_table=5341,
    entity_name="account",
    direction=Direction.BIDIRECTIONAL,
    only_coupled=False,
    dependency_filter="",
    deletion_conflict="",
    update_conflict="",
    table_filter="",
    integration_table_filter="",
    synched_until=NOW,
    dataverse_synched_until=NOW,
    failed=0,
    skipped=0,
)
RAN = StoredJob(
    id="1",
    started_at=NOW,
    finished_at=NOW,
    message="",
    mapping="CUSTOMER",
    direction=Direction.TO_DATAVERSE,
    type="Synchronization",
    inserted=0,
    modified=0,
    deleted=0,
    unchanged=1,
    skipped=0,
    failed=0,
    coupled=0,
    uncoupled=0,
    job_queue_log_entry=0,
)
READY = JobNote("Ready", NOW + timedelta(minutes=3), "", None)


def test_what_others_need_comes_first() -> None:
    needs = {one.name: tuple(one.dependency_filter.split("|")) for one in SIMULATED}
    order = in_order(needs)
    assert sorted(order) == sorted(needs)
    for name, wanted in needs.items():
        for other in wanted:
            if other in needs:
                assert order.index(other) < order.index(name), (other, name)


def test_the_standard_order_satisfies_the_standard_filters() -> None:
    for one in SIMULATED:
        for other in filter(None, one.dependency_filter.split("|")):
            assert STANDARD.index(other) < STANDARD.index(one.name)


def test_a_circle_and_what_is_not_there_keep_nobody_waiting() -> None:
    order = in_order({"CUSTOMER": ["CONTACT", "NOWHERE"], "CONTACT": ["CUSTOMER"], "ZZ": ["ZZ"]})
    assert order == ("ZZ", "CUSTOMER", "CONTACT")
    assert needed_by("CUSTOMER", {"CUSTOMER": [], "OWN": ["CUSTOMER"]}) == ("OWN",)


@given(st.dictionaries(st.text(max_size=3), st.lists(st.text(max_size=3), max_size=4), max_size=12))
def test_every_mapping_stands_there_once_whatever_the_filters(needs: dict[str, list[str]]) -> None:
    assert sorted(in_order(needs)) == sorted(needs)


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        (READY, []),
        (None, []),
        (replace(READY, status="Error"), [Remark.JOB_FAILED]),
        (replace(READY, status="On Hold"), [Remark.JOB_ON_HOLD]),
        (replace(READY, status="On Hold with Inactivity Timeout"), []),
        (replace(READY, next_run_at=NOW - timedelta(minutes=59)), []),
        (replace(READY, next_run_at=NOW - timedelta(minutes=61)), [Remark.JOB_OVERDUE]),
        (replace(READY, next_run_at=None), []),
    ],
)
def test_jobs_that_somebody_has_to_look_at(job: JobNote | None, expected: list[Remark]) -> None:
    assert list(remarks(CUSTOMER, (RAN,), job, lacks_job=False, still=(), now=NOW)) == expected


def test_counts_that_say_less_than_they_seem_to() -> None:
    def of(*jobs: StoredJob) -> list[Remark]:
        return list(remarks(replace(CUSTOMER, skipped=0), jobs, READY, lacks_job=False, still=(), now=NOW))

    assert of(replace(RAN, skipped=2)) == [Remark.FAILED_IS_NOT_ALL]
    assert of(replace(RAN, skipped=2, failed=1)) == []
    old = NOW - timedelta(hours=7)
    assert of(replace(RAN, started_at=old, finished_at=None)) == [Remark.BROKE_OFF]
    assert of(replace(RAN, started_at=NOW - timedelta(hours=1), finished_at=None)) == []
    skipped = replace(CUSTOMER, skipped=3)
    found = remarks(skipped, (RAN,), None, lacks_job=True, still=(), now=NOW)
    assert list(found) == [Remark.NO_JOB, Remark.SKIPPED]


def test_a_watermark_stands_still_only_where_runs_went_on_in_its_direction() -> None:
    old = NOW - timedelta(days=4)
    back = replace(RAN, direction=Direction.FROM_DATAVERSE)
    still = replace(CUSTOMER, synched_until=old, dataverse_synched_until=old)
    assert [one.direction for one in still_watermarks(still, (RAN,))] == [Direction.TO_DATAVERSE]
    assert len(list(still_watermarks(still, (RAN, back)))) == 2
    assert list(still_watermarks(still, (replace(RAN, started_at=old),))) == []
    one_way = replace(still, direction=Direction.FROM_DATAVERSE)
    assert [one.since for one in still_watermarks(one_way, (RAN, back))] == [old]
    never = replace(CUSTOMER, synched_until=None)
    assert list(still_watermarks(never, (RAN,))) == []


def test_an_old_job_of_a_way_that_a_mapping_does_not_go_is_not_its_last() -> None:
    one_way = replace(CUSTOMER, direction=Direction.TO_DATAVERSE)
    old = replace(RAN, id="2", direction=Direction.FROM_DATAVERSE, started_at=NOW - timedelta(days=14))
    newer = replace(old, id="3", started_at=NOW + timedelta(minutes=1))
    assert list(its_own(one_way, (RAN, old))) == [RAN]
    assert list(its_own(one_way, (newer, RAN))) == [newer, RAN], "somebody turned it since, or forced it"
    assert list(its_own(one_way, (old,))) == [old], "it is all that is known"
    assert list(its_own(CUSTOMER, (RAN, old))) == [RAN, old]
    assert list(its_own(None, (RAN, old))) == [RAN, old]
    both = replace(old, direction=Direction.BIDIRECTIONAL)
    assert list(its_own(one_way, (RAN, both))) == [RAN, both]
