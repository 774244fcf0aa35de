"""The errors of a support request, with their records, mappings, jobs and call stacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.cards.markdown import code, fenced, heading, points, words
from bot.cards.markup import own
from bot.cards.support_words import VALUE, item, time_of, yes_or_no
from bot.cards.texts import Texts
from bot.diagnosis.frames import read_call_stack
from bot.operations.call_stack import WITHOUT_EXCEPTION
from bot.operations.support.values import Dossier, Example, Part
from bot.store.problem_errors import ProblemError
from bot.store.synchronization import StoredCoupling, StoredJob, StoredMapping

CALL_STACK: Final = 20_000
"""Characters of one call stack in the document; a file of its own holds the whole."""


def mapping_parts(dossier: Dossier, texts: Texts) -> Iterator[str]:
    """The mappings that the errors name."""
    yield heading(2, words(texts.gettext("Table mappings")))
    names = dict.fromkeys(example.error.mapping for example in dossier.examples if example.error.mapping)
    known = {mapping.name: mapping for mapping in dossier.mappings}
    if not names:
        yield words(texts.gettext("The errors name none."))
    for name in names:
        yield heading(3, code(name))
        if name in known:
            yield points(_mapping(known[name], texts))
        else:
            yield words(texts.gettext("Not known: it was not read, or is not there any more."))


def _mapping(mapping: StoredMapping, texts: Texts) -> Iterator[str]:
    yield item(texts.gettext("Table"), f"{code(mapping.table_name)} ({mapping.table_number})")
    yield item(texts.gettext("Dataverse table"), f"{code(mapping.entity_name)} ({mapping.integration_table})")
    yield item(texts.gettext("Direction"), code(mapping.direction))
    yield item(texts.gettext("Only coupled records"), yes_or_no(mapping.only_coupled, texts))
    yield item(texts.gettext("Table filter"), code(mapping.table_filter[:VALUE]))
    yield item(texts.gettext("Filter in Dataverse"), code(mapping.integration_table_filter[:VALUE]))
    yield item(texts.gettext("Depends on"), code(mapping.dependency_filter))
    yield item(texts.gettext("Resolve deletion conflicts"), code(mapping.deletion_conflict))
    yield item(texts.gettext("Resolve update conflicts"), code(mapping.update_conflict))
    yield item(texts.gettext("Synchronized to Dataverse until"), time_of(mapping.synched_until))
    yield item(texts.gettext("Synchronized from Dataverse until"), time_of(mapping.dataverse_synched_until))
    yield item(texts.gettext("Failed and skipped"), f"{mapping.failed}, {mapping.skipped}")


def error_parts(dossier: Dossier, texts: Texts) -> Iterator[str]:
    """Each example in full."""
    yield heading(2, words(texts.gettext("Errors")))
    if not dossier.examples:
        yield words(texts.gettext("None of them is stored any more."))
    stacks: dict[str, int] = {}
    for example in dossier.examples:
        error = example.error
        yield heading(3, words(texts.gettext("Error No. {number}", number=own(str(error.number)))))
        yield points(_error(error, dossier, texts))
        if dossier.has(Part.MESSAGES):
            yield fenced(error.message)
        if dossier.has(Part.RECORDS):
            yield from _couplings(example, texts)
        if dossier.has(Part.CALL_STACKS):
            yield from _call_stack(example, dossier, stacks, texts)


def _error(error: ProblemError, dossier: Dossier, texts: Texts) -> Iterator[str]:
    yield item(texts.gettext("Logged"), time_of(error.logged_at))
    if error.gone_at is not None:
        yield item(texts.gettext("No longer in Business Central since"), time_of(error.gone_at))
    if dossier.has(Part.RECORDS):
        yield item(texts.gettext("Source"), _record(error.source_record_id, error.source_table))
        yield item(
            texts.gettext("Destination"), _record(error.destination_record_id, error.destination_table)
        )
    yield item(texts.gettext("Table mapping"), code(error.mapping))
    yield item(texts.gettext("Direction"), code(error.direction))
    if dossier.has(Part.JOBS):
        yield item(texts.gettext("Job"), f"{code(error.job_id or '')} ({code(error.job_type)})")


def _record(record: str, table: int) -> str:
    return f"{code(record[:VALUE])} ({table})" if table else code(record[:VALUE])


def _couplings(example: Example, texts: Texts) -> Iterator[str]:
    if not example.couplings:
        yield words(texts.gettext("No coupling of these records is known."))
    for coupling in example.couplings:
        yield words(texts.gettext("Coupling")) + ":"
        yield points(_coupling(coupling, texts))


def _coupling(coupling: StoredCoupling, texts: Texts) -> Iterator[str]:
    yield item(texts.gettext("Record"), code(coupling.record_id))
    yield item(texts.gettext("SystemId in Business Central"), code(coupling.local_system_id or ""))
    yield item(texts.gettext("Id in Dataverse"), code(coupling.dataverse_id or ""))
    yield item(texts.gettext("Skipped"), yes_or_no(coupling.skipped, texts))
    yield item(
        texts.gettext("Last result to Dataverse"),
        ", ".join(
            (
                code(coupling.last_dataverse_result),
                time_of(coupling.last_dataverse_modified_on),
                code(coupling.last_dataverse_job_id or ""),
            )
        ),
    )
    yield item(
        texts.gettext("Last result from Dataverse"),
        ", ".join(
            (code(coupling.last_result), time_of(coupling.last_modified_on), code(coupling.last_job_id or ""))
        ),
    )


def _call_stack(example: Example, dossier: Dossier, stacks: dict[str, int], texts: Texts) -> Iterator[str]:
    text, number = example.call_stack, example.error.number
    if text is None:
        yield words(texts.gettext("The call stack could not be had."))
        return
    if not text.strip("\x00 \r\n"):
        yield words(texts.gettext("Business Central has no call stack for this error."))
        return
    if text in stacks:
        same = texts.gettext("The same call stack as error No. {number}.", number=own(str(stacks[text])))
        yield words(same)
        return
    stacks[text] = number
    yield words(texts.gettext("Call stack, innermost call first")) + ":"
    yield fenced(text[:CALL_STACK])
    if len(text) > CALL_STACK:
        yield words(texts.gettext("It goes on; the ZIP has all of it."))
    foreign = read_call_stack(text).first_foreign
    if foreign is not None:
        where = f"{code(foreign.app)}, {code(foreign.publisher)}, {code(foreign.version)}"
        yield words(texts.gettext("Innermost code that is not Microsoft's")) + f": {where}"
    if dossier.line.error_class.code in WITHOUT_EXCEPTION:
        yield words(
            texts.gettext(
                "Business Central notes the last call stack it has, and logs errors like this one without "
                "raising them: this call stack is that of an earlier error and proves nothing."
            )
        )


def job_parts(dossier: Dossier, texts: Texts) -> Iterator[str]:
    """The jobs that logged them, and those of their couplings."""
    yield heading(2, words(texts.gettext("Synchronization jobs")))
    named = dict.fromkeys(example.error.job_id for example in dossier.examples if example.error.job_id)
    unknown = [job for job in named if job not in dossier.jobs]
    for job in sorted(dossier.jobs.values(), key=lambda one: (one.started_at, one.id)):
        yield heading(3, code(job.id))
        yield points(_job(job, texts))
        if job.message.strip():
            yield fenced(job.message)
    if unknown:
        yield words(texts.gettext("Not known: they were not read, or are not there any more.")) + (
            " " + ", ".join(map(code, unknown))
        )
    if not named:
        yield words(texts.gettext("The errors name none."))


def _job(job: StoredJob, texts: Texts) -> Iterator[str]:
    yield item(texts.gettext("Started"), time_of(job.started_at))
    yield item(texts.gettext("Finished"), time_of(job.finished_at))
    yield item(texts.gettext("Table mapping"), code(job.mapping))
    yield item(texts.gettext("Direction"), code(job.direction))
    yield item(texts.gettext("Type"), code(job.type))
    counts = (
        ("Inserted", job.inserted),
        ("Modified", job.modified),
        ("Deleted", job.deleted),
        ("Unchanged", job.unchanged),
        ("Skipped", job.skipped),
        ("Failed", job.failed),
        ("Coupled", job.coupled),
        ("Uncoupled", job.uncoupled),
    )
    # The columns of table 5338, by which support knows them.
    yield item(texts.gettext("Counts"), ", ".join(f"{name} {value}" for name, value in counts))
    yield item(own("Job Queue Log Entry No."), str(job.job_queue_log_entry))
