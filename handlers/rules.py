"""``/syncerrors rules``: what people taught, undoing it, and the rules as a file."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.card import Card
from bot.cards.form import Form, Modal
from bot.cards.rules import export_promised_card, rules_card, undo_modal, undone_modal
from bot.failures import StaleButton
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.modals import Submitted
from handlers.visits import Visit


async def rules(deps: Dependencies, visit: Visit, page: int = 0) -> Card:
    """One page of the list."""
    return rules_card(await deps.teaching.rules(visit.scope, page), visit.texts)


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.RULES_PREVIOUS, Action.RULES_NEXT)
    async def show(visit: Visit) -> None:
        await visit.replace(await rules(deps, visit, visit.button.page))

    @listening.action(Action.RULES_EXPORT)
    async def export(visit: Visit) -> None:
        await deps.teaching.order_file(visit.scope, visit.direct)
        await visit.answer(export_promised_card(visit.texts))

    @listening.action(Action.RULE_UNDO)
    async def ask_to_undo(visit: Visit) -> None:
        view = await deps.teaching.rule(_rule_of(visit))
        await visit.open(undo_modal(view, visit.button, visit.texts))

    @listening.form(Form.RULE_UNDO)
    async def undo(visit: Visit, _: Submitted) -> Modal:
        await deps.teaching.undo(visit.actor, visit.scope, _rule_of(visit), visit.direct)
        await deps.learn()
        return undone_modal(visit.texts)


def _rule_of(visit: Visit) -> str:
    if visit.button.rule is None:
        raise StaleButton
    return visit.button.rule
