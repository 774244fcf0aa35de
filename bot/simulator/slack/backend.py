"""The state behind the Web API, response_urls and people, put together once."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.clock import Clock
from bot.simulator.slack.files import Files
from bot.simulator.slack.manifest import Manifest
from bot.simulator.slack.outcomes import ApiCall, Refusal
from bot.simulator.slack.sockets import Sockets
from bot.simulator.slack.tickets import ResponseUrls, Triggers
from bot.simulator.slack.view_stacks import ViewStacks
from bot.simulator.slack.workspace import Workspace


@dataclass
class Backend:
    """Everything that a method of the Web API may look at or change."""

    manifest: Manifest
    clock: Clock
    workspace: Workspace
    views: ViewStacks
    files: Files
    triggers: Triggers
    response_urls: ResponseUrls
    sockets: Sockets
    bot_token: str
    app_token: str
    address: str = ""
    """``http://127.0.0.1:PORT`` while the server runs."""
    calls: list[ApiCall] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def response_url(self, *, user: str, channel: str, original: str | None) -> str:
        """A fresh response_url: under ``/commands`` for a command, ``/actions`` for a click."""
        token = self.response_urls.issue(user=user, channel=channel, original=original)
        place = "commands" if original is None else "actions"
        return f"{self.address}/{place}/{self.workspace.team_id}/{token}"
