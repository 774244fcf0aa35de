"""Decisions that run: *Stop*, and the way back, *Couple again…* and *Uncouple again…*."""

from __future__ import annotations

import hashlib

from bot.cards.actions import Action
from bot.cards.decision import NAMED, decision_started_modal, step_title, undo_modal
from bot.cards.form import Form, Modal, waiting_modal
from bot.failures import StaleButton, StaleForm
from bot.operations.deciding import Plan
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.modals import Submitted
from handlers.visits import Visit


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.DECISION_STOP)
    async def stop(visit: Visit) -> None:
        await deps.deciding.stop(visit.scope, _run(visit), visit.actor)

    @listening.action(Action.DECISION_UNDO)
    async def open_undo(visit: Visit) -> None:
        view_id = await visit.open(waiting_modal(visit.texts.gettext("Undo"), visit.texts))
        plan = await deps.deciding.inverse(visit.scope, _run(visit))
        await visit.require(plan.act)
        allowance = await deps.deciding.allowance(visit.scope)
        connection = await deps.ask.connection(visit.scope)
        names = await deps.naming.known(visit.scope, [one.record_id for one in plan.records[:NAMED]])
        modal = undo_modal(plan, allowance, connection, _run(visit), visit.texts, names)
        await visit.show_in(view_id, modal)

    @listening.form(Form.DECISION_UNDO)
    async def undo(visit: Visit, submitted: Submitted) -> Modal:
        plan = await deps.deciding.inverse(visit.scope, _run(visit))
        if visit.button.confirmed != len(plan.records):
            raise StaleForm
        await visit.require(plan.act)
        return await begin(deps, visit, submitted, plan)


async def begin(deps: Dependencies, visit: Visit, submitted: Submitted, plan: Plan) -> Modal:
    """Start what was confirmed in a form, and say so in its place; sent twice, it is started once."""
    run_id = hashlib.sha256(f"{submitted.view_id}|{plan.what}".encode()).hexdigest()[:24]
    run = await deps.start_decision(visit.scope, plan, visit.actor, visit.direct, run_id)
    first = plan.records[0]
    title = step_title(first.step, first.direction, visit.texts)
    return decision_started_modal(run, str(visit.actor), title, visit.texts)


def _run(visit: Visit) -> str:
    if visit.button.run is None:
        raise StaleButton
    return visit.button.run
