"""How records are called: asked of Business Central when somebody looks, one error at a time, and kept.

A name is asked for once in its lifetime, however many cards show it. A card waits a moment for names and then
goes without: they help, nothing depends on them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.businesscentral import BusinessCentralClient, parse_record_id
from bot.businesscentral.records import ErrorDetails
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import (
    NotFound,
    SignInRefused,
    SourceFailure,
    SourceMissing,
    SourceRefused,
    SourceRejected,
    SourceUnreachable,
)
from bot.operations.views import ErrorView, ProblemDetail
from bot.store import Database, Errors
from bot.store.live_states import LiveState, LiveStates
from bot.store.record_names import Names, RecordName, RecordNames, RecordState
from bot.store.values import Scope, StoredError

NAMED_FOR: Final = timedelta(days=1)
"""Somebody who renames a record sees the new name a day later at most."""
NAMELESS_FOR: Final = timedelta(hours=1)
"""A record without a name, or one that could not be read, is asked about again after that."""
AGAIN_AFTER: Final = timedelta(minutes=2)
"""After a failure that passes."""
SOON: Final = timedelta(seconds=10)
"""After an answer that took too long: it takes the names from one card, not from those of the next
minutes."""
LATER: Final = timedelta(hours=1)
"""After one that only somebody can mend, such as the missing extension."""
PATIENCE: Final = 2.5
"""Seconds that a card waits for names."""
AT_ONCE: Final = 6
"""Errors asked about for one card."""
_PART: Final = "names"
_LATE: Final = "late"
_MENDED_BY_PEOPLE: Final = frozenset(
    kind.key for kind in (SignInRefused, SourceRefused, SourceMissing, SourceRejected)
)
"""Failures that do not pass by themselves."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The use case. ``clients`` is keyed by ``Connection.key``. Nothing here raises a SourceFailure."""

    database: Database
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock

    async def of_error(self, scope: Scope, view: ErrorView) -> ErrorView:
        """One error with the names of its records."""
        return replace(view, names=await self._names(scope, [view.error]))

    async def of_problem(self, scope: Scope, view: ProblemDetail) -> ProblemDetail:
        """One problem with the names of the records that are listed."""
        records = {
            one.record_id or one.other_record_id: one.last_number
            for one in view.records
            if one.last_number != view.latest.number
        }
        names = await self.of_numbers(scope, records, [view.latest])
        return replace(view, names=names)

    async def of_numbers(
        self, scope: Scope, records: Mapping[str, int], errors: Sequence[StoredError] = ()
    ) -> Names:
        """The names of records, each with the No. of an error that names it (0: none), and of ``errors``."""
        known = await self.known(scope, records)
        found = {error.number: error for error in errors}
        for record_id, number in records.items():
            if len(found) >= AT_ONCE:
                break
            if number and number not in found and not self._is_known(record_id, known):
                try:
                    found[number] = await Errors(self.database).by_number(scope, number)
                except NotFound:
                    continue
        return await self._names(scope, tuple(found.values()), records)

    async def of_records(self, scope: Scope, error: StoredError) -> Names:
        """The names of the two records of an error."""
        return await self._names(scope, [error])

    async def known(self, scope: Scope, record_ids: Iterable[str]) -> Names:
        """What was read before, by record id; nobody is asked."""
        return await RecordNames(self.database).known(scope, record_ids)

    async def keep(self, scope: Scope, error: StoredError, details: ErrorDetails) -> None:
        """Remember what the details of an error say of its two records."""
        await RecordNames(self.database).keep(scope, self._said(error, details))

    async def _names(self, scope: Scope, errors: Sequence[StoredError], more: Iterable[str] = ()) -> Names:
        """Of the records of these errors, and of those ``more`` that are known."""
        ids = {one for error in errors for one in _ids(error)} | set(more)
        known = await self.known(scope, ids)
        wanted = [
            error
            for error in errors
            if error.gone_at is None and not all(self._is_known(one, known) for one in _ids(error))
        ]
        if wanted and await self._ask(scope, wanted[:AT_ONCE]):
            known = await self.known(scope, ids)
        return known

    async def _ask(self, scope: Scope, errors: Sequence[StoredError]) -> bool:
        """Ask about these at the same time; whether anything was learnt."""
        client = self.clients.get(scope.connection)
        if client is None or await self._rests(scope):
            return False
        learnt: list[RecordName] = []
        failures: list[SourceFailure] = []

        async def look(error: StoredError) -> None:
            try:
                learnt.extend(self._said(error, await client.details(error.id)))
            except SourceMissing as missing:
                if missing.facts.get("what") == "error":
                    learnt.extend(self._said(error, None))
                else:
                    failures.append(missing)
            except SourceFailure as failure:
                failures.append(failure)

        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*map(look, errors))
        except TimeoutError:
            failures.append(SourceUnreachable("no answer about names in time", what=_LATE))
        if learnt:
            await RecordNames(self.database).keep(scope, learnt)
        if failures:
            failure = failures[0]
            at = self.clock.now()
            await LiveStates(self.database).fail(scope, _PART, at, failure.key, dict(failure.facts))
        return bool(learnt)

    async def _rests(self, scope: Scope) -> bool:
        """It failed a moment ago: nobody's card waits for the same again."""
        last = (await LiveStates(self.database).known(scope)).get(_PART)
        if last is None or last.failure_key is None:
            return False
        return self.clock.now() - last.attempted_at < _pause(last)

    def _is_known(self, record_id: str, known: Names) -> bool:
        """Lately enough; what names no record need not be asked about."""
        parsed = parse_record_id(record_id)
        if parsed is None or parsed.blank:
            return True
        name = known.get(record_id)
        if name is None:
            return False
        lifetime = NAMED_FOR if name.name else NAMELESS_FOR
        return self.clock.now() - name.read_at < lifetime

    def _said(self, error: StoredError, details: ErrorDetails | None) -> list[RecordName]:
        """What is remembered of the error's records; without details that they were asked about."""
        at = self.clock.now()
        if details is None:
            return [RecordName(one, "", "", RecordState.UNKNOWN, at) for one in _ids(error)]
        sides = (
            (
                error.source_record_id,
                details.source_description,
                details.source_url,
                details.source_state,
            ),
            (
                error.destination_record_id,
                details.destination_description,
                details.destination_url,
                details.destination_state,
            ),
        )
        return [
            RecordName(record_id, name.strip(), url, RecordState.of(state), at)
            for record_id, name, url, state in sides
            if record_id
        ]


def _pause(after: LiveState) -> timedelta:
    if after.failure_key in _MENDED_BY_PEOPLE:
        return LATER
    return SOON if (after.failure_facts or {}).get("what") == _LATE else AGAIN_AFTER


def _ids(error: StoredError) -> tuple[str, ...]:
    return tuple(one for one in (error.source_record_id, error.destination_record_id) if one)
