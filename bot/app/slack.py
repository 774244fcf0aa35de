"""Signing in to Slack, and the Bolt app with every listener."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.app.core import Core
from bot.cards.surface import SLACK, Surface
from bot.clock import Clock, SystemClock
from bot.dataclass import dataclass
from bot.operations.activity_list import ActivityList
from bot.operations.durable.port import Durable
from bot.operations.rediagnose import enqueue_rediagnosis
from bot.operations.refresh import Refresh
from bot.operations.refused import Refused
from bot.operations.retry import enqueue_retry
from bot.operations.rights import Rights
from bot.settings import WORKSPACE
from handlers import Dependencies, register_all
from handlers.channels import Channels
from handlers.drawn import Drawn
from handlers.listening import InFlight
from handlers.people import SlackPeople
from handlers.retrying import BoundedRetry
from handlers.visits import Visits

SLACK_TIMEOUT_SECONDS = 5
"""For calls of Slack's Web API and for answers; nobody waits longer for a card."""


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """The bot's identity in one workspace."""

    client: AsyncWebClient
    signing_secret: str
    team_id: str
    bot_user_id: str
    enterprise_id: str | None = None


@asynccontextmanager
async def open_slack(
    token: str, signing_secret: str, api_url: str | None = None, clock: Clock | None = None
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
            retry_handlers=[BoundedRetry(clock or SystemClock())],
        )
        identity = await client.auth_test()
        yield SlackAccess(
            client,
            signing_secret,
            team_id=str(identity["team_id"]),
            bot_user_id=str(identity["user_id"]),
            enterprise_id=identity.get("enterprise_id"),
        )


def slack_app(
    core: Core,
    durable: Durable,
    slack: SlackAccess,
    in_flight: InFlight | None = None,
    surface: Surface = SLACK,
) -> AsyncApp:
    """The Bolt app with every listener.

    ``in_flight`` holds the work that was acknowledged, to wait for; ``surface`` is what shows the cards.
    """
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
    app = AsyncApp(
        name="syncerrors",  # without one Bolt looks for its caller's in every module, for 0.2 s
        client=client,
        authorize=authorize,
        request_verification_enabled=False,
        raise_error_for_unhandled_request=True,
    )
    people = SlackPeople(slack.client, core.clock)
    register_all(
        app,
        Dependencies(
            visits=Visits(
                workspace=WORKSPACE,
                selection=core.selection,
                slack=slack.client,
                clock=core.clock,
                rights=Rights(core.roles, people),
                refused=Refused(core.activity),
                surface=surface,
            ),
            ask=core.ask,
            find=core.find,
            drawn=Drawn(core.database.revision),
            refresh=Refresh(core.ask, durable),
            call_stacks=core.call_stacks,
            access=core.access,
            naming=core.naming,
            status=core.status,
            explanations=core.explanations,
            sharing=core.sharing,
            care=replace(core.care, do_retry=partial(enqueue_retry, durable)),
            channels=Channels(slack.client),
            teaching=core.teaching,
            learn=partial(enqueue_rediagnosis, durable, tuple(core.connections)),
            purging=core.purging,
            archive=core.archive,
            start_purge=partial(core.purging.start, durable),
            retrying=core.retrying,
            start_retry=partial(core.retrying.start, durable),
            conflicts=core.conflicts,
            matching=core.matching,
            coupled=core.coupled,
            deciding=core.deciding,
            start_decision=partial(core.deciding.start, durable),
            support=core.support,
            start_support=partial(core.support.start, durable),
            selection=core.selection,
            overlook=core.overlook,
            activity=ActivityList(core.activity, core.ask, people),
            forget=core.forget,
            doctor=core.doctor,
            in_flight=in_flight or InFlight(),
            team_id=slack.team_id,
            enterprise_id=slack.enterprise_id,
        ),
    )
    return app
