"""The way from a question to an answer: problems and their counters, never a scan over errors.

The cost of each answer depends on what it shows, not on how many errors are stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from bot.businesscentral import Connection
from bot.dataclass import dataclass
from bot.diagnosis import UNKNOWN, Catalogue, ErrorClass, Params
from bot.diagnosis.taught import words_of
from bot.failures import NotFound, RowNotUnderstood
from bot.operations.causes.chains import Causes
from bot.operations.connections import connection_view
from bot.operations.knowledge import Knowledge
from bot.operations.views import (
    ConnectionView,
    ErrorView,
    Freshness,
    Overview,
    ProblemDetail,
    ProblemLine,
)
from bot.store import Database, Errors, Problems, Pulls
from bot.store.synchronized import Synchronized
from bot.store.values import ProblemRow, PullState, Scope, StoredError

PROBLEMS_A_PAGE = 5
RECORDS_A_PAGE = 5

_BOTH_CHANGED = "conflict.both_changed"
_OF_ONE_RECORD = frozenset({"record", "record_table", "other_record", "other_table", "value"})
"""Facts of one error: where several records share a problem, its steps must not name one of them."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Answers questions about what is stored.

    ``connections`` is keyed by ``Connection.key``. Every method raises NotFound for what is not stored.
    """

    database: Database
    knowledge: Knowledge
    connections: Mapping[str, Connection]

    @property
    def catalogue(self) -> Catalogue:
        """What is known now, with what people taught."""
        return self.knowledge.catalogue

    @property
    def causes(self) -> Causes:
        """What comes before what."""
        return Causes(self.database, self.line)

    async def overview(self, scope: Scope, page: int = 0) -> Overview:
        """One page of open problems, most pressing first; a page beyond the end becomes the last one."""
        await self.knowledge.current()
        async with self.database.moment():
            problems = Problems(self.database)
            totals = await problems.totals(scope)
            pages = max(1, -(-totals.problems // PROBLEMS_A_PAGE))
            page = min(page, pages - 1)
            order = await self.causes.order(scope, totals)
            rows = await problems.page(
                scope, PROBLEMS_A_PAGE, page * PROBLEMS_A_PAGE, precedence=order.precedence
            )
            return Overview(
                connection=await self.connection(scope),
                freshness=await self.freshness(scope),
                errors=totals.errors,
                problems=totals.problems,
                unreadable=totals.unreadable,
                lines=await self.causes.standing(scope, order, [self.line(row) for row in rows]),
                page=page,
                pages=pages,
                gone=totals.gone,
            )

    async def problem(self, scope: Scope, problem_id: str, records_page: int = 0) -> ProblemDetail:
        """One problem with a page of the records that fail because of it, latest first.

        Where its errors belong to another one since, that one.
        """
        await self.knowledge.current()
        async with self.database.moment():
            problems = Problems(self.database)
            row = await problems.living(scope, problem_id)
            problem_id = row.id
            latest = await Errors(self.database).latest_of(scope, problem_id)
            line = replace(
                self.line(row),
                params=_shared_params(row, latest),
                mapping=await problems.only_mapping(scope, problem_id),
            )
            real_cause = await self.causes.real_cause(scope, latest)
            graph = await self.causes.graph(scope)
            pages = max(1, -(-row.records // RECORDS_A_PAGE))
            records_page = min(records_page, pages - 1)
            records = await problems.affected(
                scope, problem_id, limit=RECORDS_A_PAGE, offset=records_page * RECORDS_A_PAGE
            )
            return ProblemDetail(
                connection=await self.connection(scope),
                freshness=await self.freshness(scope),
                line=replace(line, frees=graph.freed_by(line.id)),
                steps=line.error_class.remedy_for(row.topic, line.told),
                records=records,
                records_total=row.records,
                records_page=records_page,
                records_pages=pages,
                latest=latest,
                chain=await self.causes.chain(scope, graph, line, real_cause),
                real_cause=real_cause,
                taught=self.knowledge.note(row.topic),
                synchronized=await self._synchronized(scope, latest, [one.record_id for one in records]),
            )

    async def error(self, scope: Scope, number: int) -> ErrorView:
        """One error by its No.; raises RowNotUnderstood for one that could not be read."""
        await self.knowledge.current()
        async with self.database.moment():
            error = await self._numbered(scope, number)
            row = await Problems(self.database).get(scope, error.problem_id)
            params = {**error.params, **row.params}
            line = replace(self.line(row), params=params, mapping=error.mapping)
            record = error.source_record_id or error.destination_record_id
            return ErrorView(
                connection=await self.connection(scope),
                error=error,
                line=line,
                steps=line.error_class.remedy_for(error.topic, line.told),
                real_cause=await self.causes.real_cause(scope, error),
                is_over=bool(await self._synchronized(scope, error, [record])),
                taught=self.knowledge.note(error.topic),
            )

    async def _synchronized(
        self, scope: Scope, error: StoredError, record_ids: Sequence[str]
    ) -> frozenset[str]:
        """Those of these records that have synchronized since they failed because of that error's problem."""
        store = Synchronized(self.database)
        if error.class_code == _BOTH_CHANGED:
            return await store.settled(scope, error.problem_id, record_ids)
        return await store.of(scope, error.problem_id, record_ids)

    def _taught_words(self, topic: str | None) -> str:
        """What tells a taught problem from others of its class; empty where its own title does."""
        rule = self.knowledge.rule(topic)
        return "" if rule is None or rule.own_title else words_of(rule.template)

    async def freshness(self, scope: Scope) -> Freshness:
        """How old the knowledge of a connection is, and why."""
        return freshness_of(await Pulls(self.database).state(scope))

    async def connection(self, scope: Scope) -> ConnectionView:
        """A connection with its company's name, where that is known yet."""
        return await connection_view(self.database, self.connections, scope)

    async def _numbered(self, scope: Scope, number: int) -> StoredError:
        errors = Errors(self.database)
        try:
            return await errors.by_number(scope, number)
        except NotFound:
            with suppress(NotFound):
                await errors.unreadable_by_number(scope, number)
                raise RowNotUnderstood(number=str(number)) from None
            raise NotFound(what="error", number=str(number)) from None

    def line(self, row: ProblemRow) -> ProblemLine:
        """A problem as lists show it."""
        return ProblemLine(
            id=row.id,
            error_class=self._class(row.class_code),
            params=row.params,
            count=row.count,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            example_record=row.example_record,
            example_number=row.example_number,
            masked=row.masked or self._taught_words(row.topic),
            topic=row.topic,
            gone=row.gone,
        )

    def _class(self, code: str) -> ErrorClass:
        """A class that an older catalogue knew reads as unknown until it is diagnosed anew."""
        return self.catalogue.classes.get(code, self.catalogue.classes[UNKNOWN])


def freshness_of(state: PullState) -> Freshness:
    """What the state of pulling says about the age of what is known."""
    reading = state.started_at is not None and (
        state.attempted_at is None or state.started_at > state.attempted_at
    )
    return Freshness(
        read_at=state.succeeded_at,
        attempted_at=state.attempted_at,
        failure_key=state.failure_key,
        failure_facts=state.failure_facts or {},
        reading=reading,
        rows_read=state.rows_read,
        rows_expected=state.rows_expected,
        finding=state.finding,
    )


def _shared_params(row: ProblemRow, latest: StoredError) -> Params:
    """What is known of a problem as a whole: all facts where one record fails, else those that all share."""
    if row.records <= 1:
        return {**latest.params, **row.params}
    shared = {key: value for key, value in latest.params.items() if key not in _OF_ONE_RECORD}
    if "field" in row.params and "other_table" in latest.params:
        shared["other_table"] = latest.params["other_table"]  # to where a field refers is the same for all
    if latest.params.get("other_record") in row.params.values():
        shared["other_record"] = latest.params["other_record"]  # what decides the problem, under another name
    return {**shared, **row.params}
