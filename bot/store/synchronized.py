"""Which of a problem's records have synchronized since they failed because of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import and_, or_, select

from bot.dataclass import dataclass
from bot.store.action_tables import COUPLING, SYNC_JOB
from bot.store.columns import as_key
from bot.store.database import Database
from bot.store.pages import slices
from bot.store.resolution import SUCCESS, Resolution, cases, has_case
from bot.store.tables import PROBLEM_RECORD, belongs
from bot.store.values import Scope

_ANY_TIME: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Evidence counts whenever its job started: this is shown, nothing is deleted by it."""


@dataclass(frozen=True, slots=True)
class Synchronized:
    """Looks it up in what is stored of couplings and jobs, so as of when these were read."""

    database: Database

    async def settled(self, scope: Scope, problem_id: str, record_ids: Sequence[str]) -> frozenset[str]:
        """The same of records that both sides changed: whichever side won, a success in that direction ends
        it, while the last result in the other one stays the old failure."""
        found = set(await self.of(scope, problem_id, record_ids))
        wanted = {as_key(one): one for one in record_ids if has_case(one)}
        proof = or_(
            and_(COUPLING.c.last_result == SUCCESS, SYNC_JOB.c.id == COUPLING.c.last_job_id),
            and_(
                COUPLING.c.last_dataverse_result == SUCCESS, SYNC_JOB.c.id == COUPLING.c.last_dataverse_job_id
            ),
        )
        its = and_(belongs(COUPLING, scope), COUPLING.c.record_id == PROBLEM_RECORD.c.record_id)
        async with self.database.reading() as connection:
            for part in slices(list(wanted)):
                query = (
                    select(PROBLEM_RECORD.c.record_id)
                    .join(COUPLING, its)
                    .join(SYNC_JOB, and_(belongs(SYNC_JOB, scope), proof))
                    .where(
                        belongs(PROBLEM_RECORD, scope),
                        PROBLEM_RECORD.c.problem_id == problem_id,
                        PROBLEM_RECORD.c.record_id.in_(part),
                        ~COUPLING.c.skipped,
                        SYNC_JOB.c.started_at > PROBLEM_RECORD.c.last_seen,
                    )
                )
                found |= {wanted[one] for one in (await connection.execute(query)).scalars()}
        return frozenset(found)

    async def of(self, scope: Scope, problem_id: str, record_ids: Sequence[str]) -> frozenset[str]:
        """Those of these records, as given, of which that is proven; see ``bot.store.resolution``."""
        wanted = {as_key(one): one for one in record_ids if has_case(one)}
        found: set[str] = set()
        async with self.database.reading() as connection:
            for part in slices(list(wanted)):
                known = cases(scope, _ANY_TIME, pairs=[(problem_id, one) for one in part])
                query = select(known.c.record_id).where(known.c.verdict == Resolution.RESOLVED.value)
                found |= {wanted[one] for one in (await connection.execute(query)).scalars()}
        return frozenset(found)
