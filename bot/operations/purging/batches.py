"""Deleting rows by id: several batches under way, while what became of the last ones is written down.

Each row goes through three hands: it is chosen and marked with the run, sent, and archived once the answer
is there. Choosing is ahead of sending and archiving behind it, so that Business Central never waits for the
store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field
from typing import Final

from bot.businesscentral import LARGEST_BATCH, BusinessCentralClient, Deletion
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.store import Database
from bot.store.pages import slices
from bot.store.purging import Doomed, Purging, Selection
from bot.store.values import Scope

AT_A_TIME: Final = 8
"""Batches under way. Business Central processes 5 requests of one user at a time, and the client sends no
more: the others are ready when one is answered."""
CHOSEN_AT_ONCE: Final = 1_000
AHEAD: Final = 20
"""Batches that are marked and wait to be sent."""
BEHIND: Final = 100
"""Batches that were answered and wait to be archived."""
ARCHIVED_AT_ONCE: Final = 30
"""Batches, where many come in: what a transaction costs beside its rows is much, and errors of one record are
counted together."""
ARCHIVED_EVERY: Final = 0.5
"""Seconds, where few do. Whoever presses *Stop* waits that long."""

Progress = Callable[[int], Awaitable[bool]]
"""Told how many rows were deleted so far; says whether to stop."""
Batch = Sequence[Doomed]
Answer = tuple[Batch, Mapping[str, Deletion]]


@dataclass
class Sent:
    """What became of rows, as far as they were sent."""

    up_to: int
    """Every selected row up to here was sent, unless somebody said stop."""
    is_last: bool = False
    """No more are selected."""
    deleted: int = 0
    kept: int = 0
    gone: list[Doomed] = field(default_factory=list)
    """Away before this run came, by rising number."""


@dataclass
class Batches:
    """Deletes the selected rows of one run. For one call."""

    database: Database
    client: BusinessCentralClient
    clock: Clock
    scope: Scope
    run: str
    selection: Selection
    progress: Progress
    _is_chosen: bool = False
    """No more are: what is answered from now on is archived at once, so that little is left for the end."""
    _count: int = 0
    """Of the rows that were chosen."""
    _is_over: bool = False
    """Nothing more is sent: somebody said stop, or something failed."""
    _chosen: asyncio.Queue[Batch | None] = field(default_factory=lambda: asyncio.Queue(AHEAD))
    _answered: asyncio.Queue[Answer | None] = field(default_factory=lambda: asyncio.Queue(BEHIND))

    async def delete(self, above: int, most: int) -> Sent:
        """Delete the next ``most`` selected rows above that number, until somebody says stop.

        What was answered is archived, whatever is raised; what was marked and not answered stays marked then.
        Raises what the client raises, and StoreUnavailable.
        """
        sent = Sent(up_to=above)
        archiving = asyncio.create_task(self._archive(sent), name="purge: archive")
        hands = [
            asyncio.create_task(self._choose(sent, most), name="purge: choose"),
            *[asyncio.create_task(self._send(), name="purge: send") for _ in range(AT_A_TIME)],
        ]
        try:
            ended = await asyncio.gather(*hands, return_exceptions=True)
            await self._answered.put(None)
            ended += await asyncio.gather(archiving, return_exceptions=True)
        finally:
            for task in (*hands, archiving):
                task.cancel()
            await asyncio.gather(*hands, archiving, return_exceptions=True)
        for failure in ended:
            if isinstance(failure, BaseException):
                raise failure
        await Purging(self.database).unmark(self.scope, self.run)
        if sent.deleted + sent.kept + len(sent.gone) < self._count:
            sent.is_last = False  # somebody said stop before all that was chosen was sent
        sent.gone.sort(key=lambda row: row.number)
        return sent

    async def _choose(self, sent: Sent, most: int) -> None:
        """Ahead of those who send. Rows that an attempt which was cut off has marked, are."""
        purging = Purging(self.database)
        try:
            while most > 0 and not (sent.is_last or self._is_over):
                some = await purging.select(
                    self.scope, self.selection, self.run, sent.up_to, min(CHOSEN_AT_ONCE, most)
                )
                await purging.mark(self.scope, self.run, some.rows)
                for batch in slices(some.rows, LARGEST_BATCH):
                    if not self._is_over:
                        await self._chosen.put(batch)
                most -= len(some.rows)
                self._count += len(some.rows)
                sent.up_to, sent.is_last = some.up_to, some.is_last
        except BaseException:
            self._end()
            raise
        finally:
            self._is_chosen = True
            await self._chosen.put(None)

    async def _send(self) -> None:
        while (batch := await self._chosen.get()) is not None and not self._is_over:
            try:
                answer = await self.client.delete_error_rows([row.id for row in batch])
            except BaseException:
                self._end()
                raise
            await self._answered.put((batch, answer))
        if batch is None:
            self._chosen.put_nowait(None)  # for the next of them, into the room that it left

    def _end(self) -> None:
        """Nothing more is sent; nor does anybody wait for what was chosen to be taken, or to be chosen."""
        self._is_over = True
        while not self._chosen.empty():
            self._chosen.get_nowait()
        self._chosen.put_nowait(None)

    async def _archive(self, sent: Sent) -> None:
        """Whatever has been answered meanwhile, in one transaction."""
        answers: list[Answer] = []
        archived_at = self.clock.monotonic()
        is_last = False
        try:
            while not is_last:
                answer = await self._answered.get()
                is_last = answer is None
                if answer is not None:
                    answers.append(answer)
                now = self.clock.monotonic()
                if (
                    is_last
                    or len(answers) >= ARCHIVED_AT_ONCE
                    or now - archived_at >= ARCHIVED_EVERY
                    or (self._is_chosen and self._answered.empty())
                ):
                    await self._write(sent, answers)
                    answers, archived_at = [], now
                    if await self.progress(sent.deleted):
                        self._end()
        except asyncio.CancelledError:
            raise
        except BaseException:
            self._end()
            while not is_last:  # nobody shall wait for room; what is not archived stays marked
                is_last = await self._answered.get() is None
            raise

    async def _write(self, sent: Sent, answers: Sequence[Answer]) -> None:
        away: list[Doomed] = []
        stayed: list[Doomed] = []
        for batch, outcomes in answers:
            for row in batch:
                outcome = outcomes.get(row.id, Deletion.NOT_NOW)
                if not outcome.is_away:
                    stayed.append(row)
                elif outcome is Deletion.GONE and not row.is_marked:
                    sent.gone.append(row)
                else:
                    away.append(row)
        purging = Purging(self.database)
        await purging.archive(self.scope, self.run, away, (), self.clock.now())
        await purging.spare(self.scope, stayed)
        sent.deleted += len(away)
        sent.kept += len(stayed)
