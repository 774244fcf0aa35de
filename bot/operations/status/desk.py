"""How the synchronization of a connection goes: from the store where that is stored, else asked."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from bot.businesscentral import BusinessCentralClient
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import MappingUnknown
from bot.operations.ask import Ask
from bot.operations.filters import nearest
from bot.operations.status.judging import its_own, remarks, still_watermarks
from bot.operations.status.looking import Looking, connections_of, jobs_of
from bot.operations.status.order import GO_ALONG, in_order, nearest_of, needed_by
from bot.operations.status.values import (
    JobNote,
    MappingStatus,
    MappingView,
    Part,
    PartNote,
    StatusView,
)
from bot.store import Database
from bot.store.live_states import LiveState, LiveStates
from bot.store.search import Narrowing
from bot.store.search_problems import NarrowedProblems
from bot.store.synchronization import ReadSoFar, StoredJob, StoredMapping, Synchronization
from bot.store.values import Scope

MAPPINGS_A_PAGE: Final = 6
JOBS_SHOWN: Final = 6
_OFFERED: Final = 12
_EVERYTHING: Final = (Part.CONNECTIONS, Part.MAPPINGS, Part.QUEUE)


class Look(Enum):
    """How fresh an answer must be."""

    KEPT = "kept"
    """What was asked within the last two minutes will do."""
    NOW = "now"
    """Everything is asked for again."""


@dataclass(frozen=True, slots=True)
class _Known:
    """All that is known of a connection's synchronization."""

    live: Mapping[str, LiveState]
    state: ReadSoFar
    mappings: Mapping[str, StoredMapping]
    latest: Mapping[str, tuple[StoredJob, ...]]
    jobs: Mapping[str, JobNote] | None

    @property
    def needs(self) -> Mapping[str, tuple[str, ...]]:
        """Every known mapping, and what it needs."""
        names = self.mappings.keys() | (self.jobs or {}).keys()
        return {name: _depends_on(self.mappings.get(name)) for name in names}

    @property
    def parts(self) -> tuple[PartNote, ...]:
        """How old each part is."""
        notes = []
        for part in _EVERYTHING:
            one = self.live.get(part)
            read_at = None if one is None else one.read_at
            if part is Part.MAPPINGS:
                read_at = max((at for at in (read_at, self.state.succeeded_at) if at), default=None)
            if one is None:
                notes.append(PartNote(part, read_at))
                continue
            is_newer = read_at is not None and read_at > one.attempted_at
            key = None if is_newer else one.failure_key
            notes.append(PartNote(part, read_at, key, one.failure_facts))
        return tuple(notes)


@dataclass(frozen=True, slots=True)
class StatusDesk:
    """The use case. ``clients`` is keyed by ``Connection.key``. Business Central being down is part of the
    answer, never raised."""

    database: Database
    ask: Ask
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock

    async def show(self, scope: Scope, page: int = 0, look: Look = Look.KEPT) -> StatusView:
        """A page of mappings, those first whose records others need; a page beyond the end is the last."""
        known = await self._known(scope, look)
        lines = {name: self._status(name, known) for name in in_order(known.needs)}
        pages = max(1, -(-len(lines) // MAPPINGS_A_PAGE))
        page = min(page, pages - 1)
        first = page * MAPPINGS_A_PAGE
        return StatusView(
            connection=await self.ask.connection(scope),
            parts=known.parts,
            connections=connections_of(known.live.get(Part.CONNECTIONS)),
            queue_known=known.jobs is not None,
            lines=tuple(lines.values())[first : first + MAPPINGS_A_PAGE],
            total=len(lines),
            trouble=tuple(name for name, line in lines.items() if line.in_trouble),
            page=page,
            pages=pages,
            retention_period=known.state.retention_period if known.state.retention_enabled else None,
        )

    async def of_mapping(self, scope: Scope, name: str, look: Look = Look.KEPT) -> MappingView:
        """One mapping, whatever the case of its name; raises MappingUnknown."""
        known = await self._known(scope, look)
        names = in_order(known.needs)
        found = nearest_of(name, names)
        if found is None:
            raise MappingUnknown(
                name=name, nearest=nearest(name.upper(), names), known=", ".join(names[:_OFFERED])
            )
        totals = await NarrowedProblems(self.database).totals(scope, Narrowing(mapping=found))
        return MappingView(
            connection=await self.ask.connection(scope),
            parts=known.parts,
            status=self._status(found, known),
            last_jobs=await Synchronization(self.database).jobs_of(scope, found, JOBS_SHOWN),
            needs=tuple(one for one in names if one in known.needs[found]),
            needed_by=needed_by(found, known.needs),
            errors=totals.errors,
            problems=totals.problems,
        )

    def _status(self, name: str, known: _Known) -> MappingStatus:
        mapping = known.mappings.get(name)
        jobs = tuple(its_own(mapping, known.latest.get(name, ())))
        job = None if known.jobs is None else known.jobs.get(name)
        still = tuple(still_watermarks(mapping, jobs))
        lacks = known.jobs is not None and job is None and name not in GO_ALONG
        return MappingStatus(
            name=name,
            mapping=mapping,
            jobs=jobs,
            job=job,
            goes_along=name in GO_ALONG,
            remarks=tuple(remarks(mapping, jobs, job, lacks_job=lacks, still=still, now=self.clock.now())),
            still=still,
        )

    async def _known(self, scope: Scope, look: Look) -> _Known:
        looking = Looking(self.database, self.clients, self.clock)
        await looking.look(scope, _EVERYTHING if look is Look.NOW else await looking.due(scope))
        store = Synchronization(self.database)
        async with self.database.moment():
            live = await LiveStates(self.database).known(scope)
            latest: dict[str, tuple[StoredJob, ...]] = {}
            for job in await store.latest_jobs(scope):
                latest[job.mapping] = (*latest.get(job.mapping, ()), job)
            return _Known(
                live=live,
                state=await store.read_so_far(scope),
                mappings={one.name: one for one in await store.mappings(scope)},
                latest=latest,
                jobs=jobs_of(live.get(Part.QUEUE)),
            )


def _depends_on(mapping: StoredMapping | None) -> tuple[str, ...]:
    if mapping is None:
        return ()
    return tuple(name for part in mapping.dependency_filter.split("|") if (name := part.strip()))
