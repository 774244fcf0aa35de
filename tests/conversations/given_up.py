"""Every button of what Business Central has given up on, and of decisions."""

from __future__ import annotations

from dataclasses import replace

from bot.cards.card import Card
from bot.cards.coupled import coupled_card, records_card
from bot.cards.decision_run import progress_of_decision, result_of_decision
from bot.cards.texts import Texts
from bot.operations.coupled import CoupledView, Lost, LostGroup, RecordLine, RecordsView, SkippedGroup
from bot.operations.deciding import DecidedState, DecisionReport, DecisionTally, Step
from bot.operations.retry import Skipped
from bot.store.runs import Run, RunKind, RunState
from tests.conversations.conftest import Stage

LOST = Lost("CUSTOMER", "ToIntegrationTable")


async def buttons_of_deciding(stage: Stage) -> set[str]:
    """Drawn from views of their own: a page in the middle, a run under way, one that can be undone."""
    connection = await stage.core.ask.connection(stage.scope)
    groups = (
        SkippedGroup(Skipped("CUSTOMER"), None, 2, ("Customer: 1",)),
        LostGroup(LOST, 2, ("Customer: 2",), ()),
    )
    now = stage.clock.now()
    view = CoupledView(connection, 2, 2, (("CUSTOMER", 2),), groups, 1, 3, now)
    record = RecordLine("Customer: 1", "", 1, now, coupling_id="c1")
    records = RecordsView(connection, Skipped("CUSTOMER"), None, (record,), 20, 1, 3)
    run = Run("run", RunKind.DECISION, "what", "slack:U1", now, {}, state=RunState.RUNNING)
    tally = DecisionTally({DecidedState.DONE: 1})
    running = DecisionReport(connection, run, (Step.UNCOUPLE,), "", tally, ())
    over = replace(running, run=replace(run, state=RunState.DONE), undoable=1)
    texts = Texts.for_locale("en")
    drawn = (
        coupled_card(view, texts),
        records_card(records, texts),
        records_card(replace(records, which=LOST), texts),
        progress_of_decision(running, texts),
        result_of_decision(over, texts),
    )
    return set().union(*map(_buttons, drawn))


def _buttons(card: Card) -> set[str]:
    elements = [one for block in card.blocks for one in block.get("elements", ())]
    return {one["action_id"] for one in elements if "action_id" in one}
