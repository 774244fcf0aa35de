"""Names of records, the last answers about the present, and the latest jobs; on both databases."""

from __future__ import annotations

from datetime import timedelta

from bot.store import Database
from bot.store.live_states import LiveStates
from bot.store.record_names import RecordName, RecordNames, RecordState
from bot.store.retention import Retention
from bot.store.synchronization import StoredJob, Synchronization
from bot.store.values import Scope
from tests.store.pages_of_errors import READ_AT

HERE, THERE = Scope("T1", "here"), Scope("T1", "there")


def name(record_id: str, called: str = "Adatum", **changes: object) -> RecordName:
    values = {"name": called, "url": "", "state": RecordState.FOUND, "read_at": READ_AT, **changes}
    return RecordName(record_id, **values)  # type: ignore[arg-type] # of the right types


async def test_the_last_name_holds_and_is_of_one_connection(database: Database) -> None:
    names = RecordNames(database)
    await names.keep(HERE, [name("Customer: 1", "Old"), name("Customer: 2", state=RecordState.DELETED)])
    await names.keep(HERE, [name("Customer: 1", "New")])
    known = await names.known(HERE, ["Customer: 1", "Customer: 2", "Customer: 3", ""])
    assert {key: (one.name, one.state) for key, one in known.items()} == {
        "Customer: 1": ("New", RecordState.FOUND),
        "Customer: 2": ("Adatum", RecordState.DELETED),
    }
    assert await names.known(THERE, ["Customer: 1"]) == {}


async def test_ids_and_names_may_be_anything(database: Database) -> None:
    names = RecordNames(database)
    for odd in ("Customer: \x00", "\ud800", "x" * 5_000, "'; DROP TABLE record_name; --"):
        await names.keep(HERE, [name(odd, odd)])
        assert (await names.known(HERE, [odd]))[odd].name == odd


async def test_names_that_nobody_asks_for_go_with_the_rest(database: Database) -> None:
    names = RecordNames(database)
    await names.keep(HERE, [name("Customer: 1"), name("Customer: 2", read_at=READ_AT + timedelta(days=2))])
    await Retention(database).tidy(HERE, READ_AT + timedelta(days=1))
    assert set(await names.known(HERE, ["Customer: 1", "Customer: 2"])) == {"Customer: 2"}


async def test_an_answer_outlives_a_failure(database: Database) -> None:
    states = LiveStates(database)
    await states.keep(HERE, "queue", {"rows": {"CUSTOMER": {"status": "Ready"}}}, READ_AT)
    later = READ_AT + timedelta(minutes=5)
    await states.fail(HERE, "queue", later, "source.refused", {"code": "x"})
    await states.fail(HERE, "connections", later, "source.refused", {})
    known = await states.known(HERE)
    queue, connections = known["queue"], known["connections"]
    assert queue.content == {"rows": {"CUSTOMER": {"status": "Ready"}}}
    assert (queue.read_at, queue.attempted_at, queue.failure_key) == (READ_AT, later, "source.refused")
    assert (connections.content, connections.read_at) == (None, None)
    await states.keep(HERE, "queue", {"rows": {}}, later)
    assert (await states.known(HERE))["queue"].failure_key is None
    assert await states.known(THERE) == {}


def job(number: int, mapping: str, direction: str, minutes: int) -> StoredJob:
    zero = dict.fromkeys(
        ("inserted", "modified", "deleted", "unchanged", "skipped", "coupled", "uncoupled"), 0
    )
    started = READ_AT + timedelta(minutes=minutes)
    return StoredJob(
        id=f"{number:08d}-0000-4000-8000-000000000000",
        started_at=started,
        finished_at=None,
        message="",
        mapping=mapping,
        direction=direction,
        type="Synchronization",
        failed=number,
        job_queue_log_entry=0,
        **zero,
    )


async def test_the_latest_job_of_each_mapping_and_direction(database: Database) -> None:
    store = Synchronization(database)
    await store.add_jobs(
        HERE,
        [
            job(1, "CUSTOMER", "ToIntegrationTable", 0),
            job(2, "CUSTOMER", "ToIntegrationTable", 30),
            job(3, "CUSTOMER", "FromIntegrationTable", 20),
            job(4, "VENDOR", "ToIntegrationTable", 5),
        ],
    )
    await store.add_jobs(THERE, [job(5, "CUSTOMER", "ToIntegrationTable", 90)])
    assert [one.failed for one in await store.latest_jobs(HERE)] == [2, 3, 4]
    assert [one.failed for one in await store.jobs_of(HERE, "CUSTOMER", 2)] == [2, 3]
    assert (await store.read_so_far(HERE)).jobs_until is None, "the schedule goes on from where it was"
