"""*Clean up…*: the form with its four purges, confirming one, stopping one."""

from __future__ import annotations

import hashlib

from bot.cards.actions import Action
from bot.cards.failure import failure_sentence
from bot.cards.form import Form, Modal, waiting_modal
from bot.cards.markup import EMPTY, Markup
from bot.cards.purge import COMPANY, choices_modal, confirm_modal, started_modal, wrong_name
from bot.cards.purge_bounds import read
from bot.failures import NothingToPurge, PurgeChanged, StaleButton
from bot.operations.purging import Bounds
from bot.operations.purging.desk import same_company
from bot.operations.purging.values import ACT_OF, PurgeOffer
from bot.store.purging import Purged
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.modals import Submitted
from handlers.visits import Visit


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.PURGE_OPEN)
    async def open_form(visit: Visit) -> None:
        title = visit.texts.gettext("Clean up")
        view_id = await visit.open(waiting_modal(title, visit.texts))
        offer = await deps.purging.offer(visit.scope, visit.button.problem or "")
        await _follow(deps, visit, offer)
        await visit.show_in(view_id, _first(visit, offer))

    @listening.action(Action.PURGE_CONFIRM)
    async def confirm(visit: Visit) -> None:
        bounds = _bounds(visit)
        await visit.require(ACT_OF[bounds.what])
        offer = await deps.purging.again(visit.scope, bounds)
        await _follow(deps, visit, offer)
        await visit.show_in(visit.form.view_id, _one(visit, offer))

    @listening.form(Form.PURGE)
    async def start(visit: Visit, submitted: Submitted) -> Modal:
        bounds = _bounds(visit)
        await visit.require(ACT_OF[bounds.what])
        offer = await deps.purging.again(visit.scope, bounds)
        typed = submitted.text(COMPANY)
        if bounds.what is Purged.ALL and not same_company(typed, offer.company):
            return _one(visit, offer, wrong_name(typed, offer.company, visit.texts))
        place = visit.direct
        run_id = hashlib.sha256(f"{submitted.view_id}|{visit.button.purge}".encode()).hexdigest()[:24]
        try:
            run = await deps.start_purge(visit.scope, bounds, visit.actor, place, run_id)
        except (PurgeChanged, NothingToPurge) as changed:
            await visit.note(ACT_OF[bounds.what], changed)
            return _one(visit, offer, failure_sentence(changed, visit.texts))
        return started_modal(run, str(visit.actor), visit.texts)

    @listening.action(Action.PURGE_STOP)
    async def stop(visit: Visit) -> None:
        if visit.button.run is None:
            raise StaleButton
        await deps.purging.stop(visit.scope, visit.button.run, visit.actor)


async def _follow(deps: Dependencies, visit: Visit, offer: PurgeOffer) -> None:
    """Whoever finds a purge under way is told how it goes."""
    if offer.running is not None:
        place = visit.direct
        await deps.purging.follow(visit.scope, offer.running.id, place)


def _first(visit: Visit, offer: PurgeOffer) -> Modal:
    """The purges to choose from; for one problem there is but one."""
    return choices_modal(offer, visit.texts) if offer.problem is None else _one(visit, offer)


def _one(visit: Visit, offer: PurgeOffer, notice: Markup = EMPTY) -> Modal:
    """One purge to confirm; the choices where there is nothing to confirm any more."""
    if not offer.choices or not offer.choices[0].entries:
        return choices_modal(offer, visit.texts)
    return confirm_modal(offer, offer.choices[0], visit.texts, notice)


def _bounds(visit: Visit) -> Bounds:
    return read(visit.button.purge, visit.button.problem or "")
