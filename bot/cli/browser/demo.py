"""The whole bot in a web page: local-slack in front, the simulated Business Central behind."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from rich.console import Console
from rich.text import Text

from bot.app import Core, SlackAccess, open_slack, open_worker, slack_app
from bot.cards.surface import Surface
from bot.cli.browser.drawing import LocalSlackDrawing
from bot.cli.browser.failures import NoBrowserDemo
from bot.cli.browser.package import VERSION, home_of_package, installed, package_for
from bot.cli.browser.server import Colleague, LocalSlack, port_to_use, running, workspace
from bot.cli.filling import fill
from bot.cli.socket import SocketDoor
from bot.cli.stage import manifest
from bot.cli.stopping import drain, first_of, told_to_stop
from bot.cli.worlds import demo_world
from bot.operations.durable.port import Durable
from handlers.listening import InFlight

BOT_TOKEN: Final = "xoxb-any-token-will-do"  # noqa: S105 # local-slack asks for none in particular
APP_TOKEN: Final = "xapp-any-token-will-do"  # noqa: S105

KIM: Final = Colleague("U0KIM", "Kim", "en-US", "business-central")
SANNE: Final = Colleague("U0SANNE", "Sanne", "nl-NL", "business-central-nl")
PEOPLE: Final = (KIM, SANNE)


async def run_browser_demo(console: Console, wanted_port: int | None = None) -> int:
    """Run until Ctrl-C, SIGTERM, a closed terminal, or until local-slack ends.

    The exit code is 1 where something is missing.
    """
    stop = told_to_stop()
    with suppress(AttributeError):
        # A closed terminal counts too: local-slack must not stay behind, open to the network.
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, stop.set)
    try:
        program = await asyncio.to_thread(installed, package_for(), home_of_package(), console.print)
        port = port_to_use(wanted_port)
        async with demo_world() as world:
            await fill(world.core, console)
            name = str(manifest()["display_information"]["name"])
            configuration = workspace(name, BOT_TOKEN, APP_TOKEN, PEOPLE)
            async with (
                running(program, configuration, port) as slack,
                open_worker(world.settings, world.core) as durable,
                open_slack(BOT_TOKEN, "", slack.api_url) as access,
                in_socket_mode(world.core, durable, access, APP_TOKEN, surface_for(world.core, PEOPLE)),
            ):
                _invite(console, slack)
                await first_of(stop.wait(), broken_off(slack))
                console.print("Stopping ...")
    except NoBrowserDemo as reason:
        console.print(str(reason), soft_wrap=True)
        return 1
    return 0


def surface_for(core: Core, people: Sequence[Colleague]) -> Surface:
    """What local-slack draws, and the locales that it does not tell."""
    return Surface(LocalSlackDrawing(core.clock), {person.id: person.locale for person in people})


@asynccontextmanager
async def in_socket_mode(
    core: Core, durable: Durable, access: SlackAccess, app_token: str, surface: Surface
) -> AsyncIterator[None]:
    """The bot at work until the block ends, drawing for ``surface``."""
    in_flight = InFlight()
    door = SocketDoor(slack_app(core, durable, access, in_flight, surface), app_token)
    await door.connect_async()  # type: ignore[no-untyped-call] # bolt leaves it untyped
    try:
        yield
    finally:
        await door.close()
        await drain(in_flight)


async def broken_off(slack: LocalSlack) -> None:
    """Raises NoBrowserDemo as soon as local-slack ends."""
    code = await slack.process.wait()
    raise NoBrowserDemo(f"local-slack ended by itself (exit code {code}).")


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
