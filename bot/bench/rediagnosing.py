"""Part of suite ``pull``: diagnosing everything that is stored anew, after a rule was taught."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from bot.app import Outside, migrate, open_core, settle
from bot.bench.databases import Databases
from bot.bench.figures import Bound, Figure, Goal, Measure, at_most
from bot.bench.house import scope_of
from bot.bench.place import settings_for
from bot.bench.rounds import heartbeat
from bot.bench.stored import fill
from bot.diagnosis.taught import Precedence
from bot.operations.actors import THE_BOT
from bot.operations.durable.inline import InlineSteps
from bot.operations.teach import digest_of, new_id
from bot.settings import WORKSPACE
from bot.store.taught_rules import StoredRule, TaughtRules

ROWS = 200_000
_TEMPLATE = "Currency Code C0{value} must be coupled to a record in Dataverse."
"""Fits one in twenty of the errors that ``fill`` stores."""
_LEAST_RATE = Goal(Measure.VALUE, Bound.AT_LEAST, 10_000)


async def measure_rediagnosing(databases: Databases, scale: float) -> list[Figure]:
    """``rediagnosis.rate`` and ``rediagnosis.loop``."""
    rows = max(1, round(ROWS * scale))
    address = databases.create()
    try:
        settings = settings_for(address)
        await migrate(settings)
        async with open_core(settings, Outside()) as core:
            await fill(core.database, scope_of(core), await core.rediagnose.knowledge.current(), rows)
            databases.settle(address)
            await core.rediagnose.take_over()
            connection = next(iter(core.connections))
            await core.rediagnose.workflow(InlineSteps(), connection)
            await TaughtRules(core.database).add(WORKSPACE, [_rule()], 1)
            settle()  # as a worker does
            begun = time.perf_counter()
            async with heartbeat() as heart:
                report = await core.rediagnose.workflow(InlineSteps(), connection)
            seconds = time.perf_counter() - begun
    finally:
        databases.drop(address)
    if report.failure_key or report.examined != rows:
        raise RuntimeError("diagnosing anew did not end well")
    note = f"{rows:,} stored errors, {report.moved:,} of which went to another problem"
    return [
        Figure("rediagnosis.rate", rows / seconds, "rows/s", _LEAST_RATE, databases.kind, scale, note=note),
        Figure(
            "rediagnosis.loop",
            heart.longest * 1000,
            "ms",
            at_most(100),
            databases.kind,
            scale,
            note=f"longest; {note}",
        ),
    ]


def _rule() -> StoredRule:
    return StoredRule(
        id=new_id(),
        template=_TEMPLATE,
        digest=digest_of(_TEMPLATE),
        class_code="data.validation",
        own_title="",
        fixer="",
        remedy="",
        precedence=Precedence.FIRST,
        language="und",
        taught_by=str(THE_BOT),
        taught_at=datetime(2026, 1, 5, tzinfo=UTC),
    )
