"""The whole bot in a web page: local-slack in front, the simulated Business Central behind."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from rich.console import Console
from rich.text import Text
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot.app import Core, open_slack, open_worker, slack_app
from bot.cards.surface import Surface
from bot.cli.browser.drawing import LocalSlackDrawing
from bot.cli.browser.failures import NoBrowserDemo
from bot.cli.browser.package import VERSION, home_of_package, installed, package_for
from bot.cli.browser.server import Colleague, LocalSlack, port_to_use, running, workspace
from bot.cli.filling import fill
from bot.cli.stage import manifest
from bot.cli.worlds import demo_world
from bot.operations.durable.port import Durable
from handlers.listening import InFlight

BOT_TOKEN: Final = "xoxb-any-token-will-do"  # noqa: S105 # local-slack asks for none in particular
APP_TOKEN: Final = "xapp-any-token-will-do"  # noqa: S105

KIM: Final = Colleague("U0KIM", "Kim", "en-US", "business-central")
SANNE: Final = Colleague("U0SANNE", "Sanne", "nl-NL", "business-central-nl")
PEOPLE: Final = (KIM, SANNE)

_DRAIN_SECONDS: Final = 2.0


async def run_browser_demo(console: Console, wanted_port: int | None = None) -> int:
    """Run until Ctrl-C, SIGTERM, or until local-slack ends; the exit code is 1 where something is missing."""
    stop = asyncio.Event()
    _when_told(stop)
    try:
        program = await asyncio.to_thread(installed, package_for(), home_of_package(), console.print)
        port = port_to_use(wanted_port)
        async with demo_world() as world:
            await fill(world.core, console)
            name = str(manifest()["display_information"]["name"])
            people = workspace(name, BOT_TOKEN, APP_TOKEN, PEOPLE)
            async with (
                running(program, people, port) as slack,
                open_worker(world.settings, world.core) as durable,
                listening(world.core, durable, slack.api_url),
            ):
                _invite(console, slack)
                await _until_either_ends(stop, slack)
                console.print("Stopping ...")
    except NoBrowserDemo as reason:
        console.print(str(reason), soft_wrap=True)
        return 1
    return 0


@asynccontextmanager
async def listening(core: Core, durable: Durable, api_url: str) -> AsyncIterator[None]:
    """The bot in Socket Mode at local-slack, drawing what that draws."""
    surface = Surface(LocalSlackDrawing(core.clock), {person.id: person.locale for person in PEOPLE})
    in_flight = InFlight()
    async with open_slack(BOT_TOKEN, "", api_url) as access:
        handler = AsyncSocketModeHandler(slack_app(core, durable, access, in_flight, surface), APP_TOKEN)
        await handler.connect_async()  # type: ignore[no-untyped-call] # bolt leaves it untyped
        try:
            yield
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]
            await in_flight.drain(_DRAIN_SECONDS)


def _when_told(stop: asyncio.Event) -> None:
    """A closed terminal counts too: local-slack must not stay behind, open to the network."""
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        # Windows has none of them on its loop; there Ctrl-C cancels the run, which ends everything as well.
        with suppress(NotImplementedError, AttributeError):
            loop.add_signal_handler(getattr(signal, name), stop.set)


async def _until_either_ends(stop: asyncio.Event, slack: LocalSlack) -> None:
    waits: list[asyncio.Task[Any]] = [
        asyncio.create_task(stop.wait()),
        asyncio.create_task(slack.process.wait()),
    ]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    if not stop.is_set():
        raise NoBrowserDemo(f"local-slack ended by itself (exit code {slack.process.returncode}).")


def _invite(console: Console, slack: LocalSlack) -> None:
    """What this is, what it is not, and how to begin."""
    paragraphs = (
        Text.assemble(
            "\nOpen ", (slack.address, "bold underline"), " and type ", ("/syncerrors", "bold"), "."
        ),
        Text(
            f"You are {KIM.name}, who reads English. For Dutch choose {SANNE.name} under \u201cAct as\u201d,"
            f" and the channel #{SANNE.channel}. Ctrl-C ends it all."
        ),
        Text(
            f"\nThis is not Slack. It is local-slack {VERSION}, a program by others (parvalabs, MIT license):"
            " it draws less than Slack does, checks nothing that Slack checks, and forgets everything at the"
            " end. Business Central is simulated as well, so the links lead nowhere."
        ),
        Text.assemble(
            ("It is open to your network", "bold"),
            f": it listens on every interface of this machine, port {slack.port}, and accepts any token and"
            " anybody. Whoever reaches this machine can read and type along. Run it only where that does not"
            " matter, and paste nothing real into it.\n",
        ),
    )
    for paragraph in paragraphs:
        console.print(paragraph)
