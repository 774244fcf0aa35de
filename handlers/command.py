"""The slash command ``/syncerrors``."""

from __future__ import annotations

from bot.cards.error import error_card
from bot.cards.help import help_card
from handlers.dependencies import Dependencies
from handlers.grammar import COMMAND, GRAMMAR, AskForError, AskForHelp, AskForOverview, understand
from handlers.listening import Listening
from handlers.overview import overview
from handlers.visits import Visit


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.command(COMMAND)
    async def answer(visit: Visit, text: str) -> None:
        match understand(text):
            case AskForOverview():
                await visit.answer(await overview(deps, visit))
            case AskForError(number):
                error = await deps.ask.error(visit.scope, number)
                await visit.answer(error_card(error, visit.texts))
            case AskForHelp(unknown, nearest):
                await visit.answer(help_card(GRAMMAR, visit.texts, unknown=unknown, nearest=nearest))
