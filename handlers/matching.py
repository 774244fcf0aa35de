"""*Find a match…*: the candidates, the choice, confirming it."""

from __future__ import annotations

from bot.cards.actions import Action, ButtonValue
from bot.cards.failure import failure_sentence
from bot.cards.form import Form, Modal, waiting_modal
from bot.cards.match import CHOICE, CREATE_NEW, confirm_match_modal, match_modal, match_title
from bot.failures import ChoiceChanged, NothingToDecide, StaleButton, StaleForm
from bot.operations.matching import Choice, MatchTarget
from bot.operations.rights import Act
from handlers.deciding import begin
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.modals import Submitted
from handlers.visits import Visit


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.MATCH_OPEN)
    async def open_form(visit: Visit) -> None:
        target = target_of(visit.button)
        view_id = await visit.open(waiting_modal(match_title(visit.texts), visit.texts))
        await visit.show_in(view_id, match_modal(await deps.matching.show(visit.scope, target), visit.texts))

    @listening.form(Form.MATCH)
    async def choose(visit: Visit, submitted: Submitted) -> Modal:
        view = await deps.matching.show(visit.scope, target_of(visit.button))
        try:
            choice = Choice.read(submitted.option(CHOICE))
        except (ValueError, TypeError):
            return match_modal(view, visit.texts)
        if not view.allows(choice):
            return match_modal(view, visit.texts, failure_sentence(ChoiceChanged(), visit.texts))
        return confirm_match_modal(view, choice, visit.texts)

    @listening.form(Form.MATCH_CONFIRM)
    async def decide(visit: Visit, submitted: Submitted) -> Modal:
        target, (choice, seen) = target_of(visit.button), _confirmed(visit.button)
        create_new = CREATE_NEW in submitted.options(CREATE_NEW)
        try:
            plan = await deps.matching.plan(visit.scope, target, choice, seen, create_new=create_new)
        except (ChoiceChanged, NothingToDecide) as changed:
            await visit.note(Act.COUPLE, changed)
            view = await deps.matching.show(visit.scope, target)
            return match_modal(view, visit.texts, failure_sentence(changed, visit.texts))
        await visit.require(plan.act)
        if len(plan.records) > 1:
            await visit.require(Act.CREATE)
        return await begin(deps, visit, submitted, plan)


def target_of(button: ButtonValue) -> MatchTarget:
    """What a button or a form points at; raises StaleButton where it points at nothing."""
    if button.number is None and button.problem is None:
        raise StaleButton
    return MatchTarget(button.problem or "", button.number)


def _confirmed(button: ButtonValue) -> tuple[Choice, str]:
    try:
        return Choice.read(button.match or ""), button.seen or ""
    except (ValueError, TypeError):
        raise StaleForm from None
