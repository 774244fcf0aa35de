"""Deleting rows by id: several batches under way, while what became of the last ones is written down.

Each row goes through three hands: it is marked with the run, sent, and archived once the answer is there.
Marking is ahead of sending and archiving behind it, so that Business Central never waits for the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.businesscentral import LARGEST_BATCH, BusinessCentralClient, Deletion
from bot.clock import Clock
from bot.store import Database
from bot.store.pages import slices
from bot.store.purging import Doomed, Purging
from bot.store.values import Scope

AT_A_TIME: Final = 5
"""Requests that Business Central processes at a time for one user."""
MARKED_AT_ONCE: Final = 1_000

Progress = Callable[[int], Awaitable[bool]]
"""Told how many rows were deleted so far; says whether to stop."""
Answer = tuple[Sequence[Doomed], Mapping[str, Deletion]]


@dataclass
class Sent:
    """What became of rows, as far as they were sent."""

    deleted: int = 0
    kept: int = 0
    gone: list[Doomed] = field(default_factory=list)
    """Away before this run came, by rising number; still marked."""
    outcomes: dict[int, Deletion] = field(default_factory=dict)
    """By number."""


@dataclass
class Batches:
    """Deletes rows of one run. For one call."""

    database: Database
    client: BusinessCentralClient
    clock: Clock
    scope: Scope
    run: str
    progress: Progress
    sent: Sent = field(default_factory=Sent)
    _is_over: bool = False
    """Nothing more is sent: somebody said stop, or something failed."""

    async def delete(self, rows: Sequence[Doomed]) -> Sent:
        """Delete them until somebody says stop. What was sent is archived, whatever is raised.

        Raises what the client raises, and StoreUnavailable.
        """
        marked: asyncio.Queue[Sequence[Doomed] | None] = asyncio.Queue()
        answered: asyncio.Queue[Answer | None] = asyncio.Queue()
        archiving = asyncio.create_task(self._archive(answered), name="purge: archive")
        hands = [
            asyncio.create_task(self._mark(rows, marked), name="purge: mark"),
            *[
                asyncio.create_task(self._send(marked, answered), name="purge: send")
                for _ in range(AT_A_TIME)
            ],
        ]
        try:
            ended = await asyncio.gather(*hands, return_exceptions=True)
            answered.put_nowait(None)
            await archiving
        finally:
            for task in (*hands, archiving):
                task.cancel()
            await asyncio.gather(*hands, archiving, return_exceptions=True)
        for failure in ended:
            if isinstance(failure, BaseException):
                raise failure
        unsent = [row for row in rows if row.number not in self.sent.outcomes]
        await Purging(self.database).spare(self.scope, unsent)
        self.sent.gone.sort(key=lambda row: row.number)
        return self.sent

    async def _mark(self, rows: Sequence[Doomed], marked: asyncio.Queue[Sequence[Doomed] | None]) -> None:
        """Ahead of those who send. Rows that an attempt which was cut off has marked, are."""
        try:
            for some in slices(rows, MARKED_AT_ONCE):
                if self._is_over:
                    return
                await Purging(self.database).mark(
                    self.scope, self.run, [row for row in some if not row.is_marked]
                )
                for batch in slices(some, LARGEST_BATCH):
                    marked.put_nowait(batch)
        finally:
            for _ in range(AT_A_TIME):
                marked.put_nowait(None)

    async def _send(
        self, marked: asyncio.Queue[Sequence[Doomed] | None], answered: asyncio.Queue[Answer | None]
    ) -> None:
        while (batch := await marked.get()) is not None and not self._is_over:
            try:
                answered.put_nowait((batch, await self.client.delete_error_rows([row.id for row in batch])))
            except BaseException:
                self._is_over = True
                raise

    async def _archive(self, answered: asyncio.Queue[Answer | None]) -> None:
        """Whatever has been answered meanwhile, in one transaction."""
        is_last = False
        while not is_last:
            answers = [await answered.get()]
            while not answered.empty():
                answers.append(answered.get_nowait())
            is_last = answers[-1] is None
            try:
                await self._write([one for one in answers if one is not None])
                self._is_over = await self.progress(self.sent.deleted) or self._is_over
            except BaseException:
                self._is_over = True
                raise

    async def _write(self, answers: Sequence[Answer]) -> None:
        away: list[Doomed] = []
        stayed: list[Doomed] = []
        for batch, outcomes in answers:
            for row in batch:
                outcome = outcomes.get(row.id, Deletion.NOT_NOW)
                self.sent.outcomes[row.number] = outcome
                if not outcome.is_away:
                    stayed.append(row)
                elif outcome is Deletion.GONE and not row.is_marked:
                    self.sent.gone.append(row)
                else:
                    away.append(row)
        purging = Purging(self.database)
        await purging.archive(self.scope, away, (), self.clock.now())
        await purging.spare(self.scope, stayed)
        self.sent.deleted += len(away)
        self.sent.kept += len(stayed)
