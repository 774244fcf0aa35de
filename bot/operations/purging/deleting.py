"""One window of a purge: what is stored against what is there, and deleting exactly what is both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.businesscentral import BusinessCentralClient
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import SourceGarbled
from bot.operations.purging.batches import Batches, Progress
from bot.operations.purging.values import Bounds
from bot.store import Database
from bot.store.columns import as_key
from bot.store.purging import Doomed, Known, Purged, Purging, Selected
from bot.store.values import Scope

_PAGES: Final = 1_000
"""After that the nextLinks lead nowhere."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a window came to."""

    up_to: int
    is_last: bool
    by_id: bool
    deleted: int = 0
    missed: int = 0
    """Away before this run came: retention, or somebody in Business Central."""
    kept: int = 0
    foreign: int = 0


@dataclass(frozen=True, slots=True)
class _Compared:
    """The selected rows of a window, by what Business Central has under their numbers."""

    there: tuple[Doomed, ...]
    away: tuple[Doomed, ...]
    foreign: tuple[Doomed, ...]
    """Another entry has their number: the environment was restored or copied."""


@dataclass(frozen=True)
class Deleting:
    """Deletes windows of one run."""

    database: Database
    client: BusinessCentralClient
    clock: Clock
    scope: Scope
    run: str
    bounds: Bounds
    progress: Progress
    """Asked while rows are deleted by id."""

    async def window(self, above: int, most: int, room: int, by_id: bool) -> Done:
        """The next ``most`` selected rows above that number, at most ``room``; ``by_id`` never by number.

        Raises what the client raises, and StoreUnavailable. What it did before that is archived.
        """
        purging = Purging(self.database)
        await purging.recall(self.scope, self.run)
        if room <= 0:
            return Done(above, is_last=True, by_id=by_id)
        if self.bounds.what not in (Purged.OLD, Purged.ALL) or by_id:
            return await self._by_id(above, min(most, room))
        selected = await purging.select(self.scope, self.bounds.selection(), self.run, above, min(most, room))
        if not selected.rows:
            return Done(selected.up_to, selected.is_last, by_id)
        return await self._by_number(selected)

    async def _by_number(self, selected: Selected) -> Done:
        """One action of Business Central's; nothing, but by id from here, where it could reach others."""
        purging = Purging(self.database)
        up_to = selected.rows[-1].number
        # From the beginning, since an action by number deletes from the beginning; what earlier windows
        # left is little.
        there = await self._there(0, up_to)
        compared = compare(selected.rows, there)
        if not await self._all_known(there, compared):
            return Done(selected.rows[0].number - 1, is_last=False, by_id=True)  # the same rows again, by id
        mine = [row for row in compared.away if row.is_marked]
        missed = [row for row in compared.away if not row.is_marked]
        await purging.archive(self.scope, self.run, mine, missed, self._now())
        await purging.mark(self.scope, self.run, compared.there)
        if compared.there:
            await self.client.delete_errors(self.bounds.logged_until, up_to)
        await purging.archive(self.scope, self.run, compared.there, (), self._now())
        await purging.unmark(self.scope, self.run)
        return Done(
            up_to=selected.up_to,
            is_last=selected.is_last,
            by_id=False,
            deleted=len(compared.there) + len(mine),
            missed=len(missed),
        )

    async def _by_id(self, above: int, most: int) -> Done:
        """Several batches at once, written down while the next ones are under way, until somebody says stop.

        An id is never given twice, so nothing else can be hit: what is there needs no comparing before. What
        Business Central does not know is compared afterwards.
        """
        batches = Batches(
            self.database,
            self.client,
            self.clock,
            self.scope,
            self.run,
            self.bounds.selection(),
            self.progress,
        )
        sent = await batches.delete(above, most)
        foreign = await self._tell_gone(sent.gone)
        return Done(
            up_to=sent.up_to,
            is_last=sent.is_last,
            by_id=True,
            deleted=sent.deleted,
            missed=len(sent.gone) - foreign,
            kept=sent.kept,
            foreign=foreign,
        )

    async def _tell_gone(self, gone: Sequence[Doomed]) -> int:
        """Rows that were away before this run: archived as such. How many have a number that is another
        entry's now: those are left to whoever compares."""
        if not gone:
            return 0
        compared = compare(gone, await self._there(gone[0].number - 1, gone[-1].number))
        missed = (*compared.away, *compared.there)
        await Purging(self.database).archive(self.scope, self.run, (), missed, self._now())
        return len(compared.foreign)

    async def _all_known(self, there: Mapping[int, str | None], compared: _Compared) -> bool:
        """Whether everything that an action by number could reach is stored and selected.

        What is not selected must have been logged later, for then the action leaves it alone.
        """
        if compared.foreign:
            return False
        selected = {row.number for row in compared.there}
        others = {number: row_id for number, row_id in there.items() if number not in selected}
        if not others:
            return True
        known = await Purging(self.database).known_ids(self.scope, others.keys(), self.bounds.logged_until)
        return all(_is_left_alone(known.get(number), row_id) for number, row_id in others.items())

    async def _there(self, above: int, up_to: int) -> Mapping[int, str | None]:
        """Numbers and ids in Business Central's primary database."""
        page = await self.client.error_numbers(above, up_to)
        ids, unnumbered = dict(page.ids), page.unnumbered
        for _ in range(_PAGES):
            if page.next_link is None:
                if unnumbered:
                    raise SourceGarbled("rows without number", reason="rows that could be any")
                return ids
            page = await self.client.follow_numbers(page.next_link)
            ids.update(page.ids)
            unnumbered += page.unnumbered
        raise SourceGarbled("nextLinks without end", reason="pages stand still")

    def _now(self) -> datetime:
        return self.clock.now()


def compare(rows: Sequence[Doomed], there: Mapping[int, str | None]) -> _Compared:
    """Sort selected rows by what has their number now. Pure."""
    is_there, away, foreign = [], [], []
    for row in rows:
        if row.number not in there:
            away.append(row)
        elif (found := there[row.number]) is not None and as_key(found) == row.id:
            is_there.append(row)
        else:
            foreign.append(row)
    return _Compared(tuple(is_there), tuple(away), tuple(foreign))


def _is_left_alone(known: Known | None, row_id: str | None) -> bool:
    return known is not None and row_id is not None and as_key(row_id) == known.id and known.is_younger
