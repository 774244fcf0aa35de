"""``syncerrors rules``: what people taught, as a list, to a file and from one."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from rich.console import Console

from bot.app import Core
from bot.cli.terminal.harmless import harmless_line
from bot.cli.terminal.progress import ProgressWords, pull_progress
from bot.cli.worlds import Opening
from bot.failures import RuleFileInvalid
from bot.operations.actors import operator
from bot.operations.durable.inline import InlineSteps
from bot.settings import WORKSPACE
from bot.store import Problems
from bot.store.values import Scope


async def list_rules(opening: Opening, console: Console) -> int:
    """Print every rule: its id, who taught it when, how many errors it recognises, and its words."""
    async with opening as world:
        scope = Scope(WORKSPACE, next(iter(world.core.connections)))
        page = 0
        while True:
            view = await world.core.teaching.rules(scope, page)
            for one in view.rules:
                rule = one.rule
                told = f"{rule.id}  {rule.class_code}  {rule.taught_by}  {rule.taught_at:%Y-%m-%d}"
                console.print(f"{told}  {_counted(one.matched, 'error')}", highlight=False)
                console.print(f"  {harmless_line(rule.template)}", markup=False, highlight=False)
            page += 1
            if page >= view.pages:
                break
        console.print(f"{_counted(view.total, 'taught rule')}.")
    return 0


async def export_rules(opening: Opening, target: str) -> int:
    """Write the rules as a catalogue file; ``-`` is standard output."""
    async with opening as world:
        text = await world.core.exchange.export()
    try:
        _write(target, text)
    except BrokenPipeError:  # of standard output: typer ends the command
        raise
    except OSError as error:
        sys.stderr.write(f"Cannot write {target}: {error.strerror}\n")
        return 2
    return 0


async def import_rules(opening: Opening, source: str, console: Console) -> int:
    """Teach the rules of a file and diagnose what is stored anew. Raises RuleFileInvalid, RuleRefused."""
    text = _read(source)
    async with opening as world:
        scope = Scope(WORKSPACE, next(iter(world.core.connections)))
        try:
            report = await world.core.exchange.take(operator(getpass.getuser()), scope, text)
        except RuleFileInvalid as failure:
            raise RuleFileInvalid("", **{**failure.facts, "file": source}) from failure
        known = "was" if report.known == 1 else "were"
        console.print(f"{_counted(report.added, 'rule')} taught, {report.known:,} {known} taught already.")
        if report.behind:
            console.print(
                f"{report.behind:,} of them also fit texts that built-in rules know: there those go first."
            )
        await learn(world.core, console)
    return 0


async def undo_rule(opening: Opening, rule_id: str, console: Console) -> int:
    """Undo one rule and diagnose what is stored anew. Raises RuleGone."""
    async with opening as world:
        scope = Scope(WORKSPACE, next(iter(world.core.connections)))
        rule = await world.core.teaching.undo(operator(getpass.getuser()), scope, rule_id, None)
        console.print(f"Undone: {harmless_line(rule.template)}", markup=False, highlight=False)
        await learn(world.core, console)
    return 0


async def learn(core: Core, console: Console) -> None:
    """Diagnose the stored errors of every connection anew, with the progress on the console."""
    await core.rediagnose.take_over()
    for connection in await core.rediagnose.due():
        scope = Scope(WORKSPACE, connection)
        stored = (await Problems(core.database).totals(scope)).errors

        async def read_state(scope: Scope = scope, stored: int = stored) -> tuple[int, int | None]:
            return min((await core.rediagnose.state(scope)).examined, stored), stored

        words = ProgressWords(
            doing="Diagnosing stored errors anew",
            done="Diagnosed {rows} errors anew in {seconds} s",
            broken="Stopped after {rows} errors",
            rate="{rate} errors/s",
        )
        async with pull_progress(console, read_state, words=words):
            await core.rediagnose.workflow(InlineSteps(), connection)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _write(target: str, text: str) -> None:
    if target == "-":
        sys.stdout.write(text)
    else:
        Path(target).write_text(text, encoding="utf-8")


def _read(source: str) -> str:
    try:
        return sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise RuleFileInvalid(file=source, reason=str(reason)) from error
