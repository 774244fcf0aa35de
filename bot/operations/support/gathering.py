"""Everything that goes into a support request, from the store, at the moment of delivery.

Nothing of it is kept for the request: what was forgotten or has left the store meanwhile is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

from bot.dataclass import dataclass
from bot.failures import NotFound, StaleForm
from bot.operations.ask import Ask
from bot.operations.discreet import discreet_line
from bot.operations.masking import masked, masked_params
from bot.operations.refused import ATTEMPT
from bot.operations.support.values import (
    MOST_DAYS,
    MOST_LINES,
    MOST_ROWS,
    Dossier,
    Example,
    Fetched,
    Wanted,
)
from bot.store import Database, Errors, Problems
from bot.store.activity import ActivityLines, Line, Subject
from bot.store.activity import Wanted as WantedLines
from bot.store.care import Care, care_of
from bot.store.problem_errors import ProblemError, ProblemErrors
from bot.store.runs import Run, RunKind, Runs
from bot.store.synchronization import StoredCoupling, StoredJob, StoredMapping, Synchronization
from bot.store.values import ProblemState, Scope

LOOKED_AT = 5_000
"""Lines of the activity that are looked through for those about the problem."""


@dataclass(frozen=True)
class Gathering:
    """Reads a request's dossier."""

    database: Database
    ask: Ask

    async def dossier(self, scope: Scope, run_id: str) -> Dossier | None:
        """All of it; None where the request or its problem is not kept any more."""
        await self.ask.knowledge.current()
        async with self.database.moment():
            try:
                run = await Runs(self.database).get(scope, run_id)
                if run.kind is not RunKind.SUPPORT:
                    return None
                row = await Problems(self.database).living(scope, run.problem_id)
                wanted = Wanted.of(run)
            except (NotFound, StaleForm):
                return None
            fetched = Fetched.of(run)
            line = self.ask.line(row)
            examples = await self._examples(scope, fetched)
            if wanted.number is None:
                rows = await ProblemErrors(self.database).newest(scope, row.id, MOST_ROWS, row.count)
            else:
                rows = tuple(example.error for example in examples)
            if examples:
                line = replace(line, params={**examples[0].error.params, **line.params})
            async with self.database.reading() as connection:
                care = await care_of(connection, scope, row.id) or Care(ProblemState.OPEN, "")
            deleting = frozenset(error.purge_run for error in rows if error.purge_run and error.gone_at)
            runs = Runs(self.database)
            dossier = Dossier(
                run=run,
                wanted=wanted,
                fetched=fetched,
                connection=await self.ask.connection(scope),
                freshness=await self.ask.freshness(scope),
                evidence=await Synchronization(self.database).read_so_far(scope),
                line=line,
                steps=line.error_class.remedy_for(row.topic, line.told),
                care=care,
                records=row.records,
                examples=examples,
                rows=rows,
                jobs={job.id: job for job in await self._jobs(scope, examples)},
                mappings=await self._mappings(scope, examples),
                days=await ProblemErrors(self.database).days(scope, row.id, MOST_DAYS),
                lines=await self._lines(scope, run, row.id, rows),
                runs=tuple(
                    one for one in await runs.of_problem(scope, row.id, MOST_LINES) if one.id != run.id
                ),
                catalogue_version=self.ask.catalogue.version,
                bot_version=_bot_version(),
                at=run.ended_at or run.asked_at,
                deleted_by={key: one.asked_by for key, one in (await runs.by_id(scope, deleting)).items()},
            )
        return dossier if wanted.is_unmasked else discreet(dossier)

    async def _examples(self, scope: Scope, fetched: Fetched) -> tuple[Example, ...]:
        """In the order in which they were chosen; those that have left the store are left out."""
        rows = {
            row.number: row for row in await ProblemErrors(self.database).numbered(scope, fetched.examples)
        }
        examples = []
        for number in fetched.examples:
            if number not in rows:
                continue
            try:
                stored = await Errors(self.database).by_number(scope, number)
            except NotFound:
                continue
            couplings = await self._couplings(scope, rows[number])
            examples.append(Example(rows[number], couplings, stored.call_stack))
        return tuple(examples)

    async def _couplings(self, scope: Scope, error: ProblemError) -> tuple[StoredCoupling, ...]:
        store = Synchronization(self.database)
        records = [record for record in (error.source_record_id, error.destination_record_id) if record]
        found = list(await store.couplings_of(scope, records))
        rows = [guid for record in records if (guid := _guid(record))]
        found += await store.couplings_of_rows(scope, rows) if rows else ()
        return tuple({coupling.id: coupling for coupling in found}.values())

    async def _jobs(self, scope: Scope, examples: Sequence[Example]) -> tuple[StoredJob, ...]:
        store = Synchronization(self.database)
        wanted = dict.fromkeys(job for example in examples for job in _jobs_of(example))
        return tuple([job for key in wanted if (job := await store.job(scope, key)) is not None])

    async def _mappings(self, scope: Scope, examples: Sequence[Example]) -> tuple[StoredMapping, ...]:
        names = {example.error.mapping for example in examples}
        return tuple(one for one in await Synchronization(self.database).mappings(scope) if one.name in names)

    async def _lines(
        self, scope: Scope, run: Run, problem_id: str, rows: Iterable[ProblemError]
    ) -> tuple[Line, ...]:
        """What was done about the problem or one of its errors, or deleted one of them; the latest first.

        Whoever reads it far away has no use for what colleagues were not let do.
        """
        errors = list(rows)
        numbers = {str(error.number) for error in errors}
        runs = {error.purge_run for error in errors if error.purge_run}
        kept: list[Line] = []
        looked = 0
        async for line in ActivityLines(self.database).all(scope, WantedLines()):
            looked += 1
            if looked > LOOKED_AT or len(kept) >= MOST_LINES:
                break
            about = (
                (line.subject_kind is Subject.PROBLEM and line.subject in (problem_id, run.problem_id))
                or (line.subject_kind is Subject.ERROR and line.subject in numbers)
                or (line.subject_kind is Subject.RUN and line.subject in runs)
            )
            if about and line.facts.get("run") != run.id and not line.id.startswith(ATTEMPT):
                kept.append(line)
        return tuple(kept)


def discreet(dossier: Dossier) -> Dossier:
    """Without addresses of mail, telephone numbers and raw values."""
    return replace(
        dossier,
        line=discreet_line(dossier.line),
        examples=tuple(map(_discreet_example, dossier.examples)),
        rows=tuple(map(_discreet_error, dossier.rows)),
        jobs={key: replace(job, message=masked(job.message)) for key, job in dossier.jobs.items()},
        mappings=tuple(
            replace(
                mapping,
                table_filter=masked(mapping.table_filter),
                integration_table_filter=masked(mapping.integration_table_filter),
            )
            for mapping in dossier.mappings
        ),
    )


def _discreet_example(example: Example) -> Example:
    return Example(
        error=_discreet_error(example.error),
        couplings=tuple(replace(one, record_id=masked(one.record_id)) for one in example.couplings),
        call_stack=None if example.call_stack is None else masked(example.call_stack),
    )


def _discreet_error(error: ProblemError) -> ProblemError:
    return replace(
        error,
        message=masked(error.message),
        params=masked_params(error.params),
        source_record_id=masked(error.source_record_id),
        destination_record_id=masked(error.destination_record_id),
    )


def _jobs_of(example: Example) -> Iterable[str]:
    if example.error.job_id:
        yield example.error.job_id
    for coupling in example.couplings:
        yield from filter(None, (coupling.last_job_id, coupling.last_dataverse_job_id))


def _guid(record: str) -> str:
    """Of a row of Dataverse, as ``Format(RecordId)`` writes it: ``CRM Account: {GUID}``; else empty."""
    _, brace, rest = record.partition("{")
    return rest.partition("}")[0].lower() if brace else ""


def _bot_version() -> str:
    try:
        return version("syncerrors")
    except PackageNotFoundError:
        return "?"
