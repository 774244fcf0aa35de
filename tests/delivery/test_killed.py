"""A worker is killed after it posted and before it wrote that down: there is still one message."""

from __future__ import annotations

import asyncio
import signal
import sys

import pytest

from bot.cli.stage import manifest
from bot.clock import SystemClock
from bot.simulator.slack import SlackSimulator
from bot.store import Database
from bot.store.outbox import Outbox, Place, Told
from bot.store.values import Scope
from tests.delivery.telling import CONTENT

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run
SCOPE = Scope("main", "cronus")


async def worker(database_url: str, slack: SlackSimulator, dies_after: str) -> int:
    command = ("-m", "tests.delivery.dying", database_url, slack.api_url, slack.bot_token, dies_after)
    process = await asyncio.create_subprocess_exec(sys.executable, *command)
    async with asyncio.timeout(60):
        return await process.wait()


async def test_there_is_one_message_whatever_dies(migrated_url: str) -> None:
    database = Database.open(migrated_url)
    async with SlackSimulator(manifest()) as slack:
        slack.invite_bot(slack.general)
        kim = slack.person("Kim")
        async with database.writing() as transaction:
            outbox = Outbox(transaction, SCOPE, SystemClock().now())
            here = Place(slack.general.id)
            progress = await outbox.show(Told.PROGRESS, "the run", here)
            await outbox.post(Told.RESULT, "the run", here, below=progress)
        assert await worker(migrated_url, slack, Told.PROGRESS) == -signal.SIGKILL

        # Only now: the first worker might have posted it before it died.
        async with database.writing() as transaction:
            outbox = Outbox(transaction, SCOPE, SystemClock().now())
            await outbox.post(Told.EXPORT, "the run", Place(kim.id))
        assert await worker(migrated_url, slack, Told.EXPORT) == -signal.SIGKILL
        assert await worker(migrated_url, slack, "never") == 0

        (card,) = kim.messages
        assert card.plain() == "progress of the run"
        assert [reply.plain() for reply in kim.thread(card)] == ["result of the run"]
        kim.visit_bot()
        (message,) = kim.messages
        assert [slack.file(file).content for file in message.files] == [CONTENT, b"PK"]
        assert {"conversations.history", "files.info"} <= {call.method for call in slack.calls}
        assert slack.refusals == []
    await database.close()
