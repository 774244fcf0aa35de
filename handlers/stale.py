"""Buttons that nobody listens to any more: of an older or a newer version of the bot, or forged."""

from __future__ import annotations

import re

from bot.failures import StaleButton
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit


def register(listening: Listening, _deps: Dependencies) -> None:
    @listening.action(re.compile(".*"))
    async def answer_kindly(_visit: Visit) -> None:
        raise StaleButton
