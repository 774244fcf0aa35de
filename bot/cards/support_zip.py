"""The support request as files: the document, the rows as tables, the call stacks, all in one ZIP.

The same dossier gives the same bytes. Names are made of numbers and our own words alone, so that no archive
that unpacks it writes anywhere else.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from bot.cards.activity import activity_csv
from bot.cards.markdown import visible
from bot.cards.support_file import Names, person_words, support_document
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.operations.csv_text import csv_file
from bot.operations.support.values import Dossier, Part
from bot.store.problem_errors import ProblemError
from bot.store.runs import RunKind

CALL_STACK: Final = 1_000_000
"""Characters of one call stack."""
WHOLE: Final = 50_000_000
"""Bytes of all files together; what comes behind is left out. Slack takes a gigabyte."""
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The first time that a ZIP can tell: the same for every file, for the same bytes."""
_READABLE: Final = 0o100644 << 16
_UNIX: Final = 3
_UNSAFE: Final = re.compile(r"[^a-z0-9]+")
_SLUG: Final = 40

HEADINGS: Final = (
    *("No.", "Logged at (UTC)", "Message", "Source", "Source table", "Destination", "Destination table"),
    *("Mapping", "Direction", "Job type", "Job", "Language", "Rule"),
    *("No longer in Business Central since (UTC)", "Deleted by", "SystemId"),
)
"""Of ``errors.csv``, in English whatever the document's language: support and their tools read it."""


@dataclass(frozen=True, slots=True)
class SupportFiles:
    """What is posted."""

    name: str
    """Without ending; safe in every file system."""
    document: bytes
    archive: bytes


def support_files(dossier: Dossier, names: Names, texts: Texts) -> SupportFiles:
    """The document, and the ZIP that holds it too."""
    document = support_document(dossier, names, texts).encode("utf-8", "replace")
    return SupportFiles(
        name=file_name(dossier), document=document, archive=_zipped(_files(dossier, document, names, texts))
    )


def file_name(dossier: Dossier) -> str:
    """Company, what it is about, day: letters a to z, digits and hyphens."""
    company = _slug(dossier.connection.display_name or dossier.connection.company_name)
    about = f"error-{dossier.wanted.number}" if dossier.wanted.number is not None else _slug(dossier.line.id)
    parts = ("support-request", company, about, f"{dossier.at:%Y-%m-%d}")
    return "-".join(part for part in parts if part)


def _slug(text: str) -> str:
    return _UNSAFE.sub("-", text.lower()).strip("-")[:_SLUG].strip("-")


def _files(dossier: Dossier, document: bytes, names: Names, texts: Texts) -> Iterator[tuple[str, bytes]]:
    yield "request.md", document
    yield "errors.csv", _errors_csv(dossier, names, texts)
    yield "errors.json", _json([_error(row, dossier) for row in dossier.rows])
    yield "diagnosis.json", _json(_diagnosis(dossier)) if dossier.has(Part.DIAGNOSIS) else b""
    yield "versions.json", _json(_versions(dossier)) if dossier.has(Part.VERSIONS) else b""
    yield "mappings.json", _json(list(map(asdict, dossier.mappings))) if dossier.has(Part.MAPPINGS) else b""
    if dossier.has(Part.JOBS):
        yield "jobs.json", _json([asdict(job) for _, job in sorted(dossier.jobs.items())])
    if dossier.has(Part.RECORDS):
        couplings = {one.id: asdict(one) for example in dossier.examples for one in example.couplings}
        yield "couplings.json", _json([couplings[key] for key in sorted(couplings)])
    if dossier.has(Part.HISTORY):
        name = dossier.connection.display_name or dossier.connection.company_name
        yield "activity.csv", activity_csv(dossier.lines, visible(name), texts, names)
        yield "runs.json", _json(_runs(dossier, names, texts))
    if dossier.has(Part.TIMES):
        yield "days.csv", csv_file(("Day (UTC)", "Errors"), [(str(day), n) for day, n in dossier.days])
    if dossier.has(Part.CALL_STACKS):
        for example in dossier.examples:
            if text := (example.call_stack or "").strip("\x00 \r\n"):
                told = f"{visible(text[:CALL_STACK])}\n"
                yield f"call-stacks/error-{example.error.number}.txt", told.encode("utf-8", "replace")


def _zipped(files: Iterator[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    room = WHOLE
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in files:
            room -= len(content)
            if not content or room < 0:
                continue
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _READABLE
            archive.writestr(entry, content)
    return buffer.getvalue()


def _errors_csv(dossier: Dossier, names: Names, texts: Texts) -> bytes:
    def cells(row: ProblemError) -> tuple[str | int, ...]:
        deleted_by = dossier.deleted_by.get(row.purge_run or "") if row.gone_at else None
        told = _error(row, dossier)
        who = str(person_words(deleted_by, names, texts)) if deleted_by and dossier.has(Part.HISTORY) else ""
        values = (
            *(told["number"], told["loggedAt"], told["message"], told["source"], told["sourceTable"]),
            *(told["destination"], told["destinationTable"], told["mapping"], told["direction"]),
            *(told["jobType"], told["job"], told["language"], told["rule"], told["goneAt"], who, told["id"]),
        )
        return tuple(value if isinstance(value, int) else visible(str(value or "")) for value in values)

    return csv_file(HEADINGS, map(cells, dossier.rows))


def _error(row: ProblemError, dossier: Dossier) -> dict[str, Any]:
    """A row, without what was not wanted."""
    records, jobs = dossier.has(Part.RECORDS), dossier.has(Part.JOBS)
    diagnosed = dossier.has(Part.DIAGNOSIS)
    return {
        "number": row.number,
        "id": row.id,
        "loggedAt": row.logged_at,
        "goneAt": row.gone_at,
        "message": row.message if dossier.has(Part.MESSAGES) else None,
        "source": row.source_record_id if records else None,
        "sourceTable": row.source_table if records else None,
        "destination": row.destination_record_id if records else None,
        "destinationTable": row.destination_table if records else None,
        "mapping": row.mapping,
        "direction": row.direction,
        "job": row.job_id if jobs else None,
        "jobType": row.job_type if jobs else None,
        "language": row.language if diagnosed else None,
        "rule": row.rule if diagnosed else None,
        "params": dict(row.params) if diagnosed else None,
    }


def _diagnosis(dossier: Dossier) -> dict[str, Any]:
    line = dossier.line
    return {
        "class": line.error_class.code,
        "fixer": line.error_class.fixer_for(line.topic).value,
        "params": dict(line.params),
        "problem": line.id,
        "errors": line.count,
        "gone": line.gone,
        "records": dossier.records,
        "firstSeen": line.first_seen,
        "lastSeen": line.last_seen,
    }


def _versions(dossier: Dossier) -> dict[str, Any]:
    return {
        "syncerrors": dossier.bot_version,
        "catalogue": dossier.catalogue_version,
        "connections": list(map(asdict, dossier.fetched.sides)),
        "failure": dossier.fetched.versions_failure,
    }


def _runs(dossier: Dossier, names: Names, texts: Texts) -> list[dict[str, Any]]:
    return [
        {
            "id": run.id,
            "kind": run.kind.value,
            "what": run.what,
            "by": str(person_words(run.asked_by, names, texts)),
            "askedAt": run.asked_at,
            "endedAt": run.ended_at,
            "state": run.state.value,
            "total": run.total,
            "done": run.done,
            "failed": run.failed,
            "failure": run.failure_key,
        }
        for run in dossier.runs
        if run.kind is not RunKind.SUPPORT
    ]


def _json(value: Any) -> bytes:
    """Everything that is no ASCII is written as its number, so that nothing hides."""
    return (json.dumps(value, indent=2, default=_written) + "\n").encode("ascii")


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def people_of(dossier: Dossier) -> Mapping[str, None]:
    """Everybody whose name the files tell, as ``str`` of actors; each once."""
    actors = (dossier.run.asked_by, *(line.actor for line in dossier.lines))
    others = (*(run.asked_by for run in dossier.runs), *dossier.deleted_by.values())
    return dict.fromkeys((*actors, *others))
