"""``syncerrors activity`` and ``syncerrors forget``, for the operator."""

from __future__ import annotations

import getpass
import sys

from rich.console import Console

from bot.app import Core
from bot.cards.activity import activity_csv, activity_line
from bot.cards.forget import report_lines
from bot.cards.texts import Texts
from bot.cli.worlds import Opening
from bot.operations.activity_list import ActivityList
from bot.operations.actors import Actor, operator
from bot.operations.rights import NobodyKnown
from bot.settings import WORKSPACE
from bot.store.values import Scope

ENGLISH = Texts.for_locale("en-US")


async def tell_activity(
    opening: Opening, name: str | None, filters: str, console: Console, as_csv: bool
) -> int:
    """Print what the filters leave, newest first: lines, or a file on standard output."""
    async with opening as world:
        core = world.core
        for connection in _chosen(core, name):
            scope = Scope(WORKSPACE, connection)
            listing = ActivityList(core.activity, core.ask, NobodyKnown())
            lines = [line async for line in await listing.all(scope, _operator(), filters)]
            where = await _called(core, scope)
            if as_csv:
                sys.stdout.buffer.write(activity_csv(lines, where, ENGLISH))
                continue
            console.print(f"{where}: {ENGLISH.ngettext('{n} line', '{n} lines', len(lines))}")
            for line in lines:
                console.print(str(activity_line(line, {}, ENGLISH)), markup=False, highlight=False)
    return 0


async def forget_somebody(
    opening: Opening, name: str | None, whom: str, console: Console, confirmed: bool
) -> int:
    """Say what there is of somebody, and remove it where that is confirmed; 1 where it is not."""
    async with opening as world:
        core = world.core
        waiting = False
        for connection in _chosen(core, name):
            scope = Scope(WORKSPACE, connection)
            found = await core.forget.look(scope, whom)
            if confirmed and not found.nothing:
                found = await core.forget.forget(scope, _operator(), whom)
            waiting = waiting or not (confirmed or found.nothing)
            console.print(f"{await _called(core, scope)}:", markup=False)
            for line in report_lines(found, ENGLISH) or ["nothing"]:
                console.print(f"  {line}", markup=False, highlight=False)
        if waiting:
            console.print("Nothing was removed. Give --yes to remove this for good.")
    return 1 if waiting else 0


def _chosen(core: Core, name: str | None) -> list[str]:
    """Every connection, or the one of that name; raises ConnectionUnknown."""
    return list(core.connections) if name is None else [core.selection.named(name)]


def _operator() -> Actor:
    return operator(getpass.getuser())


async def _called(core: Core, scope: Scope) -> str:
    """The company's name; before anything was read, whatever there is."""
    view = await core.ask.connection(scope)
    return view.name or view.display_name or view.company_name or scope.connection
