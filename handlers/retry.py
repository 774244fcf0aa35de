"""*Retry…*: the form that says what it would do, confirming it, and *Stop watching*."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from bot.cards.actions import Action, ButtonValue
from bot.cards.card import Card
from bot.cards.failure import failure_sentence
from bot.cards.form import Form, Modal, waiting_modal
from bot.cards.retry import CHOSEN, fixed_card, retry_modal, retry_started_modal, retry_title
from bot.failures import NothingToRetry, RetryChanged, StaleButton, StaleForm
from bot.operations.retry import RetryOffer, Skipped, Target
from bot.operations.rights import Act
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.modals import Submitted
from handlers.visits import Visit


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.RETRY_OPEN)
    async def open_form(visit: Visit) -> None:
        target = target_of(visit.button)
        view_id = await visit.open(waiting_modal(retry_title(target, visit.texts), visit.texts))
        offer = await deps.retrying.offer(visit.scope, target)
        await _follow(deps, visit, offer)
        await visit.show_in(view_id, retry_modal(offer, visit.texts))

    @listening.form(Form.RETRY)
    async def start(visit: Visit, submitted: Submitted) -> Modal:
        if visit.button.confirmed is None:
            raise StaleForm
        target = narrowed(target_of(visit.button), submitted)
        run_id = hashlib.sha256(f"{submitted.view_id}|{target.what}".encode()).hexdigest()[:24]
        try:
            run = await deps.start_retry(
                visit.scope, target, visit.button.confirmed, visit.actor, visit.direct, run_id
            )
        except (RetryChanged, NothingToRetry) as changed:
            await visit.note(Act.RETRY, changed)
            offer = await deps.retrying.offer(visit.scope, target)
            return retry_modal(offer, visit.texts, failure_sentence(changed, visit.texts))
        return retry_started_modal(target, run, str(visit.actor), visit.texts)

    @listening.action(Action.RETRY_STOP)
    async def stop(visit: Visit) -> None:
        if visit.button.run is None:
            raise StaleButton
        await deps.retrying.stop(visit.scope, visit.button.run, visit.actor)


async def what_is_fixed(deps: Dependencies, visit: Visit) -> Card:
    """Answer of ``/syncerrors retry fixed``."""
    return fixed_card(await deps.retrying.offer(visit.scope, Target()), visit.texts)


def target_of(button: ButtonValue) -> Target:
    """What a button or a form points at."""
    if button.about is not None:
        try:
            return Target(skipped=Skipped.of(button.about))
        except ValueError as stale:
            raise StaleButton from stale
    if button.number is not None:
        return Target(number=button.number)
    return Target(button.problem or "")


def narrowed(target: Target, submitted: Submitted) -> Target:
    """What of it was chosen in the form: all where nothing was."""
    chosen = submitted.options(CHOSEN)
    if target.skipped is None or not chosen:
        return target
    return Target(skipped=replace(target.skipped, coupling_ids=chosen))


async def _follow(deps: Dependencies, visit: Visit, offer: RetryOffer) -> None:
    """Whoever finds the same being retried is told how it goes."""
    if offer.running is not None:
        await deps.retrying.follow(visit.scope, offer.running.id, visit.direct)
