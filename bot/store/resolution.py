"""Whether an error is over: what is stored of its record's coupling, against when the record last failed.

One verdict for all errors of one problem on one record (a *case*), since all of them say the same of it. The
rule is written twice, for a value and for SQL; a test holds them to each other. Only positive evidence makes
an error resolved: the coupling's last result in that direction is Success, from a job that started after the
last error. "No newer error" proves nothing, for the record may simply not have been touched.

Which direction: a failing record of Business Central was on its way to Dataverse, one of Dataverse on its way
to Business Central (tables 5331 and 5334 keep a last result for each way).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, Final

from sqlalchemy import ScalarSelect, Select, Subquery, and_, case, func, or_, select, tuple_, union_all

from bot.dataclass import dataclass
from bot.store.action_tables import COUPLING, SYNC_JOB
from bot.store.columns import KEY_LENGTH, as_key, storable
from bot.store.tables import PROBLEM_RECORD, belongs
from bot.store.values import Scope

CHILD_TABLES: Final = frozenset({37, 113, 115, 288, 330, 349, 5051, 5061, 5067, 5070, 5354, 5356})
"""Tables whose couplings never say failed or skipped: lines of sales orders, invoices and credit memos, bank
accounts, exchange rates, dimension values, comments, alternative addresses and profile answers of contacts;
and the lines of orders and invoices in Dataverse (``CRMIntegrationTableSynch.Codeunit.al`` in
microsoft/BCApps)."""

_ID_LENGTH: Final = 36
FAILURE: Final = "Failure"
SUCCESS: Final = "Success"


class Resolution(StrEnum):
    """What is known of an error's record since."""

    RESOLVED = "resolved"
    """It has synchronized since."""
    MATTERS = "matters"
    """It still fails, is skipped, or the same error came again."""
    UNKNOWN = "unknown"
    """No coupling says anything of it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the coupling of a record says of one direction."""

    fails: bool
    """Skipped, or its last result is Failure."""
    succeeded_at: datetime | None
    """Start of the job that gave the last result, where that is Success."""


def resolution(table: int, errors: int, last_seen: datetime, evidence: Evidence | None) -> Resolution:
    """The verdict on all errors of one problem on one record; ``evidence`` is None without a coupling."""
    if table in CHILD_TABLES:
        return Resolution.UNKNOWN
    if evidence is not None:
        if evidence.fails:
            return Resolution.MATTERS
        if evidence.succeeded_at is not None and evidence.succeeded_at > last_seen:
            return Resolution.RESOLVED
    return Resolution.MATTERS if errors > 1 else Resolution.UNKNOWN


def cases(
    scope: Scope, started_until: datetime, problem_id: str = "", pairs: Sequence[tuple[str, str]] = ()
) -> Subquery:
    """Every case with its ``problem_id``, ``record_id``, ``errors``, ``present`` (of them still in Business
    Central), ``last_seen`` and ``verdict``; evidence of jobs that started after ``started_until`` does not
    count.

    Of one problem, of these ``pairs`` of problem and record, or of all.
    """
    both = [_one_way(scope, way, started_until) for way in _Way]
    if problem_id:
        both = [query.where(PROBLEM_RECORD.c.problem_id == problem_id) for query in both]
    if pairs:
        both = [query.where(tuple_(PROBLEM_RECORD.c.problem_id, _RECORD).in_(pairs)) for query in both]
    return union_all(*both).subquery("cases")


def has_case(record_id: str) -> bool:
    """Whether errors on that record are a case. A key that was too long is a digest, which no coupling has:
    its errors stay unknown."""
    return 0 < len(storable(as_key(record_id))) < KEY_LENGTH


class _Way(Enum):
    TO_DATAVERSE = "to dataverse"
    FROM_DATAVERSE = "from dataverse"


_RECORD: Final = PROBLEM_RECORD.c.record_id
USABLE: Final = func.length(_RECORD) < KEY_LENGTH
"""As ``has_case``."""
_IS_OF_DATAVERSE: Final = _RECORD.like("%: {%}")
"""``CRM Account: {GUID}``."""


def _one_way(scope: Scope, way: _Way, started_until: datetime) -> Select[Any]:
    if way is _Way.TO_DATAVERSE:
        of_this_way = ~_IS_OF_DATAVERSE
        coupled = COUPLING.c.record_id == _RECORD
        result, job = COUPLING.c.last_dataverse_result, COUPLING.c.last_dataverse_job_id
    else:
        of_this_way = _IS_OF_DATAVERSE
        row_id = func.lower(func.substr(_RECORD, func.length(_RECORD) - _ID_LENGTH, _ID_LENGTH))
        coupled = and_(
            COUPLING.c.dataverse_id == row_id,
            COUPLING.c.integration_table == PROBLEM_RECORD.c.table_number,
        )
        result, job = COUPLING.c.last_result, COUPLING.c.last_job_id
    its = (belongs(COUPLING, scope), coupled)
    # Each record's couplings are looked up: joining them would take sorting all records to group them again.
    fails = _looked_up(
        select(func.max(case((or_(COUPLING.c.skipped, result == FAILURE), 1), else_=0))).where(*its)
    )
    # Times are compared where no index offers itself: many jobs are within the time, and one is to look at.
    in_time = case((SYNC_JOB.c.started_at <= started_until, SYNC_JOB.c.started_at))
    succeeded_at = _looked_up(
        select(func.max(in_time))
        .select_from(COUPLING)
        .join(SYNC_JOB, and_(belongs(SYNC_JOB, scope), SYNC_JOB.c.id == job))
        .where(*its, result == SUCCESS)
    )
    # The rule in another order, so that most cases take one look.
    verdict = case(
        (PROBLEM_RECORD.c.table_number.in_(CHILD_TABLES), Resolution.UNKNOWN.value),
        (
            succeeded_at > PROBLEM_RECORD.c.last_seen,
            case((fails == 1, Resolution.MATTERS.value), else_=Resolution.RESOLVED.value),
        ),
        (PROBLEM_RECORD.c.errors > 1, Resolution.MATTERS.value),
        (fails == 1, Resolution.MATTERS.value),
        else_=Resolution.UNKNOWN.value,
    )
    return select(
        PROBLEM_RECORD.c.problem_id,
        _RECORD,
        PROBLEM_RECORD.c.errors,
        (PROBLEM_RECORD.c.errors - PROBLEM_RECORD.c.gone).label("present"),
        PROBLEM_RECORD.c.last_seen,
        verdict.label("verdict"),
    ).where(belongs(PROBLEM_RECORD, scope), of_this_way, USABLE)


def _looked_up(query: Select[Any]) -> ScalarSelect[Any]:
    return query.correlate(PROBLEM_RECORD).scalar_subquery()
