"""The files of a support request, from a dossier."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cards.support import progress_of_support, support_comment, support_form
from bot.cards.support_file import support_document
from bot.cards.support_zip import HEADINGS, file_name, people_of, support_files
from bot.cards.texts import Texts
from bot.operations.support import Dossier, Example, Fetched, Part, Wanted, Whither
from bot.operations.support.gathering import discreet
from bot.operations.support.values import Offer, Side, SupportReport
from bot.store.activity import Line, Subject
from bot.store.care import Care
from bot.store.outbox import Place
from bot.store.problem_errors import ProblemError
from bot.store.runs import Run, RunKind, RunState
from bot.store.synchronization import ReadSoFar, StoredCoupling, StoredJob, StoredMapping
from bot.store.values import ProblemState
from tests.cards.oracle import check
from tests.cards.scene import CRONUS, FRESH, MISSING_READ, NOW, PRIVILEGE
from tests.cards.test_any_view import anything

ENGLISH, DUTCH = Texts.for_locale("en"), Texts.for_locale("nl")
STACK = '"Acme"(CodeUnit 50110).OnBefore line 7 - Acme Hooks by Acme version 1.0.0.0'


def error(number: int, **changes: Any) -> ProblemError:
    values: dict[str, Any] = {
        "number": number,
        "id": f"e{number}",
        "logged_at": NOW - timedelta(minutes=number),
        "message": "The length of the string is 31. Value: Jan Jansen, jan@example.com",
        "language": "en",
        "params": {"value": "Jan Jansen"},
        "rule": "rule.x",
        "source_record_id": "Contact: jan@example.com",
        "source_table": 5050,
        "destination_record_id": "CRM Contact: {1B1F7D3C-5A0E-4C8E-9A51-0D6F0A3F9A10}",
        "destination_table": 5342,
        "mapping": "CONTACT",
        "direction": "ToIntegrationTable",
        "job_type": "Synchronization",
        "job_id": "job-1",
        "gone_at": None,
        "purge_run": None,
    }
    return ProblemError(**(values | changes))


def dossier(text: str = "", **changes: Any) -> Dossier:
    """With ``text`` wherever a text from outside can stand."""
    wanted = Wanted("p1", None, frozenset(Part), False, "en", Whither.PERSON, Place("U1"))
    run = Run("r", RunKind.SUPPORT, "problem", "slack:U1", NOW, wanted.stored(), "p1", RunState.DONE)
    first = error(1) if not text else error(
        1, message=text, source_record_id=text, destination_record_id=text, mapping=text, rule=text,
        direction=text, job_type=text, job_id=text, params={"value": text, text: text}, language=text,
    )  # fmt: skip
    gone = error(2, gone_at=NOW, purge_run="purge-1")
    coupling = StoredCoupling(
        id="c", is_option=False, table_number=18, record_id=text or "Customer: 10000", local_system_id=text,
        dataverse_id=text, integration_table=5341, last_result=text, last_dataverse_result=text,
        last_job_id=text, last_dataverse_job_id=None, last_modified_on=NOW, last_dataverse_modified_on=None,
        skipped=True, modified_at=NOW,
    )  # fmt: skip
    job = StoredJob(
        id=text or "job-1", started_at=NOW, finished_at=None, message=text, mapping=text, direction=text,
        type=text, inserted=1, modified=2, deleted=0, unchanged=0, skipped=0, failed=3, coupled=0,
        uncoupled=0, job_queue_log_entry=7,
    )  # fmt: skip
    mapping = StoredMapping(
        name=text or "CONTACT", id="m", table_number=5050, table_name=text, integration_table=5342,
        entity_name=text, direction=text, only_coupled=True, dependency_filter=text, deletion_conflict=text,
        update_conflict=text, table_filter=text, integration_table_filter=text, synched_until=None,
        dataverse_synched_until=NOW, failed=1, skipped=2,
    )  # fmt: skip
    values: dict[str, Any] = {
        "run": run,
        "wanted": wanted,
        "fetched": Fetched((1, 2), (2,), "error.gone", (Side(text, True, text, text, text, text),)),
        "connection": replace(
            CRONUS, display_name=text or CRONUS.display_name, environment=text or "Production"
        ),
        "freshness": FRESH,
        "evidence": ReadSoFar(succeeded_at=NOW),
        "line": replace(MISSING_READ, params={"privilege": text or "prvReadbcbi_company"}),
        "steps": PRIVILEGE.steps,
        "care": Care(ProblemState.OPEN, ""),
        "records": 2,
        "examples": (Example(first, (coupling,), text or STACK), Example(gone)),
        "rows": (first, gone),
        "jobs": {job.id: job},
        "mappings": (mapping,),
        "days": ((NOW.date(), 2),),
        "lines": (Line("l", NOW, "slack:U2", "retry", subject_kind=Subject.PROBLEM, subject="p1", count=2),),
        "runs": (),
        "catalogue_version": "v1",
        "bot_version": "0.1.0",
        "at": NOW,
        "deleted_by": {"purge-1": "slack:U2"},
    }
    return Dossier(**(values | changes))


def unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


NAMES = {"U1": "Kim", "U2": "Sanne"}


def test_advice_is_a_numbered_list_and_our_own_words_stay_out() -> None:
    line = replace(MISSING_READ, params={"privilege": "prvReadAccount", "topic": "permission.whatever"})
    document = support_files(dossier(line=line), NAMES, ENGLISH).document.decode()
    _, _, advised = document.partition("### What the bot advises\n\n")
    assert advised.startswith("1. ")
    assert "\n2. " in advised.partition("\n\n")[0]
    assert "permission.whatever" not in document


def test_the_zip_has_everything_as_files_of_its_own() -> None:
    files = support_files(dossier(), NAMES, ENGLISH)
    inside = unpacked(files.archive)
    assert inside["request.md"] == files.document
    assert set(inside) == {
        *("request.md", "errors.csv", "errors.json", "diagnosis.json", "versions.json", "mappings.json"),
        *("jobs.json", "couplings.json", "activity.csv", "runs.json", "days.csv", "call-stacks/error-1.txt"),
    }
    rows = list(csv.DictReader(io.StringIO(inside["errors.csv"].decode("utf-8-sig"))))
    assert tuple(rows[0]) == HEADINGS
    assert [row["No."] for row in rows] == ["1", "2"]
    assert rows[1]["Deleted by"] == "Sanne"
    assert json.loads(inside["errors.json"])[0]["loggedAt"].endswith("+00:00")
    assert inside["call-stacks/error-1.txt"].decode().strip() == STACK


def test_the_same_dossier_gives_the_same_bytes() -> None:
    assert support_files(dossier(), NAMES, ENGLISH) == support_files(dossier(), NAMES, ENGLISH)


def test_the_document_says_what_there_is_and_what_is_missing() -> None:
    said = support_document(dossier(), NAMES, ENGLISH)
    assert "**Logged:** 2026-11-22 06:57:00 UTC" in said
    assert "1 call stack could not be had" in said
    assert "No longer in Business Central since" in said
    assert "Sanne: retry (2), done" in said
    assert "Prepared 2026-11-22 06:58:00 UTC by Kim" in said
    assert "Innermost code that is not Microsoft's: `Acme Hooks`, `Acme`, `1.0.0.0`" in said
    assert "**Last result to Dataverse:**" in said
    assert "Failed 3" in said


def test_in_dutch_it_is_dutch_to_the_last_heading() -> None:
    said = support_document(dossier(), NAMES, DUTCH)
    headings = [line for line in said.splitlines() if line.startswith("#")]
    assert headings[0].startswith("# Supportaanvraag: Dataverse-machtiging ontbreekt")
    for english in (
        "Summary",
        "Errors",
        "Versions",
        "Diagnosis\n",
        "Table mappings",
        "What was tried",
        "Logged",
    ):
        assert english not in said
    for dutch in ("Samenvatting", "Wat is geprobeerd, en door wie", "**Gelogd:**", "Synchronisatietaken"):
        assert dutch in said


def test_personal_data_is_masked_everywhere() -> None:
    files = support_files(discreet(dossier()), NAMES, ENGLISH)
    for name, content in {**unpacked(files.archive), "document": files.document}.items():
        assert b"jan@example.com" not in content, name
        assert b"Jan Jansen" not in content, name


def test_what_was_not_ticked_is_nowhere() -> None:
    whole = dossier()
    for part in Part:
        wanted = replace(whole.wanted, parts=frozenset(Part) - {part})
        files = support_files(replace(whole, wanted=wanted), NAMES, ENGLISH)
        told = b"".join(unpacked(files.archive).values())
        trace = {
            Part.MESSAGES: b"The length of the string",
            Part.RECORDS: b"Contact: jan@example.com",
            Part.CALL_STACKS: b"OnBefore line 7",
            Part.JOBS: b"job-1",
            Part.MAPPINGS: b"dependency_filter",
            Part.HISTORY: b"Sanne",
            Part.VERSIONS: b"versions.json",
            Part.DIAGNOSIS: b"rule.x",
            Part.TIMES: b"Errors a day",
        }[part]
        assert trace not in told, part


def test_many_and_large_things_stay_bounded() -> None:
    rows = tuple(error(number, message="x" * 2_048) for number in range(2_000))
    large = dossier(rows=rows, examples=(Example(error(1), (), "frame\n" * 400_000),))
    files = support_files(large, NAMES, ENGLISH)
    assert len(files.document) < 100_000
    assert len(files.archive) < 5_000_000
    assert "It goes on; the ZIP has all of it." in files.document.decode()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(anything, st.sampled_from([ENGLISH, DUTCH]))
def test_hostile_texts_stay_texts(text: str, texts: Texts) -> None:
    hostile = dossier(text)
    files = support_files(hostile, {"U1": text}, texts)
    inside = unpacked(files.archive)
    for name in (*inside, f"{file_name(hostile)}.zip"):
        assert not PurePosixPath(name).is_absolute()
        assert ".." not in name
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-./")
    rows = list(csv.reader(io.StringIO(inside["errors.csv"].decode("utf-8-sig"), newline="")))
    assert len(rows) == 3
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]
    for name, content in inside.items():
        assert not set("\u202e\u2066\x00\x1b") & set(content.decode("utf-8-sig")), name
    said = support_document(hostile, {}, texts)
    assert [line for line in said.splitlines() if line.startswith("# ")][0:1] == said.splitlines()[:1]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(anything, st.sampled_from([ENGLISH, DUTCH]), st.booleans())
def test_any_form_and_any_message_about_it(text: str, texts: Texts, may: bool) -> None:
    hostile = dossier(text)
    view = support_form(Offer(hostile.connection, hostile.line, None, 20, 2), "C1", may, texts).view(texts)
    assert view["blocks"]
    assert len(view["title"]["text"]) <= 24
    assert len(support_comment(hostile, texts).mrkdwn(3_000)) <= 3_000
    report = SupportReport(hostile.connection, hostile.run, hostile.wanted, hostile.fetched, hostile.line)
    check(progress_of_support(report, texts))


def test_everybody_in_it_is_asked_for_by_name() -> None:
    assert list(people_of(dossier())) == ["slack:U1", "slack:U2"]
