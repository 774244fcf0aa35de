"""Buttons that nobody listens to any more: of an older or a newer version of the bot, or forged."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.failures import StaleButton
from handlers.dependencies import Dependencies


def register(app: AsyncApp, deps: Dependencies) -> None:
    @app.action(re.compile(".*"))
    async def answer_kindly(ack: AsyncAck) -> None:
        await ack()
        raise StaleButton
