"""Errors that belong to another problem since they were diagnosed anew, and where a problem went.

Inside a transaction that holds the connection's row of ``pull_state``. What is added up is exact at once.
Which errors are the oldest and the latest of a problem that lost some is looked up by
``bot.store.settling`` once the run is through, since there is no index for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.action_tables import ACTION_RUN
from bot.store.arriving import arrive, stored_problems
from bot.store.database import insert_into
from bot.store.decision_tables import DECIDED_RECORD
from bot.store.departing import Moved
from bot.store.outbox import Outbox
from bot.store.pages import slices
from bot.store.retry_tables import RETRY_RECORD
from bot.store.rule_tables import PROBLEM_SUCCESSION
from bot.store.settling import forget_ties
from bot.store.succession import living
from bot.store.tables import PROBLEM, belongs
from bot.store.taking import take
from bot.store.values import ProblemState, Scope


async def move(connection: AsyncConnection, scope: Scope, rows: Sequence[Moved], outbox: Outbox) -> None:
    """Count errors with their new problems and no more with their former ones.

    A former problem that has none left points at the one that most of its errors went to, which takes over
    who looks after it and the messages about it. The errors' own rows are the caller's.
    """
    if not rows:
        return
    formers = await stored_problems(connection, scope, {row.former for row in rows})
    await arrive(connection, scope, rows, formers)
    await take(connection, scope, rows)
    await _note_successions(connection, scope, rows)
    for former in sorted(formers):
        await _supersede_or_unsettle(connection, scope, former, outbox)


async def _note_successions(connection: AsyncConnection, scope: Scope, rows: Sequence[Moved]) -> None:
    statement = insert_into(connection, PROBLEM_SUCCESSION)
    statement = statement.on_conflict_do_update(
        index_elements=list(PROBLEM_SUCCESSION.primary_key),
        set_={"errors": PROBLEM_SUCCESSION.c.errors + statement.excluded.errors},
    )
    counts = Counter((row.former, row.problem.id) for row in rows)
    values = [
        {
            "workspace": scope.workspace,
            "connection": scope.connection,
            "problem_id": former,
            "successor_id": successor,
            "errors": count,
        }
        for (former, successor), count in sorted(counts.items())
    ]
    for part in slices(values):
        await connection.execute(statement, part)


async def _supersede_or_unsettle(
    connection: AsyncConnection, scope: Scope, problem_id: str, outbox: Outbox
) -> None:
    here = (belongs(PROBLEM, scope), PROBLEM.c.id == problem_id)
    former = (await connection.execute(select(PROBLEM).where(*here))).one()
    if former.errors > 0:
        await connection.execute(update(PROBLEM).where(*here).values(unsettled=1))
        return
    found = await connection.execute(
        select(PROBLEM_SUCCESSION.c.successor_id)
        .where(belongs(PROBLEM_SUCCESSION, scope), PROBLEM_SUCCESSION.c.problem_id == problem_id)
        .order_by(PROBLEM_SUCCESSION.c.errors.desc(), PROBLEM_SUCCESSION.c.successor_id)
        .limit(1)
    )
    successor = await living(connection, scope, found.scalar_one())
    assignee = former.assignee
    if assignee:
        taken = await connection.execute(
            update(PROBLEM)
            .where(belongs(PROBLEM, scope), PROBLEM.c.id == successor, PROBLEM.c.assignee == "")
            .values(assignee=assignee)
        )
        assignee = "" if taken.rowcount else assignee
    await connection.execute(
        update(PROBLEM)
        .where(*here)
        .values(
            state=ProblemState.SUPERSEDED,
            successor=successor,
            assignee=assignee,
            errors=0,
            gone=0,
            records=0,
            unsettled=0,
        )
    )
    await forget_ties(connection, scope, problem_id)
    # What was done about it was done about its successor; a run's bounds stay what was confirmed.
    for table in (ACTION_RUN, RETRY_RECORD, DECIDED_RECORD):
        await connection.execute(
            update(table)
            .where(belongs(table, scope), table.c.problem_id == problem_id)
            .values(problem_id=successor)
        )
    await outbox.succeed(problem_id, successor)
