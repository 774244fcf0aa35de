"""*Who lacks what?*: what Dataverse adds to a card, and the script for an administrator.

A card is shown at once; what Dataverse says follows in its place, within the same request, unless the person
has pressed something else there meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.cards.access import SILENT, Said, access_said, asking, needless_card, not_asked, sent_card
from bot.cards.actions import Action, ButtonValue
from bot.cards.card import Card
from bot.cards.error import error_card
from bot.cards.links import Links
from bot.cards.problem import problem_card
from bot.failures import RightsUnknown
from bot.operations.access import Look
from bot.operations.access.access import AT_ONCE
from bot.operations.rights import Act
from bot.operations.views import ErrorView, ProblemDetail
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit, number_of

Draw = Callable[[Said], Card]
View = ProblemDetail | ErrorView


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.ACCESS_SHOW)
    async def show(visit: Visit) -> None:
        await _redraw(visit, deps)

    @listening.action(Action.ACCESS_AGAIN)
    async def again(visit: Visit) -> None:
        deps.access.ask_anew(visit.scope)
        await _redraw(visit, deps)

    @listening.action(Action.ACCESS_SCRIPT)
    async def script(visit: Visit) -> None:
        number = number_of(visit.button)
        if await deps.access.script(visit.scope, number) is None:
            await visit.answer(needless_card(visit.texts))
            return
        await deps.access.send_script(visit.scope, number, visit.actor, visit.user, visit.texts.language)
        await visit.answer(sent_card(visit.texts))


async def replace_with_access(visit: Visit, deps: Dependencies, view: View, draw: Draw) -> None:
    """Put a card in place of the pressed message, then the same with what Dataverse says."""
    about, links = _about(visit, view), Links(view.connection)
    if not await _may_ask(visit, deps, view):
        await visit.replace(draw(SILENT))
        return
    looking = asyncio.create_task(deps.access.look(visit.scope, view))
    look = await _within(looking, AT_ONCE)
    if look is None:
        await visit.replace(draw(asking(visit.texts)))
        look = await looking
        if not visit.is_current():
            return
    await visit.replace(draw(access_said(look, about, links, visit.texts)))


async def said_at_once(visit: Visit, deps: Dependencies, view: View) -> Said:
    """For a card that cannot be written over: what Dataverse said lately, or the button that asks it."""
    if not await _may_ask(visit, deps, view):
        return SILENT
    about = _about(visit, view)
    looking = asyncio.create_task(deps.access.look(visit.scope, view))
    look = await _within(looking, AT_ONCE)
    if look is None:
        looking.cancel()
        return not_asked(about, visit.texts)
    return access_said(look, about, Links(view.connection), visit.texts)


async def _redraw(visit: Visit, deps: Dependencies) -> None:
    """The card from which somebody asked, with what Dataverse says now."""
    opened = visit.button
    if opened.problem is not None:
        problem = await deps.ask.problem(visit.scope, opened.problem, opened.page)
        detail = await deps.naming.of_problem(visit.scope, problem)
        await replace_with_access(
            visit, deps, detail, lambda said: problem_card(detail, visit.texts, opened, said)
        )
        return
    view = await deps.naming.of_error(visit.scope, await deps.ask.error(visit.scope, number_of(opened)))
    await replace_with_access(visit, deps, view, lambda said: error_card(view, visit.texts, opened, said))


async def _may_ask(visit: Visit, deps: Dependencies, view: View) -> bool:
    if not deps.access.asks_about(view):
        return False
    try:
        return await visit.may(Act.ACCESS, visit.scope.connection)
    except RightsUnknown:
        return False


async def _within(looking: asyncio.Task[Look | None], seconds: float) -> Look | None:
    """What it gives within that time, and None after it; it goes on meanwhile."""
    await asyncio.wait({looking}, timeout=seconds)
    return looking.result() if looking.done() else None


def _about(visit: Visit, view: View) -> ButtonValue:
    """Which card it is, and the error that stands for it."""
    key, opened = visit.scope.connection, visit.button
    if isinstance(view, ErrorView):
        return ButtonValue(connection=key, number=view.error.number, query=opened.query)
    return ButtonValue(
        connection=key,
        problem=view.line.id,
        number=view.latest.number,
        page=view.records_page,
        query=opened.query,
    )
