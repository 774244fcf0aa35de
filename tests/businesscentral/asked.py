"""All that the client can ask of Business Central: one entry for each of its methods."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bot.businesscentral import BusinessCentralClient
from bot.businesscentral.records import Direction
from tests.businesscentral.scenes import NOBODY, Scene
from tests.businesscentral.world import START

SINCE: Final = START - timedelta(days=1)
UNTIL: Final = START + timedelta(days=1)
UNCOUPLED_ROW: Final = "77777777-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Ids:
    """Whom a question is about; nobody, until it is said."""

    error: str = NOBODY
    job: str = NOBODY
    coupling: str = NOBODY
    mapping: str = NOBODY
    local: str = NOBODY
    row: str = NOBODY
    new: str = NOBODY
    uncoupled_row: str = NOBODY
    links: Mapping[str, str] = field(default_factory=dict)
    """Of the next page, by entity set."""

    def link(self, entity_set: str) -> str:
        """One that leads nowhere where there is none."""
        return self.links.get(entity_set, f"{entity_set}?$skiptoken=x")


async def ids_of(scene: Scene) -> Ids:
    """What there is in a scene. A row that nobody is coupled to is added in Dataverse."""
    client = scene.world.client
    errors, couplings, jobs = (
        await client.error_page(0, 1),
        await client.couplings(page_size=1),
        await client.sync_jobs(page_size=1),
    )
    return Ids(
        error=errors.rows[0].id,
        job=jobs.rows[0].id,
        coupling=scene.coupling.id,
        mapping=scene.mapping(),
        local=scene.local,
        row=scene.row,
        new=scene.new,
        uncoupled_row=UNCOUPLED_ROW,
        links={
            "syncErrors": errors.next_link or "",
            "couplings": couplings.next_link or "",
            "syncJobs": jobs.next_link or "",
        },
    )


Ask = Callable[[BusinessCentralClient, Ids], Awaitable[object]]

STANDARD: Final[Mapping[str, Ask]] = {
    "company": lambda it, _: it.company(),
    "job_queue_entries": lambda it, _: it.job_queue_entries(),
    "job_queue_log_entries": lambda it, _: it.job_queue_log_entries(SINCE),
    "job_queue_failures": lambda it, _: it.job_queue_failures(SINCE),
}
"""From Microsoft's own API, which every environment has."""
LISTED: Final[Mapping[str, Ask]] = {
    "error_page": lambda it, _: it.error_page(0, 10),
    "follow": lambda it, of: it.follow(of.link("syncErrors"), 10),
    "error_numbers": lambda it, _: it.error_numbers(0, 10),
    "follow_numbers": lambda it, of: it.follow_numbers(of.link("syncErrors")),
    "maintenance": lambda it, _: it.maintenance(),
    "maintenance_in_replica": lambda it, _: it.maintenance_in_replica(),
    "couplings": lambda it, _: it.couplings(SINCE),
    "skipped_couplings": lambda it, _: it.skipped_couplings(),
    "follow_couplings": lambda it, of: it.follow_couplings(of.link("couplings")),
    "sync_jobs": lambda it, _: it.sync_jobs(SINCE),
    "follow_sync_jobs": lambda it, of: it.follow_sync_jobs(of.link("syncJobs")),
    "table_mappings": lambda it, _: it.table_mappings(),
    "connection_states": lambda it, _: it.connection_states(),
    "permissions": lambda it, _: it.permissions(),
}
SINGLE: Final[Mapping[str, Ask]] = {
    "details": lambda it, of: it.details(of.error),
    "coupling": lambda it, of: it.coupling(of.coupling),
    "sync_job": lambda it, of: it.sync_job(of.job),
}
"""By a key: what is gone is missing."""
ASKED: Final[Mapping[str, Ask]] = {
    "coupled_fields": lambda it, of: it.coupled_fields(of.coupling),
    "mapped_record": lambda it, of: it.mapped_record(of.mapping, "10000"),
    "mapped_record_by_id": lambda it, of: it.mapped_record_by_id(of.mapping, of.local),
    "mapped_records_with": lambda it, of: it.mapped_records_with(of.mapping, 1, "10000"),
    "record_fields": lambda it, of: it.record_fields(of.mapping, of.local),
}
"""By a condition, without which they refuse."""
REPEATED: Final[Mapping[str, Ask]] = {
    "release": lambda it, of: it.release(of.coupling),
    "release_all": lambda it, of: it.release_all(of.mapping, [of.row]),
    "wake": lambda it, of: it.wake(of.mapping),
    "delete_errors": lambda it, _: it.delete_errors(UNTIL, 1),
    "delete_error_rows": lambda it, of: it.delete_error_rows([of.error]),
}
"""Twice is once."""
ONCE: Final[Mapping[str, Ask]] = {
    "synchronize": lambda it, of: it.synchronize(
        of.mapping, Direction.TO_DATAVERSE, local_system_ids=[of.local]
    ),
    "create": lambda it, of: it.create(of.mapping, Direction.TO_DATAVERSE, local_system_ids=[of.new]),
    "uncouple": lambda it, of: it.uncouple(of.coupling),
    "couple": lambda it, of: it.couple(of.mapping, of.new, of.uncoupled_row),
}
"""Never twice by itself."""

READING: Final[Mapping[str, Ask]] = {**STANDARD, **LISTED, **SINGLE, **ASKED}
ACTING: Final[Mapping[str, Ask]] = {**REPEATED, **ONCE}
EVERYTHING: Final[Mapping[str, Ask]] = {**READING, **ACTING}
LATER: Final = frozenset({"permissions", *ASKED})
"""Not in the first version of the extension."""
