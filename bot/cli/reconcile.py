"""``syncerrors reconcile``: notice now what is otherwise noticed at night."""

from __future__ import annotations

from rich.console import Console

from bot.app import Core
from bot.cli.filling import fill
from bot.cli.sentences import sentence_for
from bot.cli.terminal.progress import ProgressWords, pull_progress
from bot.cli.worlds import Opening
from bot.operations.durable.inline import InlineSteps
from bot.operations.views import ReconcileReport
from bot.settings import WORKSPACE
from bot.store import Presence, Problems
from bot.store.values import Scope


async def reconcile_once(opening: Opening, name: str | None, console: Console) -> int:
    """Compare every connection, or the one of that name, with Business Central.

    One that fails stops no other. Return 0 when everything was compared, 1 when a known failure ended any.
    Raises ConnectionUnknown.
    """
    async with opening as world:
        core = world.core
        if world.starts_empty:
            await fill(core, console)
        chosen = core.connections if name is None else [core.selection.named(name)]
        reports = [await _compare(core, console, connection) for connection in chosen]
    return 1 if any(report.failure_key is not None for report in reports) else 0


async def _compare(core: Core, console: Console, connection: str) -> ReconcileReport:
    scope = Scope(WORKSPACE, connection)
    stored = (await Problems(core.database).totals(scope)).errors

    async def read_state() -> tuple[int, int | None]:
        state = await Presence(core.database).state(scope)
        return state.present + state.missing + state.replaced, stored

    words = ProgressWords(
        doing="Comparing with Business Central",
        done="Compared {rows} rows in {seconds} s",
        broken="Stopped after {rows} rows",
        rate="{rate} rows/s",
    )
    async with pull_progress(console, read_state, words=words):
        report = await core.reconcile.workflow(InlineSteps(), connection)
    _tell(report, console)
    return report


def _tell(report: ReconcileReport, console: Console) -> None:
    told = [f"{report.gone:,} are no longer in Business Central"]
    if report.back:
        told.append(f"{report.back:,} are there after all")
    if report.replaced:
        told.append(f"{report.replaced:,} numbers belong to other rows now; the next pull reads those")
    if report.late:
        told.append(f"{report.late:,} came late and were never read; the next pull reads them")
    console.print(f"Of {report.judged:,} stored errors: {', '.join(told)}.")
    if report.failure_key is not None:
        console.print(sentence_for(report.failure_key, report.failure_facts))
