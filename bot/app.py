"""The composition root: settings become a store, clients, use cases, workflows and a Bolt app.

Everything that is opened here is closed here, in the opposite order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import httpx
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from bot.businesscentral import BusinessCentralClient, Connection, RequestLimits
from bot.businesscentral.authentication import authentication_from
from bot.businesscentral.connection import connection_from
from bot.clock import Clock, SystemClock
from bot.diagnosis import load_catalogue, load_classifier
from bot.edge import SlackDoor
from bot.operations.ask import Ask
from bot.operations.call_stack import CallStacks
from bot.operations.durable.engine import DbosDurable
from bot.operations.durable.port import Durable
from bot.operations.pull import Pull, enqueue_pull
from bot.operations.refresh import Refresh
from bot.settings import WORKSPACE, Settings
from bot.store import Database
from handlers import Dependencies, register_all
from handlers.listening import InFlight
from handlers.visits import Visits

SLACK_TIMEOUT_SECONDS = 5
"""For calls of Slack's Web API and for answers; nobody waits longer for a card."""


@dataclass(frozen=True, slots=True)
class Outside:
    """How the outside is reached. Tests and the demo put stand-ins here; None is the real network."""

    business_central: httpx.AsyncBaseTransport | None = None
    entra: httpx.BaseTransport | None = None
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True, slots=True)
class Core:
    """The bot without Slack."""

    database: Database
    connections: Mapping[str, Connection]
    ask: Ask
    pull: Pull
    call_stacks: CallStacks
    clock: Clock


@asynccontextmanager
async def open_core(settings: Settings, outside: Outside) -> AsyncIterator[Core]:
    """Open the store (migrating it) and the clients.

    Raises SettingsInvalid where the settings describe no connection.
    """
    async with AsyncExitStack() as stack:
        database = Database.open(settings.database_url)
        stack.push_async_callback(database.close)
        await database.migrate()
        connection = connection_from(settings)
        client = BusinessCentralClient(
            connection,
            authentication_from(settings, transport=outside.entra),
            transport=outside.business_central,
            clock=outside.clock,
            limit=RequestLimits().of(connection.application_user(settings)),
        )
        stack.push_async_callback(client.aclose)
        connections = {connection.key: connection}
        clients = {connection.key: client}
        yield Core(
            database=database,
            connections=connections,
            ask=Ask(database, load_catalogue(), connections),
            pull=Pull(
                workspace=WORKSPACE,
                database=database,
                clients=clients,
                classifier=load_classifier(),
                clock=outside.clock,
            ),
            call_stacks=CallStacks(database, clients, connections),
            clock=outside.clock,
        )


@asynccontextmanager
async def open_worker(settings: Settings, core: Core) -> AsyncIterator[Durable]:
    """Do the work that is enqueued, and read Business Central on schedule, until the end."""
    interval = timedelta(minutes=settings.pull_interval_minutes)
    durable = DbosDurable(settings.database_url)
    core.pull.register(durable)
    core.pull.schedule(durable, interval)
    await durable.start()
    try:
        # The schedule ticks at the full minute: a newcomer should not wait for that.
        for connection in await core.pull.due(interval):
            await enqueue_pull(durable, connection)
        yield durable
    finally:
        await durable.stop()


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """The bot's identity in one workspace."""

    client: AsyncWebClient
    signing_secret: str
    team_id: str
    bot_user_id: str


@asynccontextmanager
async def open_slack(
    token: str, signing_secret: str, api_url: str | None = None
) -> AsyncIterator[SlackAccess]:
    """Sign in to Slack with one shared HTTP session.

    ``auth.test`` is called here and not by the first command, which has 3 seconds for everything.
    Raises SlackApiError where the token is refused.
    """
    timeout = aiohttp.ClientTimeout(total=SLACK_TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(
            token,
            base_url=f"{api_url.rstrip('/')}/" if api_url else AsyncWebClient.BASE_URL,
            session=session,
            timeout=SLACK_TIMEOUT_SECONDS,
            retry_handlers=[
                AsyncConnectionErrorRetryHandler(max_retry_count=2),
                AsyncRateLimitErrorRetryHandler(max_retry_count=2),
            ],
        )
        identity = await client.auth_test()
        yield SlackAccess(client, signing_secret, str(identity["team_id"]), str(identity["user_id"]))


def slack_app(core: Core, durable: Durable, slack: SlackAccess) -> AsyncApp:
    """The Bolt app with every listener."""
    identity = AuthorizeResult(
        enterprise_id=None, team_id=slack.team_id, bot_token=slack.client.token, bot_user_id=slack.bot_user_id
    )

    async def authorize() -> AuthorizeResult:
        return identity

    # A client without token: ``authorize`` gives it. Signatures are checked at the door (bot.edge); Socket
    # Mode has none.
    client = AsyncWebClient(
        base_url=slack.client.base_url, session=slack.client.session, timeout=SLACK_TIMEOUT_SECONDS
    )
    app = AsyncApp(client=client, authorize=authorize, request_verification_enabled=False)
    register_all(
        app,
        Dependencies(
            visits=Visits(
                workspace=WORKSPACE,
                connection=next(iter(core.connections)),
                slack=slack.client,
                clock=core.clock,
            ),
            ask=core.ask,
            refresh=Refresh(core.ask, durable),
            call_stacks=core.call_stacks,
            in_flight=InFlight(),
            team_id=slack.team_id,
        ),
    )
    return app


def http_app(app: AsyncApp, slack: SlackAccess, clock: Clock) -> Starlette:
    """The Bolt app behind HTTP: ``POST /slack/events``, signed by Slack."""
    handler = AsyncSlackRequestHandler(app)
    door = Middleware(SlackDoor, signing_secret=slack.signing_secret, clock=clock)
    return Starlette(
        routes=[Route("/slack/events", handler.handle, methods=["POST"], middleware=[door])],
    )
