"""*Share* on a problem, and *Details* on the card that it makes."""

from __future__ import annotations

import asyncio
from typing import Final

from bot.cards.actions import Action, ButtonValue
from bot.cards.form import Form, Modal
from bot.cards.problem import problem_card
from bot.cards.problem_line import problem_title
from bot.cards.sharing import CHANNEL, Known, share_form, shared_modal
from bot.failures import PlaceRefused
from bot.operations.sharing import Shared
from bot.store.outbox import Place, PostingState
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.modals import Submitted
from handlers.visits import Visit, problem_of

PATIENCE_SECONDS: Final = 1.5
"""Real time that somebody looks at *One moment* for the card's address."""
LOOK_SECONDS: Final = 0.05


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.PROBLEM_SHARE)
    async def ask_where(visit: Visit) -> None:
        view = await deps.ask.problem(visit.scope, problem_of(visit.button))
        value = ButtonValue(connection=visit.scope.connection, problem=view.line.id)
        await visit.open(share_form(problem_title(view.line, visit.texts), value, visit.texts))

    @listening.form(Form.SHARE)
    async def share(visit: Visit, submitted: Submitted) -> Modal:
        channel = submitted.conversation(CHANNEL)
        language = await deps.channels.ready(channel, visit.texts)
        place = Place(channel, language, asked_by=visit.user)
        shared = await deps.sharing.share(visit.scope, problem_of(visit.button), place, visit.actor)
        return await _where(deps, visit, shared)

    @listening.action(Action.SHARED_DETAILS)
    async def details(visit: Visit) -> None:
        view = await deps.ask.problem(visit.scope, problem_of(visit.button))
        await visit.answer(problem_card(await deps.naming.of_problem(visit.scope, view), visit.texts))


async def _where(deps: Dependencies, visit: Visit, shared: Shared) -> Modal:
    """Whoever delivers is quick as a rule; raises PlaceRefused where Slack refused meanwhile."""
    for _ in range(int(PATIENCE_SECONDS / LOOK_SECONDS)):
        card = await deps.sharing.delivered(visit.scope, shared.posting)
        if card is not None and card.state is PostingState.REFUSED:
            raise PlaceRefused(code=card.failure)
        if card is not None:
            address = await deps.channels.permalink(card.channel, card.ts)
            return shared_modal(address, Known.BEFORE if shared.known else Known.NEW, visit.texts)
        await asyncio.sleep(LOOK_SECONDS)
    return shared_modal(None, Known.ON_ITS_WAY, visit.texts)
