"""What the doctor asks of Slack: token, scopes, channels, clock. Knows a probe, not Slack itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.operations.doctor.looking import blocked, broken, good, look, note
from bot.operations.doctor.values import Check, Finding, Outcome
from bot.settings import Settings
from bot.store import Database
from bot.store.postings import Postings

SIGNATURE_SECONDS: Final = 300
"""Older requests are refused, by Slack's own advice (docs.slack.dev, "Verifying requests from Slack")."""
NOTABLE_SECONDS: Final = 60
MOST_CHANNELS: Final = 50
_NAMED: Final = 10


class SlackSays(Exception):
    """Slack's word for why not, such as ``invalid_auth``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Membership(StrEnum):
    """What the bot is in a channel."""

    MEMBER = "member"
    OUTSIDE = "outside"
    ARCHIVED = "archived"
    GONE = "gone"
    """No such channel any more, or one that the bot may not see."""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What Slack says of the bot's token."""

    team: str
    bot: str
    scopes: frozenset[str]
    at: datetime | None
    """Slack's own clock; None where it did not tell."""


class SlackProbe(Protocol):
    """Asks Slack. Every method raises SlackSays, and SlackUnreachable where there is no answer."""

    async def token(self) -> TokenFacts:
        """``auth.test`` with its headers."""

    async def channel(self, channel: str) -> tuple[str, Membership]:
        """Name and membership of a channel, by id."""

    async def app_token(self) -> None:
        """Nothing, where Socket Mode takes the app token."""


@dataclass(frozen=True, slots=True)
class SlackChecks:
    """``needed`` are the scopes of the manifest."""

    settings: Settings
    probe: SlackProbe | None
    """None without a token."""
    needed: frozenset[str]
    database: Database
    workspace: str
    clock: Clock

    async def findings(self, *, store_answers: Check | None) -> list[Finding]:
        """Token, scopes, app token, channels, clock. ``store_answers`` is the check that says that the store
        does not, or None where it does."""
        if self.probe is None:
            return [note(Check.SLACK_TOKEN, Outcome.TOKEN_NOT_SET)]
        probe = self.probe
        facts: list[TokenFacts] = []

        async def token() -> Finding:
            try:
                facts.append(await probe.token())
            except SlackSays as said:
                return broken(Check.SLACK_TOKEN, Outcome.TOKEN_REFUSED, code=said.code)
            return good(Check.SLACK_TOKEN, Outcome.TOKEN_FINE, team=facts[0].team, bot=facts[0].bot)

        found = [await look(Check.SLACK_TOKEN, token)]
        if not facts:
            found.append(blocked(Check.SLACK_SCOPES, Check.SLACK_TOKEN))
        else:
            found.append(self._scopes(facts[0].scopes))
        found.append(await look(Check.SLACK_APP_TOKEN, lambda: self._app_token(probe)))
        if not facts or store_answers is not None:
            found.append(blocked(Check.SLACK_CHANNELS, store_answers or Check.SLACK_TOKEN))
        else:
            found.append(await look(Check.SLACK_CHANNELS, lambda: self._channels(probe)))
        if not facts or facts[0].at is None:
            found.append(blocked(Check.SLACK_CLOCK, Check.SLACK_TOKEN))
        else:
            found.append(self._clock(facts[0].at))
        return found

    def _scopes(self, given: frozenset[str]) -> Finding:
        missing = sorted(self.needed - given)
        if missing:
            return broken(
                Check.SLACK_SCOPES, Outcome.SCOPES_MISSING, scopes=", ".join(missing), missing=len(missing)
            )
        return good(Check.SLACK_SCOPES, Outcome.SCOPES_FINE, scopes=len(self.needed))

    async def _app_token(self, probe: SlackProbe) -> Finding:
        if self.settings.slack_app_token is None:
            return good(Check.SLACK_APP_TOKEN, Outcome.APP_TOKEN_NOT_SET)
        try:
            await probe.app_token()
        except SlackSays as said:
            return broken(Check.SLACK_APP_TOKEN, Outcome.APP_TOKEN_REFUSED, code=said.code)
        return good(Check.SLACK_APP_TOKEN, Outcome.APP_TOKEN_FINE)

    async def _channels(self, probe: SlackProbe) -> Finding:
        """Where cards are: the bot must be there to rewrite them and to post in their threads."""
        channels = await Postings(self.database).channels(self.workspace, MOST_CHANNELS)
        if not channels:
            return good(Check.SLACK_CHANNELS, Outcome.CHANNELS_NONE)
        lost = [name for channel in channels if (name := await _lost(probe, channel))]
        if lost:
            return broken(
                Check.SLACK_CHANNELS,
                Outcome.CHANNELS_LOST,
                channels=_list(lost),
                lost=len(lost),
                all=len(channels),
            )
        return good(Check.SLACK_CHANNELS, Outcome.CHANNELS_FINE, all=len(channels))

    def _clock(self, theirs: datetime) -> Finding:
        """Beyond five minutes every request over HTTP is refused as too old."""
        off = abs(int((self.clock.now() - theirs).total_seconds()))
        if off > SIGNATURE_SECONDS:
            return broken(Check.SLACK_CLOCK, Outcome.CLOCK_WRONG, seconds=off)
        if off > NOTABLE_SECONDS:
            return note(Check.SLACK_CLOCK, Outcome.CLOCK_OFF, seconds=off)
        return good(Check.SLACK_CLOCK, Outcome.CLOCK_FINE, seconds=off)


async def _lost(probe: SlackProbe, channel: str) -> str:
    """Its name where the bot cannot post there; else nothing. An archived channel is meant to be silent."""
    try:
        name, membership = await probe.channel(channel)
    except SlackSays as said:
        return channel if said.code in {"channel_not_found", "missing_scope"} else ""
    return name if membership in {Membership.OUTSIDE, Membership.GONE} else ""


def _list(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f", +{more}" if more > 0 else "")
