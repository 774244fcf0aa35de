"""``syncerrors web``: the bot in Slack over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import structlog
import uvicorn
from starlette.types import ASGIApp

from bot.app import Core, Outside, Site, http_app, open_core, open_durable, settle, share_memory, slack_app
from bot.cli.sign_in import sign_in_patiently
from bot.cli.stopping import drain, first_of, told_to_stop
from bot.failures import SettingsInvalid
from bot.operations.durable.port import Durable
from bot.settings import Need, Settings, load_settings
from handlers.listening import InFlight

PORT = 3000
"""What Bolt's own server listens on unless told otherwise (slack_bolt, ``App.start``)."""
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 # only where the host says which port it forwards
_ANSWER_SECONDS = 5
"""For requests under way when told to stop; an acknowledgement must come within 3."""

log = structlog.get_logger()


async def run_web(host: str | None, port: int | None) -> int:
    """Serve until SIGINT or SIGTERM, then let what is under way end.

    Raises SettingsInvalid, StoreNotMigrated, StoreUnavailable and WorkTakenOver.
    """
    settings = load_settings([Need.WEB, Need.BUSINESS_CENTRAL])
    share_memory()
    stop = told_to_stop()
    async with (
        open_core(settings, Outside()) as core,
        open_durable(settings, core) as durable,
        AsyncExitStack() as stack,
    ):
        settle()
        in_flight = InFlight()
        site = Site(core.database)
        listener = stack.enter_context(listening(*place_of(settings, host, port)))
        try:
            async with serving(site.app, listener) as served:
                opening = _open_to_slack(site, settings, core, durable, in_flight, stack)
                await first_of(stop.wait(), asyncio.wait({served}), durable.watched(), opening)
        finally:
            await drain(in_flight)
    log.info("web.stopped")
    return 0


def place_of(settings: Settings, host: str | None, port: int | None) -> tuple[str, int]:
    """Where to listen: what was asked for, else the host's ``PORT`` on every interface, else loopback."""
    if host is None:
        host = LOOPBACK if settings.port is None else EVERYWHERE
    if port is None:
        port = PORT if settings.port is None else settings.port
    return host, port


@contextlib.contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens there; raises SettingsInvalid where that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        both = host == "::" and socket.has_dualstack_ipv6()
        listener = socket.create_server((host, port), family=family, backlog=2048, dualstack_ipv6=both)
    except OSError as error:
        raise SettingsInvalid((f"PORT: cannot listen on {host} port {port} ({error.strerror})",)) from error
    with listener:
        # Connections inherit it. asyncio sets it only where the socket names its protocol, and create_server
        # names none: without it an answer can wait 40 ms for the acknowledgement of its head.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        log.info("web.listening", host=host, port=listener.getsockname()[1])
        yield listener


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    """Serve while the block runs; then refuse connections and answer the requests under way."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_ANSWER_SECONDS,
    )
    server = _Server(config)
    served = asyncio.create_task(server.serve(sockets=[listener]), name="web server")
    try:
        yield served
    finally:
        server.should_exit = True
        await served


class _Server(uvicorn.Server):
    """Leaves signals to ``told_to_stop``: uvicorn would raise them again at its end, past our own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _open_to_slack(
    site: Site,
    settings: Settings,
    core: Core,
    durable: Durable,
    in_flight: InFlight,
    stack: AsyncExitStack,
) -> None:
    """Sign in and let Slack's requests through; ends only by what it raises."""
    slack = await sign_in_patiently(settings, stack)
    site.open(http_app(slack_app(core, durable, slack, in_flight), slack, core.clock))
    log.info("web.ready")
    await asyncio.Event().wait()
