"""What nobody listens to any more: of an older or a newer version of the bot, or forged.

Each kind is answered in the way that Slack offers for it, so that nobody ever reads "dispatch failed".
"""

from __future__ import annotations

import re

from bot.cards.failure import failure_modal
from bot.cards.help import help_card
from bot.failures import StaleButton, StaleForm
from handlers.dependencies import Dependencies
from handlers.grammar import GRAMMAR
from handlers.listening import Listening
from handlers.visits import Visit

_ANYTHING = re.compile(r"(?s).*")


def register(listening: Listening, _deps: Dependencies) -> None:
    @listening.command(_ANYTHING)
    async def explain_commands(visit: Visit, _text: str) -> None:
        await visit.answer(help_card(GRAMMAR, visit.texts))

    @listening.action(_ANYTHING)
    async def answer_kindly(_visit: Visit) -> None:
        raise StaleButton

    @listening.shortcut(_ANYTHING)
    async def answer_shortcut(_visit: Visit) -> None:
        raise StaleButton

    listening.submission(_ANYTHING)(lambda texts: failure_modal(StaleForm(), texts))
    listening.options(_ANYTHING)
    listening.event(_ANYTHING)
