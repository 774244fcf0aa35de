"""``syncerrors doctor``: the whole set-up, check by check. Exit code 0: all works; 1: something is broken; 2:
nothing was examined, for the settings cannot be read or there is no such connection."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.cards.doctor import summary_words
from bot.cards.doctor_groups import Group, groups_of, unseen_words
from bot.cards.doctor_words import finding_words, step_words
from bot.cards.texts import Texts
from bot.cli.sentences import sentence_for
from bot.failures import ConnectionUnknown, SettingsInvalid
from bot.operations.doctor.doctor import Doctor
from bot.operations.doctor.values import Finding, Report, Verdict

BROKEN: Final = 1
NOT_EXAMINED: Final = 2
_LONGEST: Final = 2_000
_SIGNS: Final = {
    Verdict.GOOD: Text("✔", "green"),
    Verdict.NOTE: Text("!", "yellow"),
    Verdict.BROKEN: Text("✘", "bold red"),
    Verdict.UNKNOWN: Text("?", "dim"),
}

Opening = AbstractAsyncContextManager[Doctor]


async def examine_once(
    opening: Opening, name: str | None, texts: Texts, console: Console, *, as_json: bool
) -> int:
    """Examine every connection, or the one of that name. Raises SettingsInvalid."""
    try:
        async with opening as doctor:
            keys = list(doctor.connections) if name is None else [doctor.named(name)]
            if as_json:
                report = await doctor.examine(keys)
            else:
                report = await _with_progress(doctor, keys, texts)
    except SettingsInvalid as failure:
        if not as_json:
            raise
        _write({"works": False, "settings": list(failure.problems)})
        return NOT_EXAMINED
    except ConnectionUnknown as unknown:
        sys.stderr.write(f"{sentence_for(unknown.key, unknown.facts)}\n")
        return NOT_EXAMINED
    if as_json:
        _write(_as_json(report, texts))
    else:
        _print(report, texts, console)
    return 0 if report.is_well else BROKEN


async def _with_progress(doctor: Doctor, keys: Sequence[str], texts: Texts) -> Report:
    console = Console(stderr=True)
    with console.status(texts.gettext("Checking everything. This takes a few seconds…").plain(200)) as status:

        async def told(made: int, of: int) -> None:
            status.update(texts.gettext("Checking: {made} of {all}…", made=made, all=of).plain(200))

        return await doctor.examine(keys, told)


def _print(report: Report, texts: Texts, console: Console) -> None:
    for group in groups_of(report, texts):
        _group(group, texts, console)
    console.print(Text(summary_words(report, texts).plain(200), "bold" if report.is_well else "bold red"))


def _group(group: Group, texts: Texts, console: Console) -> None:
    console.print(Text(group.name.plain(200), "bold"))
    for one in group.lines:
        finding = one.finding
        if finding.because is not None:
            continue
        words = finding_words(finding, texts)
        title = Text(f"{one.title(texts).plain(200)}: ")
        line = Text.assemble(_SIGNS[finding.verdict], " ", title, words.what.plain(_LONGEST))
        console.print(Padding(line, (0, 0, 0, 2)), soft_wrap=False)
        if words.next_step:
            step = f"→ {step_words(finding, words, texts).plain(_LONGEST)}"
            console.print(Padding(Text(step), (0, 0, 0, 6)))
    for unseen in unseen_words(group.lines, texts):
        line = Text.assemble(_SIGNS[Verdict.UNKNOWN], " ", (unseen.plain(_LONGEST), "dim"))
        console.print(Padding(line, (0, 0, 0, 2)))
    console.print()


def _as_json(report: Report, texts: Texts) -> Mapping[str, Any]:
    return {
        "works": report.is_well,
        "at": report.at.isoformat(timespec="seconds"),
        "checks": [_finding(finding, texts) for finding in (*report.house, report.worker)],
        "connections": [
            {
                "key": patient.key,
                "name": patient.name,
                "checks": [_finding(finding, texts) for finding in patient.findings],
            }
            for patient in report.patients
        ],
    }


def _finding(finding: Finding, texts: Texts) -> Mapping[str, Any]:
    words = finding_words(finding, texts)
    return {
        "check": finding.check.value,
        "verdict": finding.verdict.value,
        "outcome": finding.outcome.value,
        "because": finding.because.value if finding.because else None,
        "facts": {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in finding.facts.items()
        },
        "what": words.what.plain(_LONGEST),
        "next_step": words.next_step.plain(_LONGEST) if words.next_step else None,
        "who": words.mender.value if words.next_step else None,
    }


def _write(value: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
