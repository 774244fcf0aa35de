"""``/syncerrors coupled``: what Business Central has given up on; *Uncouple…* and *Create in …*."""

from __future__ import annotations

from bot.cards.actions import Action, ButtonValue
from bot.cards.card import Card
from bot.cards.coupled import (
    coupled_card,
    create_modal,
    nothing_left_modal,
    records_card,
    uncouple_modal,
)
from bot.cards.failure import failure_sentence
from bot.cards.form import Form, Modal, waiting_modal
from bot.cards.retry import CHOSEN
from bot.failures import Failure, NotFound, NothingToDecide, RetryChanged, StaleButton, StaleForm
from bot.operations.coupled import Lost
from bot.operations.retry import Skipped
from bot.operations.rights import Act
from handlers.deciding import begin
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.modals import Submitted
from handlers.visits import Visit


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.COUPLED_SHOW, Action.COUPLED_PREVIOUS, Action.COUPLED_NEXT)
    async def show(visit: Visit) -> None:
        await visit.replace(await coupled(deps, visit))

    @listening.action(Action.COUPLED_RECORDS, Action.COUPLED_RECORDS_PREVIOUS, Action.COUPLED_RECORDS_NEXT)
    async def show_records(visit: Visit) -> None:
        which = group_of(visit.button)
        view = await deps.coupled.records(visit.scope, which, visit.button.page)
        await visit.replace(records_card(view, visit.texts))

    @listening.action(Action.LOST_CREATE)
    async def open_create(visit: Visit) -> None:
        which = lost_of(visit.button)
        view_id = await visit.open(waiting_modal(visit.texts.gettext("Create"), visit.texts))
        offer = await deps.coupled.offer_to_create(visit.scope, which)
        if offer.running is not None:
            await deps.deciding.follow(visit.scope, offer.running.id, visit.direct)
        await visit.show_in(view_id, create_modal(offer, visit.texts))

    @listening.form(Form.LOST_CREATE)
    async def create(visit: Visit, submitted: Submitted) -> Modal:
        confirmed = visit.button.confirmed
        if confirmed is None:
            raise StaleForm
        which = lost_of(visit.button)
        offer = await deps.coupled.offer_to_create(visit.scope, which, submitted.options(CHOSEN))
        if offer.running is None and not 0 < offer.count <= confirmed:
            changed = _changed(offer.count, confirmed)
            await visit.note(Act.CREATE, changed)
            again = await deps.coupled.offer_to_create(visit.scope, which)
            return create_modal(again, visit.texts, failure_sentence(changed, visit.texts))
        if not offer.plan.records:
            return create_modal(offer, visit.texts)
        return await begin(deps, visit, submitted, offer.plan)

    @listening.action(Action.UNCOUPLE_OPEN)
    async def open_uncouple(visit: Visit) -> None:
        coupling = _coupling(visit.button)
        view_id = await visit.open(waiting_modal(visit.texts.gettext("Uncouple"), visit.texts))
        try:
            offer = await deps.coupled.offer_to_uncouple(visit.scope, coupling)
        except NotFound:
            await visit.show_in(view_id, nothing_left_modal(visit.texts))
            return
        if offer.running is not None:
            await deps.deciding.follow(visit.scope, offer.running.id, visit.direct)
        await visit.show_in(view_id, uncouple_modal(offer, visit.texts))

    @listening.form(Form.UNCOUPLE)
    async def uncouple(visit: Visit, submitted: Submitted) -> Modal:
        offer = await deps.coupled.offer_to_uncouple(visit.scope, _coupling(visit.button))
        return await begin(deps, visit, submitted, offer.plan)


async def coupled(deps: Dependencies, visit: Visit) -> Card:
    """Answer of ``/syncerrors coupled``."""
    page = visit.button.page

    async def draw() -> Card:
        return coupled_card(await deps.coupled.groups(visit.scope, page), visit.texts)

    return await deps.drawn.card(("coupled", visit.scope, visit.texts.language, page), draw)


def group_of(button: ButtonValue) -> Skipped | Lost:
    """The group that a button points at; raises StaleButton where it points at none."""
    try:
        if (button.about or "").startswith("lost:"):
            return Lost.of(button.about or "")
        return Skipped.of(button.about or "")
    except ValueError as stale:
        raise StaleButton from stale


def lost_of(button: ButtonValue) -> Lost:
    """The lost creations that a button or a form points at, or the one of them."""
    try:
        return Lost.of(button.about or "", button.number)
    except ValueError as stale:
        raise StaleButton from stale


def _coupling(button: ButtonValue) -> str:
    which = group_of(button)
    if isinstance(which, Lost) or len(which.coupling_ids) != 1:
        raise StaleButton
    return which.coupling_ids[0]


def _changed(count: int, confirmed: int) -> Failure:
    return RetryChanged(records=count, confirmed=confirmed) if count else NothingToDecide()
