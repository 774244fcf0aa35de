"""The simulator: one Slack workspace with one app installed, served on a loopback port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx

from bot.clock import Clock, SystemClock
from bot.simulator.slack import limits
from bot.simulator.slack.backend import Backend
from bot.simulator.slack.delivery import Delivery, Listener
from bot.simulator.slack.events import EventDelivery, Events
from bot.simulator.slack.faults import SlackFaults
from bot.simulator.slack.files import Files, StoredFile
from bot.simulator.slack.manifest import Manifest
from bot.simulator.slack.outcomes import ApiCall, Refusal
from bot.simulator.slack.people import PATIENCE, Person
from bot.simulator.slack.screen import Message
from bot.simulator.slack.server import Server
from bot.simulator.slack.sockets import Sockets
from bot.simulator.slack.tickets import ResponseUrls, Triggers
from bot.simulator.slack.view_stacks import ViewStacks
from bot.simulator.slack.workspace import Channel, ChannelKind, Rank, UserGroup, Workspace

SIGNING_SECRET: Final = "simulator-signing-secret"


class SlackSimulator:
    """A strict stand-in for Slack. Use as ``async with SlackSimulator(manifest) as slack``.

    ``clock`` rules trigger ids, response_urls, rate limits and timestamps of messages; the acknowledgement
    (``ack_seconds``), the slowness of ``faults`` and a person's patience are real time.

    ``enterprise_id`` (``E...``) makes the workspace a part of an Enterprise organization.

    ``calls`` holds everything that the bot did, ``refusals`` everything that Slack would not have accepted: a
    test asserts that it is empty.
    """

    def __init__(
        self,
        manifest: Mapping[str, Any],
        *,
        clock: Clock | None = None,
        signing_secret: str = SIGNING_SECRET,
        team_id: str = "T0SIM0001",
        enterprise_id: str | None = None,
        ack_seconds: float = limits.ACKNOWLEDGE_SECONDS,
    ) -> None:
        """Raises ValueError when the manifest contradicts itself."""
        clock = clock or SystemClock()
        declared = Manifest.read(manifest)
        self._workspace = Workspace(
            team_id=team_id, app_name=declared.app_name, clock=clock, enterprise_id=enterprise_id
        )
        self.calls: list[ApiCall] = []
        self.refusals: list[Refusal] = []
        self.signing_secret = signing_secret
        self.team_id = team_id
        self.bot_token = f"xoxb-simulator-{team_id}"
        self.app_token = f"xapp-simulator-{team_id}"
        self.faults = SlackFaults()
        self._backend = Backend(
            manifest=declared,
            clock=clock,
            workspace=self._workspace,
            views=ViewStacks(self._workspace),
            files=Files(self._workspace),
            triggers=Triggers(clock),
            response_urls=ResponseUrls(clock),
            sockets=Sockets(self._workspace.app_id, self.refusals, self._workspace.changes),
            bot_token=self.bot_token,
            app_token=self.app_token,
            calls=self.calls,
            refusals=self.refusals,
        )
        self._server = Server(self._backend, self.faults)
        self._delivery = Delivery(self._backend, signing_secret=signing_secret, ack_seconds=ack_seconds)
        self._events = Events(self._backend, self._delivery)

    async def __aenter__(self) -> Self:
        self._backend.address = await self._server.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._delivery.close()
        await self._server.stop()

    @property
    def api_url(self) -> str:
        """The base of the Web API, with a slash at the end, for ``AsyncWebClient(base_url=...)``."""
        if not self._backend.address:
            raise RuntimeError("the simulator is not running; use 'async with'")
        return f"{self._backend.address}/api/"

    @property
    def app_id(self) -> str:
        """The id of the installed app."""
        return self._workspace.app_id

    @property
    def bot_user_id(self) -> str:
        """The user id of the bot."""
        return self._workspace.bot.id

    @property
    def sockets(self) -> int:
        """How many Socket Mode connections are open."""
        return self._backend.sockets.connected

    def connect_http(self, client: httpx.AsyncClient, path: str = "/slack/events") -> None:
        """Post payloads to ``path`` of that client, signed. An open socket takes precedence."""
        self._delivery.listener = Listener(client, path)

    async def until(self, condition: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Wait until something holds, looking again at every change: messages, views, sockets, refusals.

        Raises TimeoutError after ``patience`` seconds of real time.
        """
        await self._workspace.changes.wait_for(lambda: condition() or None, patience)

    @property
    def events(self) -> list[EventDelivery]:
        """The events that were told to the bot, and how that went."""
        return self._events.told

    async def warn_sockets(self) -> None:
        """Tell every Socket Mode client that it will have to reconnect soon."""
        await self._backend.sockets.warn()

    async def drop_sockets(self) -> None:
        """Break every Socket Mode connection without a word."""
        await self._backend.sockets.drop()

    async def recycle_sockets(self) -> None:
        """Make every Socket Mode client reconnect, as Slack does from time to time."""
        await self._backend.sockets.recycle()

    def person(
        self,
        name: str = "Kim",
        *,
        locale: str = "en-US",
        tz: str = "Europe/Amsterdam",
        team_id: str | None = None,
        rank: Rank = Rank.MEMBER,
    ) -> Person:
        """Somebody new in #general. Another ``team_id`` makes a guest of Slack Connect."""
        team = team_id or self.team_id
        user = self._workspace.add_user(name, locale=locale, tz=tz, team_id=team, rank=rank)
        return Person(user, self._backend, self._delivery, self._events)

    def user_group(self, handle: str, *people: Person, group_id: str | None = None) -> UserGroup:
        """A new user group with these people; ``group_id`` (``S...``) where a test has to know it before."""
        return self._workspace.add_group(handle, (person.id for person in people), group_id)

    def channel(self, name: str, *, kind: ChannelKind = ChannelKind.PUBLIC) -> Channel:
        """A new channel, without the bot."""
        return self._workspace.add_channel(name, kind)

    @property
    def general(self) -> Channel:
        """The channel in which everybody is, and at first not the bot."""
        return self._workspace.general

    def invite_bot(self, channel: Channel) -> None:
        """Make the bot a member."""
        channel.members.add(self._workspace.bot.id)

    def delete(self, message: Message) -> None:
        """Remove a message, as an admin of the workspace may; nobody tells the bot."""
        stored = self._workspace.find(message.channel, message.ts)
        if stored is not None:
            self._workspace.remove(stored)

    def file(self, file_id: str) -> StoredFile:
        """An uploaded file with its bytes; raises ApiError ``file_not_found``."""
        return self._backend.files.get(file_id)

    def signed_headers(self, body: bytes, timestamp: int | None = None) -> dict[str, str]:
        """The headers of a genuine request with that body; ``timestamp`` in seconds, by default now."""
        return self._delivery.signed_headers(body, timestamp)

    async def send_raw(self, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Post any bytes with any headers to where the bot listens; for attacks."""
        return await self._delivery.send_raw(body, headers)
