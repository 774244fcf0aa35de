"""What pulls bring and how far they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.dataclass import dataclass
from bot.store.database import Database
from bot.store.former import make_room
from bot.store.holding import ask_to_reread, lock
from bot.store.outbox import Outbox
from bot.store.pages import add_errors, count_up, drop_understood, keep_unreadable
from bot.store.readying import ReadyPage, ready_page, ready_part
from bot.store.rewriting import note_stragglers
from bot.store.search_index import index_errors
from bot.store.tables import PULL_STATE, belongs
from bot.store.values import Finding, PageOutcome, PageToStore, PullState, Scope


def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Pulls:
    """Progress of each connection's reading, and the pages that it brings."""

    database: Database

    async def state(self, scope: Scope) -> PullState:
        """How far reading is; the state of a beginner where nothing was ever read."""
        async with self.database.reading() as connection:
            row = (
                await connection.execute(select(PULL_STATE).where(belongs(PULL_STATE, scope)))
            ).one_or_none()
        if row is None:
            return PullState()
        return state_of(row)

    async def begin(self, scope: Scope, at: datetime, rows_expected: int | None) -> None:
        """A pull is under way. ``next_link`` of one that was cut off stays: that is where to go on.

        What ``rewind`` asked for happens here.
        """
        async with self.database.writing() as connection:
            held = await lock(connection, scope)
            begun: dict[str, object] = {"started_at": at, "rows_read": 0, "rows_expected": rows_expected}
            if held.reread_above is not None:
                back = min(held.cursor, held.reread_above)
                begun |= {"cursor": back, "next_link": None, "reread_above": None}
            await connection.execute(update(PULL_STATE).where(belongs(PULL_STATE, scope)).values(begun))

    async def rewind(self, scope: Scope, cursor: int) -> None:
        """Let the next pull that begins go back to ``cursor``, and read on from there.

        Not at once: the pages of a pull under way would take the cursor ahead again.
        """
        async with self.database.writing() as connection:
            await ask_to_reread(connection, scope, await lock(connection, scope), cursor)

    async def expect(self, scope: Scope, rows_expected: int | None) -> None:
        """How many rows the pull under way will read, once that is known."""
        await self._change(scope, rows_expected=rows_expected)

    async def finish(self, scope: Scope, at: datetime) -> None:
        """The pull under way read everything."""
        await self._change(
            scope,
            started_at=None,
            attempted_at=at,
            succeeded_at=at,
            next_link=None,
            failure_key=None,
            failure_facts=None,
        )

    async def fail(self, scope: Scope, at: datetime, key: str, facts: Mapping[str, str | int]) -> None:
        """The pull under way was ended by the failure of that key; what it stored stays."""
        await self._change(scope, started_at=None, attempted_at=at, failure_key=key, failure_facts=facts)

    def ready(self, scope: Scope, page: PageToStore) -> ReadyPage:
        """Work out beforehand what ``store_page`` needs, without asking the database."""
        return ready_page(scope, page, self.database.engine.dialect)

    async def store_page(
        self,
        scope: Scope,
        page: PageToStore | ReadyPage,
        at: datetime,
        written: Callable[[], None] = _nothing,
    ) -> PageOutcome:
        """Write a page: all of it or, where an exception leaves this call, nothing.

        Rows that are stored already change nothing, so a page may come twice and pages may overlap and come
        in any order; only ``rows_read``, which tells how far this pull is, counts each reading.

        ``written`` is called when all that is left is to commit: on SQLite one long call, during which the
        interpreter is free. It must not raise.
        """
        ready = page if isinstance(page, ReadyPage) else self.ready(scope, page)
        page = ready.page
        async with self.database.writing() as connection:
            held = await lock(connection, scope)
            if held.restored:
                await make_room(connection, scope, page.errors)
            errors = await add_errors(connection, scope, ready)
            fresh = ready_part(scope, ready, errors.fresh, connection.dialect)
            await note_stragglers(
                connection, scope, page.catalogue_version, [error.number for error in errors.fresh]
            )
            await index_errors(connection, scope, fresh.indexing)
            problems = await count_up(connection, scope, fresh.changes)
            await Outbox(connection, scope, at).occurred(
                {problem_id: tally.count for problem_id, tally in fresh.changes.problems.items()},
                problems.reopened,
            )
            understood = await drop_understood(connection, scope, errors.fresh) if held.unreadable else 0
            unreadable = await keep_unreadable(connection, scope, page.unreadable, at)
            await connection.execute(
                update(PULL_STATE)
                .where(belongs(PULL_STATE, scope))
                .values(
                    cursor=max(held.cursor, page.cursor),
                    next_link=page.next_link,
                    rows_read=PULL_STATE.c.rows_read + len(page.errors) + len(page.unreadable),
                    unreadable=PULL_STATE.c.unreadable + unreadable - understood,
                    conflicting=PULL_STATE.c.conflicting + errors.conflicting,
                )
            )
            outcome = PageOutcome(
                stored=len(errors.fresh),
                unreadable=unreadable,
                new_problems=problems.new,
                reopened_problems=problems.reopened,
                conflicting=errors.conflicting,
            )
            # The page that is read meanwhile can have the memory of this one: some 20 MB.
            del page, ready, errors, fresh
            written()
        return outcome

    async def _change(self, scope: Scope, **values: object) -> None:
        async with self.database.writing() as connection:
            await lock(connection, scope)
            await connection.execute(update(PULL_STATE).where(belongs(PULL_STATE, scope)).values(**values))


def state_of(row: Row[Any]) -> PullState:
    """A row of ``pull_state`` as a value."""
    return PullState(
        cursor=row.cursor,
        next_link=row.next_link,
        started_at=row.started_at,
        attempted_at=row.attempted_at,
        succeeded_at=row.succeeded_at,
        failure_key=row.failure_key,
        failure_facts=row.failure_facts,
        rows_read=row.rows_read,
        rows_expected=row.rows_expected,
        conflicting=row.conflicting,
        finding=Finding(row.finding) if row.finding else None,
    )
