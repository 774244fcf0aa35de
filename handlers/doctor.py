"""``/syncerrors doctor``: what is broken, who can mend it and how; *Check again*."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.cards.actions import Action
from bot.cards.card import Card
from bot.cards.doctor import doctor_card, examining_card
from bot.operations.rights import Act
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit

EVERYWHERE = "all"
"""Value of a button that examines all connections."""
SILENT_SECONDS = 1.5
"""Real time that somebody waits without a word."""
_REPORTS = 3
"""Words of how far it is; Slack takes five messages for an interaction."""

Told = Callable[[int, int], Awaitable[None]]


async def first_examination(deps: Dependencies, visit: Visit, everywhere: bool) -> Card:
    """Answer of the command, which says so where it takes a moment: Slack shows nothing meanwhile."""
    examined = asyncio.create_task(_examined(deps, visit, everywhere))
    try:
        await asyncio.wait({examined}, timeout=SILENT_SECONDS)
        if not examined.done():
            await visit.answer(examining_card(0, 0, visit.texts))
        return await examined
    finally:
        examined.cancel()


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.DOCTOR_AGAIN)
    async def again(visit: Visit) -> None:
        everywhere = visit.button.query == EVERYWHERE
        await visit.replace(await _examined(deps, visit, everywhere, _reporting(visit)))


async def _examined(deps: Dependencies, visit: Visit, everywhere: bool, told: Told | None = None) -> Card:
    """The connection that the person looks at, or all that they may examine."""
    keys = [visit.scope.connection]
    if everywhere:
        keys = [key for key in deps.selection.connections if await visit.may(Act.DOCTOR, key)]
    report = await deps.doctor().examine(keys, told)
    return doctor_card(report, visit.scope.connection, visit.texts, again=EVERYWHERE if everywhere else None)


def _reporting(visit: Visit) -> Told:
    """Says how far it is, a few times."""
    said = 0

    async def say(made: int, of: int) -> None:
        nonlocal said
        if said < _REPORTS and made < of and made * (_REPORTS + 1) >= (said + 1) * of:
            said += 1
            await visit.report(examining_card(made, of, visit.texts))

    return say
