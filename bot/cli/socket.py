"""``syncerrors socket``: the bot in Slack over Socket Mode."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.app import Outside, open_core, open_durable, settle, share_memory, slack_app
from bot.cli.sign_in import refused_by_slack, sign_in
from bot.cli.stopping import drain, first_of, told_to_stop
from bot.settings import Need, load_settings
from handlers.listening import InFlight

ACKNOWLEDGE_SECONDS = 3.0
"""Slack's own limit (docs.slack.dev, "Handling user interaction"); nobody waits for an answer after it."""

log = structlog.get_logger()


async def run_socket() -> int:
    """Run until SIGINT or SIGTERM, then let what is under way end.

    Raises SettingsInvalid for settings that are missing, wrong, or refused by Slack; StoreNotMigrated,
    StoreUnavailable, SlackUnreachable and WorkTakenOver.
    """
    settings = load_settings([Need.SOCKET, Need.BUSINESS_CENTRAL])
    assert settings.slack_app_token is not None  # noqa: S101 # load_settings saw to it
    app_token = settings.slack_app_token.get_secret_value()
    share_memory()
    stop = told_to_stop()
    async with (
        open_core(settings, Outside()) as core,
        open_durable(settings, core) as durable,
        AsyncExitStack() as stack,
    ):
        slack = await sign_in(settings, stack)
        with refused_by_slack("SLACK_APP_TOKEN"):
            # Asked once by hand: the Socket Mode client would ask for ever (slack_sdk 3.47, connect()).
            await slack.client.apps_connections_open(app_token=app_token)
        in_flight = InFlight()
        door = SocketDoor(slack_app(core, durable, slack, in_flight), app_token)
        settle()
        try:
            await first_of(stop.wait(), _listen(door), durable.watched())
        finally:
            await door.close()
            await drain(in_flight)
    log.info("socket.stopped")
    return 0


async def _listen(door: SocketDoor) -> None:
    """Connect, and stay; the client connects again by itself."""
    await door.connect_async()  # type: ignore[no-untyped-call] # bolt leaves it untyped
    log.info("socket.connected")
    await asyncio.Event().wait()


class SocketDoor(AsyncSocketModeHandler):
    """Bolt's handler, which can be closed without losing what came in just before.

    Acknowledgements go back over the socket, answers do not: so the socket may close as soon as everything
    that arrived is acknowledged, and Slack gives the next interaction to another process at once.
    """

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        super().__init__(app, app_token)
        self._open = True
        self._unacknowledged: set[asyncio.Task[None]] = set()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """Acknowledge one envelope; after ``close`` began, leave it to other processes."""
        if not self._open:
            return
        task = asyncio.create_task(super().handle(client, req))
        self._unacknowledged.add(task)
        task.add_done_callback(self._unacknowledged.discard)
        await asyncio.wait({task})
        task.result()

    async def close(self) -> None:
        """Take nothing more, acknowledge what was taken, close the socket."""
        self._open = False
        if self._unacknowledged:
            await asyncio.wait(set(self._unacknowledged), timeout=ACKNOWLEDGE_SECONDS)
        await self.close_async()  # type: ignore[no-untyped-call]
