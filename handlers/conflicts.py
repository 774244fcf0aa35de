"""*Resolve conflict…*: choosing a record, seeing both sides, choosing whose values win, confirming it."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.conflict import (
    RECORD,
    choose_record_modal,
    confirm_conflict_modal,
    conflict_modal,
    conflict_title,
)
from bot.cards.failure import failure_sentence
from bot.cards.form import Form, Modal, waiting_modal
from bot.cards.markup import EMPTY, Markup
from bot.failures import ChoiceChanged, NothingToDecide, StaleButton, StaleForm
from bot.operations.conflicts import ConflictView, Side, Standing
from bot.operations.rights import Act
from handlers.deciding import begin
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.modals import Submitted
from handlers.refusals import refusal_of
from handlers.visits import Visit, number_of


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.CONFLICT_OPEN)
    async def open_form(visit: Visit) -> None:
        view_id = await visit.open(waiting_modal(conflict_title(visit.texts), visit.texts))
        await visit.show_in(view_id, await _first(deps, visit))

    @listening.form(Form.CONFLICT_CHOOSE)
    async def choose(visit: Visit, submitted: Submitted) -> Modal:
        chosen = submitted.option(RECORD)
        choice = await deps.conflicts.choice(visit.scope, visit.button.problem or "")
        if chosen not in {str(one.number) for one in choice.records}:
            return choose_record_modal(choice, visit.texts)
        return await _shown(visit, await deps.conflicts.show(visit.scope, int(chosen)))

    @listening.action(Action.CONFLICT_BUSINESS_CENTRAL)
    async def use_business_central(visit: Visit) -> None:
        await _confirm(deps, visit, Side.BUSINESS_CENTRAL)

    @listening.action(Action.CONFLICT_DATAVERSE)
    async def use_dataverse(visit: Visit) -> None:
        await _confirm(deps, visit, Side.DATAVERSE)

    @listening.form(Form.CONFLICT)
    async def decide(visit: Visit, submitted: Submitted) -> Modal:
        button = visit.button
        if button.number is None or button.side is None or button.seen is None:
            raise StaleForm
        try:
            plan = await deps.conflicts.plan(visit.scope, button.number, Side(button.side), button.seen)
        except (ChoiceChanged, NothingToDecide) as changed:
            await visit.note(Act.SYNCHRONIZE, changed)
            view = await deps.conflicts.show(visit.scope, button.number)
            return await _shown(visit, view, failure_sentence(changed, visit.texts))
        return await begin(deps, visit, submitted, plan)


async def _first(deps: Dependencies, visit: Visit) -> Modal:
    """Of one record its two sides; of several the choice."""
    if visit.button.number is not None:
        return await _shown(visit, await deps.conflicts.show(visit.scope, visit.button.number))
    if visit.button.problem is None:
        raise StaleButton
    choice = await deps.conflicts.choice(visit.scope, visit.button.problem)
    if len(choice.records) == 1:
        return await _shown(visit, await deps.conflicts.show(visit.scope, choice.records[0].number))
    return choose_record_modal(choice, visit.texts)


async def _shown(visit: Visit, view: ConflictView, notice: Markup = EMPTY) -> Modal:
    refusal = await refusal_of(visit, Act.SYNCHRONIZE) if view.standing is Standing.OPEN else EMPTY
    return conflict_modal(view, visit.texts, refusal=refusal, notice=notice)


async def _confirm(deps: Dependencies, visit: Visit, winner: Side) -> None:
    """What is lost, if it is still what was shown; else that, anew."""
    view = await deps.conflicts.show(visit.scope, number_of(visit.button))
    if view.seen == visit.button.seen and view.standing is Standing.OPEN and winner in view.sides:
        modal = confirm_conflict_modal(view, winner, visit.texts)
    else:
        modal = await _shown(visit, view, failure_sentence(ChoiceChanged(), visit.texts))
    await visit.show_in(visit.form.view_id, modal)
