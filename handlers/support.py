"""*Prepare support request*: the form, and starting it."""

from __future__ import annotations

import hashlib

from bot.cards.actions import Action
from bot.cards.form import Form, Modal, waiting_modal
from bot.cards.support import (
    LANGUAGE,
    LANGUAGES,
    PARTS,
    PERSONAL,
    UNMASKED,
    WHERE,
    nothing_ticked_modal,
    support_begun_modal,
    support_form,
)
from bot.cards.texts import SOURCE_LANGUAGE
from bot.failures import RightsUnknown, StaleForm
from bot.operations.rights import Act
from bot.operations.support import Part, Wanted, Whither
from bot.store.outbox import Place
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.modals import Submitted
from handlers.visits import Visit


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.SUPPORT_OPEN)
    async def open_form(visit: Visit) -> None:
        title = visit.texts.gettext("Support request")
        view_id = await visit.open(waiting_modal(title, visit.texts))
        offer = await deps.support.offer(visit.scope, visit.button.problem, visit.button.number)
        unmasked = await _may_show_personal_data(visit)
        await visit.show_in(view_id, support_form(offer, _channel(visit), unmasked, visit.texts))

    @listening.form(Form.SUPPORT)
    async def prepare(visit: Visit, submitted: Submitted) -> Modal:
        parts = frozenset(part for part in Part if part in submitted.options(PARTS))
        if not parts:
            return nothing_ticked_modal(visit.texts)
        is_unmasked = UNMASKED in submitted.options(PERSONAL)
        if is_unmasked:
            await visit.require(Act.SUPPORT_UNMASKED)
        whither, place = await _place(deps, visit, submitted.option(WHERE))
        language = submitted.option(LANGUAGE)
        wanted = Wanted(
            problem_id=visit.button.problem or "",
            number=visit.button.number,
            parts=parts,
            is_unmasked=is_unmasked,
            language=language if language in LANGUAGES else SOURCE_LANGUAGE,
            whither=whither,
            place=place,
        )
        # The same form sent off twice is the same request.
        key = f"{submitted.view_id}|{visit.user}|{visit.button.encoded()}"
        run_id = hashlib.sha256(key.encode()).hexdigest()[:24]
        await deps.start_support(visit.scope, wanted, visit.actor, run_id)
        return support_begun_modal(whither, visit.texts)


async def _may_show_personal_data(visit: Visit) -> bool:
    try:
        return await visit.may(Act.SUPPORT_UNMASKED, visit.scope.connection)
    except RightsUnknown:
        return False


def _channel(visit: Visit) -> str:
    """Where the button was pressed, unless that is somebody's direct messages."""
    channel = visit.way_back.address.channel
    return channel if channel.startswith(("C", "G")) else ""


async def _place(deps: Dependencies, visit: Visit, chosen: str) -> tuple[Whither, Place]:
    """Raises StaleForm for a choice that no form offered, PlaceRefused where the bot cannot post."""
    kind, _, channel = chosen.partition(":")
    direct = visit.direct
    match kind:
        case Whither.PERSON | Whither.THREAD:
            return Whither(kind), direct
        case Whither.CHANNEL if channel.startswith(("C", "G")):
            language = await deps.channels.ready(channel, visit.texts)
            return Whither.CHANNEL, Place(channel, language, asked_by=visit.user)
        case _:
            raise StaleForm
