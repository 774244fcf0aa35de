"""What the doctor asks of Slack, through the same few methods of the Web API that delivering takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.dataclass import dataclass
from bot.delivery.web_api import API, TIMEOUT_SECONDS
from bot.failures import SlackUnreachable
from bot.operations.doctor.slack import Membership, SlackSays, TokenFacts
from bot.trust import trusted

_SCOPES = "x-oauth-scopes"
"""Header of every answer: what the token may do (docs.slack.dev, "OAuth scopes")."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Asks once and lets go; nothing is repeated, for somebody waits. Tokens are in no ``repr``."""

    token_: str
    app_token_: str | None = None
    address: str | None = None

    def __repr__(self) -> str:
        return f"Probe(address={self.address!r})"

    async def token(self) -> TokenFacts:
        """Whose token it is, what it may do, and what time it is at Slack."""
        body, headers = await self._ask("auth.test", self.token_)
        scopes = headers.get(_SCOPES, "")
        return TokenFacts(
            team=str(body.get("team") or "")[:100],
            bot=str(body.get("user") or "")[:100],
            scopes=frozenset(scope.strip() for scope in scopes.split(",") if scope.strip()),
            at=_moment(headers.get("date")),
        )

    async def channel(self, channel: str) -> tuple[str, Membership]:
        """Its name, and what the bot is there; GONE where Slack shows no such channel."""
        try:
            body, _ = await self._ask("conversations.info", self.token_, channel=channel)
        except SlackSays as said:
            if said.code == "channel_not_found":
                return channel, Membership.GONE
            raise
        told = body.get("channel")
        told = told if isinstance(told, Mapping) else {}
        name = f"#{told.get('name')}"[:80] if told.get("name") else channel
        if told.get("is_archived"):
            return name, Membership.ARCHIVED
        # Slack shows a group's direct messages to their members alone, and does not say is_member of them.
        is_member = told.get("is_member") or told.get("is_mpim")
        return name, Membership.MEMBER if is_member else Membership.OUTSIDE

    async def app_token(self) -> None:
        """Have Slack hand out the address of a Socket Mode connection, which nobody then opens."""
        await self._ask("apps.connections.open", self.app_token_ or "")

    async def _ask(
        self, method: str, token: str, **arguments: str
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        base = f"{self.address.rstrip('/')}/" if self.address else API
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            base_url=base, headers=headers, timeout=TIMEOUT_SECONDS, verify=trusted()
        ) as http:
            try:
                answer = await http.post(method, data=arguments)
                body = answer.json()
            except (httpx.HTTPError, ValueError) as error:
                raise SlackUnreachable from error
        if answer.status_code != httpx.codes.OK or not isinstance(body, dict):
            raise SlackUnreachable
        if body.get("ok") is not True:
            raise SlackSays(str(body.get("error") or "unknown")[:60])
        return body, answer.headers


def _moment(date: str | None) -> datetime | None:
    """A ``Date`` header (RFC 9110, 6.6.1)."""
    try:
        moment = parsedate_to_datetime(date or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
