"""The slash command ``/syncerrors``."""

from __future__ import annotations

from dataclasses import replace

from bot.cards.card import Card
from bot.cards.error import error_card
from bot.cards.help import help_card
from bot.store.values import Scope
from handlers.access import said_at_once
from handlers.activity import activity
from handlers.acts import COMMANDS
from handlers.archive import archive
from handlers.connections import connections
from handlers.coupled import coupled
from handlers.dependencies import Dependencies
from handlers.doctor import first_examination
from handlers.find import found, named_error
from handlers.forget import look
from handlers.grammar import (
    COMMAND,
    GRAMMAR,
    OF_SEVERAL,
    AskForActivity,
    AskForArchive,
    AskForConnections,
    AskForCoupled,
    AskForDoctor,
    AskForError,
    AskForHelp,
    AskForOverview,
    AskForRules,
    AskForStatus,
    AskToFind,
    AskToForget,
    AskToRetryFixed,
    Request,
    understand,
)
from handlers.listening import Listening
from handlers.naming import take_connection
from handlers.overview import overview
from handlers.retry import what_is_fixed
from handlers.rules import rules
from handlers.status import status
from handlers.visits import Visit


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.command(COMMAND)
    async def answer(visit: Visit, text: str) -> None:
        named = take_connection(text, (choice.name for choice in deps.selection.choices))
        request = understand(named.rest)
        if named.name:
            visit = _at(visit, deps.selection.named(named.name))
        elif named.name == "" or (visit.gone is not None and not isinstance(request, AskForHelp)):
            request = AskForConnections()
        if (act := COMMANDS[type(request)]) is not None:
            await visit.require(act)
        await visit.answer(await _card(deps, visit, request))


async def _card(deps: Dependencies, visit: Visit, request: Request) -> Card:
    match request:
        case AskForOverview():
            return await overview(deps, visit)
        case AskForError(number):
            error = await named_error(deps, visit, number)
            return error_card(error, visit.texts, access=await said_at_once(visit, deps, error))
        case AskToForget(whom):
            return await look(deps, visit, whom)
        case AskForActivity(filters):
            return await activity(deps, visit, filters)
        case AskForArchive(typed):
            return await archive(deps, visit, typed)
        case AskForConnections():
            return await connections(deps, visit)
        case AskForCoupled():
            return await coupled(deps, visit)
        case AskForStatus(mapping):
            return await status(deps, visit, mapping)
        case AskForRules():
            return await rules(deps, visit)
        case AskToRetryFixed():
            return await what_is_fixed(deps, visit)
        case AskToFind(query):
            return await found(deps, visit, query)
        case AskForDoctor(everywhere):
            return await first_examination(deps, visit, everywhere)
        case AskForHelp(unknown, nearest):
            commands = (*GRAMMAR, *OF_SEVERAL) if deps.selection.several else GRAMMAR
            return help_card(commands, visit.texts, unknown=unknown, nearest=nearest)


def _at(visit: Visit, connection: str) -> Visit:
    """The same visit to another connection."""
    scope = Scope(visit.scope.workspace, connection)
    button = visit.button.model_copy(update={"connection": connection})
    return replace(visit, scope=scope, button=button, gone=None)
